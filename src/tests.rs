//! Whole-app tests: real files, the real store, the real router on a port of its own.

mod alerts;
mod archive;
mod board;
mod channels;
mod exports;
mod fakes;
mod harness;
mod http;
mod http_client;
mod lock;
mod logs;
mod manual;
mod order_pages;
mod orders;
mod pages;
mod prices;
mod processes;
mod project_pages;
mod projects;
mod properties;
mod providers;
mod quality;
mod schedule;
mod settings;
mod stopped_time;
mod upstream;

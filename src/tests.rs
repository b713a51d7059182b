//! Whole-app tests: real files, the real store, the real router on a port of its own.

mod harness;
mod http;
mod lock;
mod logs;
mod manual;
mod properties;
mod schedule;

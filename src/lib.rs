//! Allclear: a self-hosted dashboard that keeps itself current.
//!
//! One crate, two builds: with the feature `ssr` the server and its command line, with `hydrate` the part that runs in
//! the browser. This file is where the two are told apart; `ARCHITECTURE.md` is the map.

pub mod app;
pub mod components;
pub mod error;
pub mod model;
pub mod pages;

#[cfg(feature = "ssr")]
pub mod alerts;
#[cfg(feature = "ssr")]
pub mod analytics;
#[cfg(feature = "ssr")]
pub mod charts;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod digest;
#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod notify;
#[cfg(feature = "ssr")]
pub mod pricing;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod sources;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod sync;
#[cfg(all(test, feature = "ssr"))]
mod tests;

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
pub use client::hydrate;

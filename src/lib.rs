//! Allclear: a self-hosted dashboard that keeps itself current.
//!
//! One crate, two builds: with the feature `ssr` the server and its command line, with `hydrate` the part that runs in
//! the browser. This file is where the two are told apart; `ARCHITECTURE.md` is the map. Fuzzing (`fuzzing` is set then) is
//! about parsers: what shows and serves what they read is left out, so that it compiles in a minute.
#![cfg_attr(fuzzing, allow(unused_imports, reason = "what is left out uses them"))]

#[cfg(not(fuzzing))]
pub mod app;
#[cfg(not(fuzzing))]
pub mod components;
#[cfg(not(fuzzing))]
pub mod error;
pub mod model;
#[cfg(not(fuzzing))]
pub mod pages;

#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod alerts;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod analytics;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod charts;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod digest;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod export;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod notify;
#[cfg(feature = "ssr")]
pub mod pricing;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod server;
#[cfg(feature = "ssr")]
pub mod sources;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(feature = "ssr", not(fuzzing)))]
pub mod sync;
#[cfg(all(test, feature = "ssr"))]
mod tests;

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
pub use client::hydrate;

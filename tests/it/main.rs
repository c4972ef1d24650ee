//! Tests by the public door, one module a theme.

#![cfg(feature = "embedded")]

mod column_family;
mod mapper;
mod pool;
mod raw;
mod schema;
mod scripted;
#[cfg(feature = "cli")]
mod serve;
mod support;
mod system_manager;
mod transcripts;
mod ui;

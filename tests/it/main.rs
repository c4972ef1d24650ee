//! Tests by the public door, one module a theme.

#![cfg(feature = "embedded")]

mod column_family;
mod pool;
mod schema;
mod scripted;
#[cfg(feature = "cli")]
mod serve;
mod support;
mod system_manager;

// the embedded server, spoken to in raw frames
mod embedded_connections;
mod embedded_model;
mod embedded_restart;
mod embedded_rows;
mod raw;
mod transcripts;

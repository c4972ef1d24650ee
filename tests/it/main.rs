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

//! Tests by the public door, one module a theme.

#[cfg(feature = "embedded")]
mod schema;
mod scripted;
#[cfg(feature = "cli")]
mod serve;
mod system_manager;

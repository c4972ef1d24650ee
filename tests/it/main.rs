//! Tests by the public door, one module a theme.

mod column_family;
mod pool;
mod scripted;
mod support;
mod system_manager;

//! Tests by the public door, one module a theme.

mod scripted;
mod system_manager;

// mapper
mod mapper;
mod ui;

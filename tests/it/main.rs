//! Tests by the public door, one module a theme.

// mapper
mod ui;

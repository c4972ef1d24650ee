//! What several benches share: the objects, the bare side, a server in a process of its own, and figures.

// each bench uses a part of it
#![allow(dead_code)]

pub(crate) mod figures;
pub(crate) mod flight;
pub(crate) mod line;
pub(crate) mod process;

pub(crate) type Any<T> = Result<T, Box<dyn std::error::Error>>;

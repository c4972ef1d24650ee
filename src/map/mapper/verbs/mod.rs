//! The verbs without options: the short forms, with the examples that the others point to.

mod read;
mod remove;
mod write;

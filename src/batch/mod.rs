//! Writes gathered and sent together.
//!
//! # Layout
//!
//! `queue` (what waits, row by row, encoded) → `chunk` (what of it goes out in one message) → `mutator` (options,
//! sending, scopes) → `operation` (one write, with options of its own); `cf_mutator` is the same for one column family.

mod cf_mutator;
mod chunk;
mod mutator;
mod operation;
mod queue;

pub use cf_mutator::CfMutator;
pub(crate) use mutator::Kind;
pub use mutator::Mutator;
pub use operation::Operation;

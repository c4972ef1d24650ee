//! What can go wrong, and what of it may be tried again.
//!
//! # Layout
//!
//! `kinds` is the error itself, a variant for each thing that can go wrong. Then what errors are made of: `place` (where it
//! was), `detail` (servers that failed, differences of schemas), `commit` and `load` (reports of what became of many
//! writes). `retry` tells of an error what may be tried again.

mod commit;
mod detail;
mod kinds;
mod load;
mod place;
mod retry;
#[cfg(test)]
mod tests;

pub use commit::{ChunkKind, ChunkReport, CommitReport, Outcome};
pub use detail::{Difference, ServerFailure};
pub use kinds::Error;
pub use load::LoadReport;
pub use place::Place;

/// A result with cassa's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

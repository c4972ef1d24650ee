//! The messages that carry cells, in place: requests borrow from the frame, rows are offsets into it.
//!
//! The same facts stand in [`super::methods`]; tests hold the two equal.
//!
//! # Layout
//!
//! `in_place` (a field in a slice) → `requests` (what the interface takes); `entries` (cells written as they come) →
//! `batch` (a `batch_mutate` written as it comes) and `reply` (rows written as they come); `span` → `row` → `rows` read
//! what `reply` writes; `usual` reads a column in the form that nearly all have.

mod batch;
mod entries;
mod in_place;
mod mutations;
mod reply;
mod requests;
mod row;
mod rows;
mod span;
mod usual;

pub use batch::{Batch, Mark};
pub use mutations::Mutations;
pub use reply::{RowsMethod, RowsReply, SliceReply};
pub use requests::*;
pub use row::{Cell, Cells, Row, SuperCell};
pub use rows::Rows;

//! The messages that carry cells, in place: requests borrow from the frame, rows are offsets into it.
//!
//! The same facts stand in [`super::methods`]; tests hold the two equal.
//!
//! # Layout
//!
//! `in_place` (a field in a slice) → `requests` (what the interface takes) → `batch` (a `batch_mutate`
//! written as it comes) and `reply` (rows written as they come); `rows` reads what `reply` writes.

mod batch;
mod in_place;
mod reply;
mod requests;
mod rows;

pub use batch::Batch;
pub use reply::{RowsMethod, RowsReply, SliceReply};
pub use requests::*;
pub use rows::{Cell, Cells, Row, Rows};

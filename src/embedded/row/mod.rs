//! Rows: how they are stored, read and changed.
//!
//! `key` (where a row stands) and `cell`, `deletion`, `head` (what is stored there) are the format, and
//! `super_column` the names of cells in super columns; `reconcile` decides between two writes of one name,
//! `view` what a read sees of deletions, `pieces` where chunks are cut, `merge` what stays of old and new cells;
//! `chunk` finds the part of a row in which a name stands, by `hints` where it was written last; `read`, `scan`,
//! `find` and `write` work on the store, `purge` on what the store compacts.
//!
//! What a deletion hides is erased when the deletion is written, or when what it hides is, so that an old
//! deletion can be forgotten without a look at the whole row. Only on the bounds of ranges does more stay, as
//! Cassandra shows it; those are rewritten before a range is forgotten.

mod bounds;
pub(crate) mod cell;
mod chunk;
pub(crate) mod deletion;
pub(crate) mod find;
pub(crate) mod head;
pub(crate) mod hints;
pub(crate) mod key;
mod merge;
mod pieces;
pub(crate) mod purge;
pub(crate) mod read;
mod reconcile;
pub(crate) mod scan;
pub(crate) mod super_column;
mod view;
pub(crate) mod write;

use hints::Hints;

use crate::marshal::Class;
use crate::partitioner::Partitioner;

/// What a row's contents depend on beside the store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    /// Orders the rows.
    pub(crate) partitioner: Partitioner,
    /// Orders the names.
    pub(crate) comparator: &'a Class,
    /// The second in which the call runs.
    pub(crate) now: i32,
    /// Deletions made before this second may be forgotten.
    pub(crate) gc_before: i32,
    /// Where to look first for the chunks of rows; not for those who see entries one by one.
    pub(crate) hints: Option<&'a Hints>,
}

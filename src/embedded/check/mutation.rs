//! What a call writes to one row.

use std::cmp::Ordering;

use typed_arena::Arena;

use super::super::failure::{Failure, invalid};
use super::super::row::cell::{Cell, Content};
use super::super::row::deletion::{Deletion, RangeDeletion};
use super::super::row::super_column::{self, end_of, start_of};
use super::super::row::write::RowUpdate;
use super::super::schema::ColumnFamily;
use super::column::content;
use super::predicate::slice_range;
use super::{LONGEST, column_path, counters, length, name, names_of};
use crate::wire::hot::{
    self, Column, ColumnOrSuperColumn, CounterColumn, Mutation, SlicePredicate, SliceRange,
};

/// When a call runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The second.
    pub(crate) now: i32,
    /// The timestamp of what the server dates itself, in microseconds.
    pub(crate) timestamp: i64,
}

/// Checks what is written to a row, and collects it.
pub(crate) struct Update<'f, 'a> {
    family: &'f ColumnFamily,
    /// Holds the names that are put together.
    names: &'a Arena<u8>,
    moment: Moment,
    row: RowUpdate<'a>,
}

impl<'f, 'a> Update<'f, 'a> {
    pub(crate) fn new(family: &'f ColumnFamily, names: &'a Arena<u8>, moment: Moment) -> Update<'f, 'a> {
        Update { family, names, moment, row: RowUpdate::default() }
    }

    /// Lets the row be there afterwards, also if nothing is written to it. Not one of counters: the mark that
    /// keeps an empty row is a deletion, and no counter comes back after a deletion.
    pub(crate) fn touch(&mut self) {
        self.row.touches = !self.family.is_counter();
    }

    /// Makes room for so many cells.
    pub(crate) fn expect(&mut self, cells: usize) {
        self.row.cells.reserve(cells);
    }

    pub(crate) fn finish(self) -> RowUpdate<'a> {
        self.row
    }

    /// Writes a column, whose name has been checked.
    pub(crate) fn column(
        &mut self,
        super_column: Option<&'a [u8]>,
        column: &Column<'a>,
    ) -> Result<(), Failure> {
        let (timestamp, content) = content(self.family, super_column, column, self.moment.now)?;
        self.put(super_column, column.name, timestamp, content)
    }

    /// Writes a column, whose name has been checked, with a timestamp of the server's and without its ttl.
    pub(crate) fn column_of_server(&mut self, column: &Column<'a>) -> Result<(), Failure> {
        // what is given is checked all the same
        content(self.family, None, column, self.moment.now)?;
        let (_, content) =
            content(self.family, None, &Column { ttl: None, ..column.clone() }, self.moment.now)?;
        self.put(None, column.name, self.moment.timestamp, content)
    }

    /// Adds to a counter, whose name has been checked.
    pub(crate) fn counter(
        &mut self,
        super_column: Option<&'a [u8]>,
        counter: &CounterColumn<'a>,
    ) -> Result<(), Failure> {
        self.put(super_column, counter.name, self.moment.timestamp, Content::Counter(counter.value))
    }

    /// Removes a row, a super column or a column, the path of which has been checked.
    pub(crate) fn remove(
        &mut self,
        super_column: Option<&'a [u8]>,
        column: Option<&'a [u8]>,
        timestamp: i64,
    ) -> Result<(), Failure> {
        let at = self.moment.now;
        match (super_column, column) {
            (None, None) => {
                self.row.deletions.add_row(Deletion { timestamp, at });
                Ok(())
            }
            (Some(super_column), None) => self.remove_super_columns(super_column, super_column, timestamp),
            (super_column, Some(column)) => {
                self.put(super_column, column, timestamp, Content::Deleted { at })
            }
        }
    }

    /// Checks a mutation of a batch, and adds it.
    pub(crate) fn mutation(&mut self, mutation: &Mutation<'a>) -> Result<(), Failure> {
        match (&mutation.column_or_supercolumn, &mutation.deletion) {
            (Some(written), None) => self.written(written),
            (None, Some(deletion)) => self.deletion(deletion),
            _ => Err(invalid("mutation must have one and only one of column_or_supercolumn or deletion")),
        }
    }

    fn written(&mut self, written: &ColumnOrSuperColumn<'a>) -> Result<(), Failure> {
        let ColumnOrSuperColumn { column, super_column, counter_column, counter_super_column } = written;
        match (column, super_column, counter_column, counter_super_column) {
            (Some(column), None, None, None) => {
                counters(self.family, false)?;
                column_path(self.family, None, Some(column.name))?;
                self.column(None, column)
            }
            (None, Some(super_column), None, None) => {
                counters(self.family, false)?;
                for column in &super_column.columns {
                    column_path(self.family, Some(super_column.name), Some(column.name))?;
                    self.column(Some(super_column.name), column)?;
                }
                Ok(())
            }
            (None, None, Some(counter), None) => {
                counters(self.family, true)?;
                column_path(self.family, None, Some(counter.name))?;
                self.counter(None, counter)
            }
            (None, None, None, Some(super_column)) => {
                counters(self.family, true)?;
                for counter in &super_column.columns {
                    column_path(self.family, Some(super_column.name), Some(counter.name))?;
                    self.counter(Some(super_column.name), counter)?;
                }
                Ok(())
            }
            _ => Err(invalid(
                "ColumnOrSuperColumn must have one (and only one) of column, super_column, counter and \
                 counter_super_column",
            )),
        }
    }

    fn deletion(&mut self, deletion: &hot::Deletion<'a>) -> Result<(), Failure> {
        let super_column = deletion.super_column;
        names_of(self.family, super_column, None)?;
        if let Some(predicate) = &deletion.predicate {
            check_predicate(self.family, super_column, predicate)?;
        }
        if super_column.is_some() && !self.family.is_super() {
            return Err(invalid(format!(
                "Deletion of super columns is not possible on a standard ColumnFamily (KeySpace={} ColumnFamily={})",
                self.family.definition.keyspace,
                self.family.name()
            )));
        }
        let timestamp = match deletion.timestamp {
            // counters are dated by the server, whatever the client gives
            _ if self.family.is_counter() => self.moment.timestamp,
            Some(timestamp) => timestamp,
            None => {
                return Err(invalid(format!(
                    "Deletion timestamp is not optional for non commutative column family {}",
                    self.family.name()
                )));
            }
        };
        let Some(predicate) = &deletion.predicate else {
            return self.remove(super_column, None, timestamp);
        };
        match (&predicate.column_names, &predicate.slice_range) {
            (Some(columns), _) => {
                for &column in columns {
                    if self.family.is_super() && super_column.is_none() {
                        self.remove(Some(column), None, timestamp)?;
                    } else {
                        self.remove(super_column, Some(column), timestamp)?;
                    }
                }
                Ok(())
            }
            (None, Some(range)) => self.remove_range(super_column, range, timestamp),
            // refused above
            (None, None) => Ok(()),
        }
    }

    /// As Cassandra does, takes the bounds of a range in the order in which they are given, whichever way the
    /// range is read; and an open bound is the empty name.
    fn remove_range(
        &mut self,
        super_column: Option<&'a [u8]>,
        &SliceRange { start, finish, .. }: &SliceRange<'a>,
        timestamp: i64,
    ) -> Result<(), Failure> {
        match (self.family.is_super(), super_column) {
            (true, None) => self.remove_super_columns(start, finish, timestamp),
            (true, Some(super_column)) => {
                let start = self.keep(super_column::name(super_column, start))?;
                let finish = self.keep(super_column::name(super_column, finish))?;
                self.cover(start, finish, timestamp);
                Ok(())
            }
            (false, _) => {
                self.cover(start, finish, timestamp);
                Ok(())
            }
        }
    }

    fn remove_super_columns(&mut self, from: &[u8], till: &[u8], timestamp: i64) -> Result<(), Failure> {
        let start = self.keep(start_of(from))?;
        let finish = self.keep(end_of(till))?;
        self.cover(start, finish, timestamp);
        Ok(())
    }

    /// Cassandra looks for the range of a name by where ranges start. So one whose finish comes before its start
    /// deletes the column on the start and no other, and an open finish comes before all names.
    fn cover(&mut self, start: &'a [u8], finish: &'a [u8], timestamp: i64) {
        let comparator = &self.family.comparator;
        let mut range =
            RangeDeletion { start, finish, deletion: Deletion { timestamp, at: self.moment.now } };
        match (start, finish) {
            ([], []) if self.family.is_counter() => return,
            // it deletes nothing, but the row is there
            ([], []) => range.deletion.timestamp = i64::MIN,
            ([], _) => {}
            (_, finish) if finish.is_empty() || comparator.compare(start, finish) == Ordering::Greater => {
                range.finish = start;
            }
            _ => {}
        }
        self.row.deletions.add_range(comparator, range);
    }

    fn put(
        &mut self,
        super_column: Option<&'a [u8]>,
        column: &'a [u8],
        timestamp: i64,
        content: Content<'a>,
    ) -> Result<(), Failure> {
        let name = match super_column {
            None => column,
            Some(super_column) => self.keep(super_column::name(super_column, column))?,
        };
        self.row.cells.push(Cell { name, timestamp, content });
        Ok(())
    }

    /// Keeps a name that was put together as long as the call lasts.
    fn keep(&self, name: Vec<u8>) -> Result<&'a [u8], Failure> {
        if name.len() > LONGEST {
            return Err(invalid(format!(
                "the names of a super column and of a column in it must not be longer than {LONGEST} bytes together"
            )));
        }
        Ok(self.names.alloc_extend(name))
    }
}

/// Checks what a deletion covers.
fn check_predicate(
    family: &ColumnFamily,
    super_column: Option<&[u8]>,
    predicate: &SlicePredicate<'_>,
) -> Result<(), Failure> {
    if predicate.column_names.is_none() && predicate.slice_range.is_none() {
        return Err(invalid("A SlicePredicate must be given a list of Columns, a SliceRange, or both"));
    }
    if let Some(range) = &predicate.slice_range {
        slice_range(family, super_column, range)?;
    }
    if let Some(super_column) = super_column {
        length("supercolumn", super_column)?;
    }
    predicate.column_names.iter().flatten().try_for_each(|column| name(family, super_column, column))
}

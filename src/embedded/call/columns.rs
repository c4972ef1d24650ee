//! How the cells of a row become the columns of a reply.

use std::ops::ControlFlow;

use crate::embedded::failure::{Failure, invalid};
use crate::embedded::row::cell::{LiveCell, LiveValue};
use crate::embedded::row::read::Visitor;
use crate::embedded::row::super_column::split;
use crate::embedded::schema::ColumnFamily;
use crate::embedded::store::{Damage, StoreError};
use crate::wire::REPLY_TOO_LARGE;
use crate::wire::hot::{RowsReply, SliceReply};

/// A reply that takes columns.
pub(super) trait Reply {
    fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>);
    fn counter(&mut self, name: &[u8], value: i64);
    fn super_column(&mut self, name: &[u8]);
    fn counter_super_column(&mut self, name: &[u8]);
    fn size(&self) -> usize;
}

macro_rules! reply {
    ($($reply:ident)*) => { $(
        impl Reply for $reply<'_> {
            #[inline]
            fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
                $reply::column(self, name, value, timestamp, ttl);
            }
            fn counter(&mut self, name: &[u8], value: i64) {
                $reply::counter(self, name, value);
            }
            fn super_column(&mut self, name: &[u8]) {
                $reply::super_column(self, name);
            }
            fn counter_super_column(&mut self, name: &[u8]) {
                $reply::counter_super_column(self, name);
            }
            fn size(&self) -> usize {
                $reply::size(self)
            }
        }
    )* };
}
reply! { SliceReply RowsReply }

/// What the cells of a row are shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Columns,
    /// The columns of one super column: without its name.
    SubColumns,
    /// Super columns with their columns, which stand in the comparator's order also where the super columns
    /// are read backwards.
    SuperColumns {
        counters: bool,
        reversed: bool,
    },
}

impl Shown {
    /// As a call shows a column family, or one super column of it.
    pub(super) fn of(family: &ColumnFamily, one_super_column: bool, reversed: bool) -> Shown {
        match (family.is_super(), one_super_column) {
            (false, _) => Shown::Columns,
            (true, true) => Shown::SubColumns,
            (true, false) => Shown::SuperColumns { counters: family.is_counter(), reversed },
        }
    }
}

/// Writes the cells of one row to a reply.
pub(super) struct Columns<'r, R> {
    reply: &'r mut R,
    shown: Shown,
    /// The reply's largest size.
    largest: usize,
    super_column: Option<Vec<u8>>,
    /// What is read backwards of the super column.
    held: Vec<Held>,
    held_size: usize,
    damage: Option<Damage>,
}

struct Held {
    name: Vec<u8>,
    value: Vec<u8>,
    counter: Option<i64>,
    timestamp: i64,
    ttl: Option<i32>,
}

impl<'r, R: Reply> Columns<'r, R> {
    pub(super) fn new(reply: &'r mut R, shown: Shown, largest: usize) -> Columns<'r, R> {
        Columns { reply, shown, largest, super_column: None, held: Vec::new(), held_size: 0, damage: None }
    }

    /// Ends the row.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.release();
        match self.damage {
            Some(damage) => Err(StoreError::from(damage).into()),
            None if self.reply.size() > self.largest => Err(too_large(self.largest)),
            None => Ok(()),
        }
    }

    fn put(&mut self, name: &[u8], LiveCell { value, timestamp, ttl, .. }: LiveCell<'_>) {
        match value {
            LiveValue::Bytes(value) => self.reply.column(name, value, timestamp, ttl),
            LiveValue::Counter(count) => self.reply.counter(name, count),
        }
    }

    fn put_in_super_column(
        &mut self,
        cell: LiveCell<'_>,
        counters: bool,
        reversed: bool,
    ) -> Result<(), Damage> {
        let (super_column, name) = split(cell.name)?;
        if self.super_column.as_deref() != Some(super_column) {
            self.release();
            if counters {
                self.reply.counter_super_column(super_column);
            } else {
                self.reply.super_column(super_column);
            }
            self.super_column = Some(super_column.to_vec());
        }
        if reversed {
            self.hold(name, cell);
        } else {
            self.put(name, cell);
        }
        Ok(())
    }

    fn hold(&mut self, name: &[u8], LiveCell { value, timestamp, ttl, .. }: LiveCell<'_>) {
        let (value, counter) = match value {
            LiveValue::Bytes(value) => (value.to_vec(), None),
            LiveValue::Counter(count) => (Vec::new(), Some(count)),
        };
        self.held_size += name.len() + value.len();
        self.held.push(Held { name: name.to_vec(), value, counter, timestamp, ttl });
    }

    fn release(&mut self) {
        for Held { name, value, counter, timestamp, ttl } in self.held.drain(..).rev() {
            match counter {
                Some(count) => self.reply.counter(&name, count),
                None => self.reply.column(&name, &value, timestamp, ttl),
            }
        }
        self.held_size = 0;
    }
}

impl<R: Reply> Visitor for Columns<'_, R> {
    #[inline]
    fn cell(&mut self, cell: LiveCell<'_>) -> ControlFlow<()> {
        let put = match self.shown {
            Shown::Columns => {
                self.put(cell.name, cell);
                Ok(())
            }
            Shown::SubColumns => split(cell.name).map(|(_, name)| self.put(name, cell)),
            Shown::SuperColumns { counters, reversed } => self.put_in_super_column(cell, counters, reversed),
        };
        self.damage = put.err();
        if self.damage.is_some() || self.reply.size() + self.held_size > self.largest {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Counts the columns of a row, or its super columns.
pub(super) struct Count {
    by_super_column: bool,
    super_column: Option<Vec<u8>>,
    count: i32,
    damage: Option<Damage>,
}

impl Count {
    pub(super) fn new(shown: Shown) -> Count {
        let by_super_column = matches!(shown, Shown::SuperColumns { .. });
        Count { by_super_column, super_column: None, count: 0, damage: None }
    }

    pub(super) fn finish(self) -> Result<i32, Failure> {
        self.damage.map_or(Ok(self.count), |damage| Err(StoreError::from(damage).into()))
    }
}

impl Visitor for Count {
    fn cell(&mut self, cell: LiveCell<'_>) -> ControlFlow<()> {
        if self.by_super_column {
            match split(cell.name) {
                Ok((super_column, _)) if self.super_column.as_deref() == Some(super_column) => {
                    return ControlFlow::Continue(());
                }
                Ok((super_column, _)) => self.super_column = Some(super_column.to_vec()),
                Err(damage) => {
                    self.damage = Some(damage);
                    return ControlFlow::Break(());
                }
            }
        }
        self.count = self.count.saturating_add(1);
        ControlFlow::Continue(())
    }
}

/// Why a reply is not written to its end.
pub(super) fn too_large(largest: usize) -> Failure {
    invalid(format!("{REPLY_TOO_LARGE} of {largest}; page: ask for fewer columns or rows at a time"))
}

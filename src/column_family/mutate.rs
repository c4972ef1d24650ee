//! What is written to one row, packed and encoded: the same for a write of its own and for a batch.

use super::limit::Limit;
use super::{ColumnFamily, ColumnValue, IntoColumns};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::hot::{Column, CounterColumn, Deletion, Mutations, SlicePredicate, SliceRange};

/// A super column goes out in mutations of so many columns, so that a batch can be split between them.
const COLUMNS_AT_ONCE: usize = 512;

/// Which columns to delete.
pub(crate) enum Removal<'a> {
    /// All of the row, or of the super column.
    All,
    /// Some, by packed name.
    Names(&'a [Vec<u8>]),
    /// From one packed name to another, both included; empty ends are open.
    Range(&'a [u8], &'a [u8]),
}

/// The packed names and values of columns.
#[derive(Default)]
struct Packed {
    bytes: Vec<u8>,
    /// Where each name and each value ends.
    ends: Vec<(usize, usize)>,
}

impl Packed {
    fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, value)| *value));
        starts
            .zip(&self.ends)
            .map(|(start, (name, value))| (&self.bytes[start..*name], &self.bytes[*name..*value]))
    }
}

impl ColumnFamily {
    /// Encodes columns to write. Errors do not name the row.
    pub(crate) fn put_columns(
        &self,
        super_column: Option<&[u8]>,
        columns: impl IntoColumns,
        timestamp: i64,
        ttl: Option<i32>,
        out: &mut Mutations,
    ) -> Result<()> {
        if self.definition().is_counter() {
            let why = "its columns are counters: expected `add`, got an insertion";
            return Err(Error::WrongKind { at: Box::new(self.place()), why: why.into() });
        }
        let before = out.len();
        let (mut packed_name, mut packed_value) = (Vec::new(), Vec::new());
        let mut packed = Packed::default();
        for (name, value) in columns.into_columns() {
            match (value, super_column) {
                (ColumnValue::Value(value), Some(_)) => self.pack_to(&name, &value, &mut packed)?,
                (ColumnValue::Value(value), None) if !self.definition().is_super() => {
                    self.pack_column((&name, &value), &mut packed_name, &mut packed_value)?;
                    out.column(&packed_name, &packed_value, timestamp, ttl);
                }
                (ColumnValue::Columns(columns), None) if self.definition().is_super() => {
                    let packed_super = self.pack_name(&name, false)?;
                    let mut packed = Packed::default();
                    for (name, value) in &columns {
                        let result = self.pack_to(name, value, &mut packed);
                        result.map_err(|e| self.in_super_column(e, &packed_super))?;
                    }
                    super_columns(&packed_super, &packed, timestamp, ttl, out);
                }
                (value, _) => return Err(self.wrong_shape(&name, &value)),
            }
        }
        if let Some(super_column) = super_column {
            super_columns(super_column, &packed, timestamp, ttl, out);
        }
        if out.len() == before {
            return Err(Error::NothingToWrite { at: Box::new(self.place()) });
        }
        Ok(())
    }

    fn pack_to(&self, name: &Value, value: &Value, packed: &mut Packed) -> Result<()> {
        let (mut packed_name, mut packed_value) = (Vec::new(), Vec::new());
        self.pack_column((name, value), &mut packed_name, &mut packed_value)?;
        packed.bytes.extend_from_slice(&packed_name);
        let end = packed.bytes.len();
        packed.bytes.extend_from_slice(&packed_value);
        packed.ends.push((end, packed.bytes.len()));
        Ok(())
    }

    #[cold]
    fn in_super_column(&self, e: Error, super_column: &[u8]) -> Error {
        e.at(self.place().super_column(self.packing().names(false), super_column))
    }

    #[cold]
    pub(crate) fn wrong_shape(&self, name: &Value, value: &ColumnValue) -> Error {
        let why = match value {
            ColumnValue::Columns(_) if !self.definition().is_super() => {
                "expected a value, got columns: the column family has no super columns"
            }
            ColumnValue::Columns(_) => {
                "expected a value, got columns: super columns do not stand in a super column"
            }
            ColumnValue::Value(_) => "expected the columns of a super column, got a value",
        };
        let mut at = self.place();
        at.column = Some(format!("{name:?}").into());
        Error::WrongKind { at: Box::new(at), why: why.into() }
    }

    /// Encodes what to add to counters. Errors do not name the row.
    pub(crate) fn put_counters<N: Into<Value>>(
        &self,
        super_column: Option<&[u8]>,
        counters: impl IntoIterator<Item = (N, i64)>,
        out: &mut Mutations,
    ) -> Result<()> {
        self.expect_counters()?;
        self.expect_super_column(super_column)?;
        let before = out.len();
        for (name, value) in counters {
            let name = self.pack_name(&name.into(), true)?;
            match super_column {
                None => out.counter(&name, value),
                Some(super_column) => {
                    out.counter_super_column(super_column, [CounterColumn { name: &name, value }]);
                }
            }
        }
        if out.len() == before {
            return Err(Error::NothingToWrite { at: Box::new(self.place()) });
        }
        Ok(())
    }

    pub(crate) fn expect_counters(&self) -> Result<()> {
        if self.definition().is_counter() {
            return Ok(());
        }
        let why = "its columns are no counters, so nothing can be added to them";
        Err(Error::WrongKind { at: Box::new(self.place()), why: why.into() })
    }

    pub(crate) fn expect_super_column(&self, super_column: Option<&[u8]>) -> Result<()> {
        if super_column.is_some() || !self.definition().is_super() {
            return Ok(());
        }
        let why = "expected the super column in which to do it, got none";
        Err(Error::WrongKind { at: Box::new(self.place()), why: why.into() })
    }

    /// Encodes a deletion.
    pub(crate) fn put_removal(
        &self,
        super_column: Option<&[u8]>,
        removal: &Removal<'_>,
        timestamp: i64,
        out: &mut Mutations,
    ) {
        let predicate = match removal {
            Removal::All => None,
            Removal::Names(names) => Some(SlicePredicate {
                column_names: Some(names.iter().map(Vec::as_slice).collect()),
                slice_range: None,
            }),
            Removal::Range(start, finish) => Some(SlicePredicate {
                column_names: None,
                slice_range: Some(SliceRange { start, finish, reversed: false, count: i32::MAX }),
            }),
        };
        out.deletion(&Deletion { timestamp: Some(timestamp), super_column, predicate });
    }

    /// Packs the names of columns to delete; there must be one.
    pub(crate) fn pack_removed<N: Into<Value>>(
        &self,
        inside: bool,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Vec<Vec<u8>>> {
        let names: Result<Vec<_>> =
            names.into_iter().map(|name| self.pack_name(&name.into(), inside)).collect();
        match names {
            Ok(names) if names.is_empty() => Err(Error::NothingToWrite { at: Box::new(self.place()) }),
            other => other,
        }
    }

    /// Packs the ends of a range of columns to delete. They must be in order, and there must be a finish.
    ///
    /// Without one, Cassandra takes the empty name for the end of the range, which comes before all others: it answers
    /// that all went well, and deletes nothing.
    pub(crate) fn pack_removed_range(
        &self,
        inside: bool,
        start: Option<&Limit>,
        finish: Option<&Limit>,
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        let (first, last) = (self.pack_limit(start, inside, true)?, self.pack_limit(finish, inside, false)?);
        if finish.is_none() {
            let why = "expected one, as Cassandra deletes nothing where a range has no finish, got none";
            return Err(Error::InvalidOption { option: "finish", why: why.into() });
        }
        if !first.is_empty() && !last.is_empty() && self.stored_order(inside).compare(&first, &last).is_gt() {
            let why = "expected a finish that does not come before the start";
            return Err(Error::InvalidOption { option: "finish", why: why.into() });
        }
        Ok((first, last))
    }
}

fn super_columns(name: &[u8], packed: &Packed, timestamp: i64, ttl: Option<i32>, out: &mut Mutations) {
    let mut pairs = packed.pairs().peekable();
    while pairs.peek().is_some() {
        let some = pairs.by_ref().take(COLUMNS_AT_ONCE);
        let timestamp = Some(timestamp);
        out.super_column(name, some.map(|(name, value)| Column { name, value: Some(value), timestamp, ttl }));
    }
}

//! The column families of a unit: each has a place, by which the rest of the unit names it.

use super::UnitOfWork;
use crate::column_family::ColumnFamily;
use crate::error::{Error, Place, Result};
use crate::marshal::Class;
use crate::wire::ConsistencyLevel;

/// A column family of the unit.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) cf: ColumnFamily,
    /// Objects of it may be saved: what is stored of them is remembered.
    pub(super) is_mapped: bool,
}

impl Family {
    /// Orders the names of a row, or those in a super column.
    pub(super) fn comparator(&self, inside: bool) -> &Class {
        let definition = self.cf.definition();
        definition.subcomparator().filter(|_| inside).unwrap_or_else(|| definition.comparator())
    }

    /// Where a row is, or a super column of it.
    pub(super) fn place(&self, key: &[u8], super_column: Option<&[u8]>) -> Place {
        let at = self.cf.key_place(key);
        match super_column {
            Some(name) => at.super_column(self.cf.definition().comparator(), name),
            None => at,
        }
    }
}

impl UnitOfWork {
    /// The place of a column family, which is new to the unit or not.
    pub(super) fn enlist(&mut self, cf: &ColumnFamily) -> Result<usize> {
        let (expected, came) = (self.pool.keyspace(), cf.definition().keyspace());
        if came != expected {
            let why = format!("expected one of keyspace {expected}, got {} of {came}", cf.name());
            return Err(Error::InvalidOption { option: "column family", why: why.into() });
        }
        if let Some(place) = self.families.iter().position(|family| family.cf.name() == cf.name()) {
            self.agree(&self.families[place].cf, cf)?;
            return Ok(place);
        }
        self.families.push(Family { cf: cf.clone(), is_mapped: false });
        Ok(self.families.len() - 1)
    }

    /// The level of the unit, or the one that all its column families have.
    pub(super) fn level(&self, taking_part: impl Iterator<Item = usize>) -> Result<ConsistencyLevel> {
        if let Some(level) = self.options.consistency_level {
            return Ok(level);
        }
        let mut first: Option<&ColumnFamily> = None;
        for place in taking_part {
            let cf = &self.families[place].cf;
            self.agree(first.unwrap_or(cf), cf)?;
            first = Some(cf);
        }
        Ok(first.map_or(ConsistencyLevel::One, ColumnFamily::write_level))
    }

    /// Refuses handles of different levels, where the unit has none of its own.
    fn agree(&self, one: &ColumnFamily, other: &ColumnFamily) -> Result<()> {
        let (first, second) = (one.write_level(), other.write_level());
        if first == second || self.options.consistency_level.is_some() {
            return Ok(());
        }
        let (one, other) = (one.name(), other.name());
        let why = format!("{one} wants {first:?}, {other} wants {second:?}: set the level of the unit");
        Err(Error::InvalidOption { option: "consistency_level", why: why.into() })
    }
}

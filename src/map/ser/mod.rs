//! An object to the cells of its row.
//!
//! serde tells the fields one by one. [`row`] finds each in the plan, [`column`] packs its value by the column's class,
//! and [`parts`] takes the values that come in pieces.

mod column;
mod json;
mod parts;
mod refuse;
mod row;

use std::ops::Range;

use serde::Serialize;

use super::fault::{Fault, Result};
use super::plan::Plan;
use crate::marshal::Class;
use column::{ColumnSerializer, Written};
use row::RowSerializer;

/// One object's key and cells. Kept from object to object, so that nothing is allocated for most of them.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    key: Vec<u8>,
    has_key: bool,
    /// The values, one behind the other.
    values: Vec<u8>,
    cells: Vec<Cell>,
}

#[derive(Debug)]
struct Cell {
    /// Its place in the plan.
    field: usize,
    /// Its place in `values`; `None` for a field that is null.
    value: Option<Range<usize>>,
}

impl Cells {
    /// Takes an object's cells in place of those held so far.
    pub(crate) fn fill<T: Serialize + ?Sized>(&mut self, plan: &Plan, object: &T) -> Result<()> {
        self.clear();
        object.serialize(RowSerializer::new(plan.fields(), self))?;
        self.check_key(plan)
    }

    /// Takes an object's key and no cell.
    pub(crate) fn fill_key<T: Serialize + ?Sized>(&mut self, plan: &Plan, object: &T) -> Result<()> {
        self.clear();
        object.serialize(RowSerializer::of_key(plan.fields(), self))?;
        self.check_key(plan)
    }

    fn clear(&mut self) {
        self.key.clear();
        self.has_key = false;
        self.values.clear();
        self.cells.clear();
    }

    fn check_key(&self, plan: &Plan) -> Result<()> {
        if !self.has_key {
            return Err(Fault::new("serde did not write the row key").at(plan.key().name));
        }
        check_key(&self.key).map_err(|fault| fault.at(plan.key().name))
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Each column's name and value, in the order of declaration; a null has no value.
    pub(crate) fn iter<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl ExactSizeIterator<Item = (&'a [u8], Option<&'a [u8]>)> {
        self.cells.iter().map(|cell| {
            let value = cell.value.clone().map(|range| &self.values[range]);
            (&*plan.fields()[cell.field].packed, value)
        })
    }
}

/// A row key alone, as `get` and `remove` take it.
pub(crate) fn key<K: Serialize + ?Sized>(plan: &Plan, key: &K) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let fault = |fault: Fault| fault.at(plan.key().name);
    write_key(&plan.key().class, key, &mut packed).map_err(fault)?;
    check_key(&packed).map_err(fault)?;
    Ok(packed)
}

fn write_key<K: Serialize + ?Sized>(class: &Class, key: &K, out: &mut Vec<u8>) -> Result<()> {
    match key.serialize(ColumnSerializer::new(class, out))? {
        Written::Value => Ok(()),
        Written::Null => Err(Fault::new("expected a row key, got none")),
    }
}

/// The bounds that Cassandra puts on a row key.
fn check_key(key: &[u8]) -> Result<()> {
    match key.len() {
        0 => Err(Fault::new("expected a row key, got an empty one")),
        length if length > usize::from(u16::MAX) => {
            Err(Fault::new(format!("expected a row key of at most {} bytes, got {length}", u16::MAX)))
        }
        _ => Ok(()),
    }
}

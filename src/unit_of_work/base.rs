//! What the stored columns are known to be: those that objects were read from, and those that were acknowledged.

use std::collections::{BTreeMap, HashMap};

use super::pending::{Change, Packed, Row, Seen};
use crate::marshal::Class;

/// By the place of the column family in the unit, row key, and super column. The objects of a wide row share what is
/// known of it: the names of their columns differ.
pub(super) type Id = (usize, Packed, Option<Packed>);

/// All that is known of stored objects.
#[derive(Debug, Default)]
pub(super) struct Bases(HashMap<Id, Base>);

#[derive(Debug, Default)]
struct Base {
    /// A column that is not listed is known not to be there.
    whole: bool,
    /// `None` is a column that is known not to be there.
    cells: BTreeMap<Packed, Option<Packed>>,
}

impl Bases {
    /// Takes over what was read: the columns that were found, of those that were asked for; `None` asked for all.
    pub(super) fn read<'c>(
        &mut self,
        id: Id,
        asked: Option<impl Iterator<Item = &'c [u8]>>,
        found: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    ) {
        let base = self.0.entry(id).or_default();
        match asked {
            Some(names) => base.cells.extend(names.map(|name| (name.into(), None))),
            None => *base = Base { whole: true, cells: BTreeMap::new() },
        }
        base.cells.extend(found.map(|(name, value)| (name.into(), Some(value.into()))));
    }

    /// Takes over what was read of some columns; `None` is one that is not there.
    pub(super) fn learn(&mut self, id: Id, cells: impl IntoIterator<Item = (Packed, Option<Packed>)>) {
        self.0.entry(id).or_default().cells.extend(cells);
    }

    /// What is known of a column.
    pub(super) fn seen(&self, id: &Id, name: &[u8]) -> Seen<'_> {
        let Some(base) = self.0.get(id) else { return Seen::Unknown };
        match base.cells.get(name) {
            Some(Some(value)) => Seen::Value(value),
            Some(None) => Seen::Absent,
            None if base.whole => Seen::Absent,
            None => Seen::Unknown,
        }
    }

    /// The names of the columns that are known to be there.
    pub(super) fn names(&self, id: &Id) -> impl Iterator<Item = &[u8]> {
        let cells = self.0.get(id).into_iter().flat_map(|base| &base.cells);
        cells.filter(|(_, value)| value.is_some()).map(|(name, _)| &**name)
    }

    /// Takes over what a server has acknowledged.
    pub(super) fn acknowledge<'f>(
        &mut self,
        key: Packed,
        row: Row,
        comparator: impl Fn(usize, bool) -> &'f Class,
    ) {
        for (family, scopes) in row {
            if scopes.get(&None).is_some_and(|row| row.deleted.is_some()) {
                // the super columns of the row are gone with it
                for (_, base) in self.0.iter_mut().filter(|((f, k, _), _)| *f == family && *k == key) {
                    *base = Base { whole: true, cells: BTreeMap::new() };
                }
            }
            for (super_column, scope) in scopes {
                let comparator = comparator(family, super_column.is_some());
                let base = self.0.entry((family, key.clone(), super_column)).or_default();
                if scope.deleted.is_some() {
                    *base = Base { whole: true, cells: BTreeMap::new() };
                }
                for range in &scope.ranges {
                    let gone = base.cells.iter_mut().filter(|(name, _)| range.covers(comparator, name));
                    gone.for_each(|(_, value)| *value = None);
                }
                for (name, cell) in scope.cells {
                    let value = match cell.change {
                        Change::Write { value, .. } => Some(value),
                        Change::Delete => None,
                    };
                    base.cells.insert(name, value);
                }
            }
        }
    }

    /// Forgets what is known of an object.
    pub(super) fn forget(&mut self, id: &Id) {
        self.0.remove(id);
    }
}

//! What the stored columns are known to be: those that objects were read from, and those that were acknowledged.

use std::collections::HashMap;

use super::cells::Cells;
use super::pending::{Packed, Row, Seen, Spot};
use crate::marshal::Class;

/// All that is known of stored objects: by the place of the column family in the unit, and row key. The objects of a wide
/// row share what is known of it: the names of their columns differ.
#[derive(Debug, Default)]
pub(super) struct Bases(Vec<HashMap<Packed, Vec<Base>>>);

/// What is known of a row, or of a super column of it.
#[derive(Debug, Default)]
struct Base {
    super_column: Option<Packed>,
    /// A column that is not listed is known not to be there.
    whole: bool,
    /// One without a value is known not to be there.
    cells: Cells,
}

impl Base {
    fn at(super_column: Option<&[u8]>) -> Base {
        Base { super_column: super_column.map(Box::from), ..Base::default() }
    }

    fn is_gone(&mut self) {
        (self.whole, self.cells) = (true, Cells::default());
    }
}

fn place(bases: &[Base], super_column: Option<&[u8]>) -> Result<usize, usize> {
    bases.binary_search_by(|base| base.super_column.as_deref().cmp(&super_column))
}

/// What is known of one super column, or of the row itself, among all of the row; made if there is none.
fn base<'b>(bases: &'b mut Vec<Base>, super_column: Option<&[u8]>) -> &'b mut Base {
    let place = place(bases, super_column).unwrap_or_else(|place| {
        bases.insert(place, Base::at(super_column));
        place
    });
    &mut bases[place]
}

impl Bases {
    fn row(&mut self, family: usize, key: &[u8]) -> &mut Vec<Base> {
        if self.0.len() <= family {
            self.0.resize_with(family + 1, HashMap::new);
        }
        let rows = &mut self.0[family];
        if !rows.contains_key(key) {
            rows.insert(key.into(), Vec::with_capacity(1));
        }
        rows.get_mut(key).expect("it was put there if it was not")
    }

    fn of(&self, spot: Spot<'_>) -> Option<&Base> {
        let bases = self.0.get(spot.family)?.get(spot.key)?;
        place(bases, spot.super_column).ok().map(|place| &bases[place])
    }

    /// Takes over what was read in place of all that was known: the columns that were found, of those that were asked for;
    /// `None` asked for all.
    pub(super) fn read<'c>(
        &mut self,
        spot: Spot<'_>,
        asked: Option<impl ExactSizeIterator<Item = &'c [u8]>>,
        found: impl Iterator<Item = (&'c [u8], &'c [u8])> + Clone,
    ) {
        let base = base(self.row(spot.family, spot.key), spot.super_column);
        base.whole = asked.is_none();
        base.cells = Cells::default();
        let lengths = found.clone().map(|(name, value)| name.len() + value.len());
        let (count, bytes) = lengths.fold((0, 0), |(count, bytes), length| (count + 1, bytes + length));
        base.cells.reserve(count, bytes);
        for (name, value) in found {
            // a row has no two columns of one name
            base.cells.push(name, Some(value), None);
        }
        for name in asked.filter(|asked| asked.len() > count).into_iter().flatten() {
            if base.cells.get(name).is_none() {
                base.cells.push(name, None, None);
            }
        }
    }

    /// Takes over what was read of some columns; one without a value is not there.
    pub(super) fn learn<'c>(
        &mut self,
        spot: Spot<'_>,
        cells: impl IntoIterator<Item = (&'c [u8], Option<&'c [u8]>)>,
    ) {
        let base = base(self.row(spot.family, spot.key), spot.super_column);
        for (name, value) in cells {
            base.cells.put(name, value, None);
        }
    }

    /// What is known of the columns of a spot.
    pub(super) fn known(&self, spot: Spot<'_>) -> Stored<'_> {
        Stored(self.of(spot))
    }

    /// Takes over what a server has acknowledged.
    pub(super) fn acknowledge<'f>(&mut self, row: Row, comparator: impl Fn(usize, bool) -> &'f Class) {
        let Row { key, scopes } = row;
        for scope in scopes {
            let comparator = comparator(scope.family, scope.super_column.is_some());
            let bases = self.row(scope.family, &key);
            if scope.deleted.is_some() && scope.super_column.is_none() {
                // the super columns of the row are gone with it
                bases.iter_mut().for_each(Base::is_gone);
            }
            let base = base(bases, scope.super_column.as_deref());
            if scope.deleted.is_some() {
                base.is_gone();
            }
            for range in &scope.ranges {
                if base.whole {
                    base.cells.retain(|name| !range.covers(comparator, name));
                    continue;
                }
                let names = base.cells.iter().map(|cell| cell.name);
                let gone = names.filter(|name| range.covers(comparator, name)).map(Box::from);
                for name in gone.collect::<Vec<Packed>>() {
                    base.cells.put(&name, None, None);
                }
            }
            if base.cells.is_empty() {
                base.cells = scope.cells;
                continue;
            }
            for cell in scope.cells.iter() {
                base.cells.put(cell.name, cell.value, None);
            }
        }
    }

    /// Forgets what is known of an object.
    pub(super) fn forget(&mut self, spot: Spot<'_>) {
        let Some(bases) = self.0.get_mut(spot.family).and_then(|rows| rows.get_mut(spot.key)) else { return };
        if let Ok(place) = place(bases, spot.super_column) {
            bases.remove(place);
        }
    }
}

/// What is known to be stored at a spot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'b>(Option<&'b Base>);

impl<'b> Stored<'b> {
    pub(super) fn is_nothing(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn seen(&self, name: &[u8]) -> Seen<'b> {
        let Some(base) = self.0 else { return Seen::Unknown };
        match base.cells.get(name) {
            Some(cell) => cell.value.map_or(Seen::Absent, Seen::Value),
            None if base.whole => Seen::Absent,
            None => Seen::Unknown,
        }
    }

    /// The names of the columns that are known to be there.
    pub(super) fn names(&self) -> impl Iterator<Item = &'b [u8]> {
        let cells = self.0.into_iter().flat_map(|base| base.cells.iter());
        cells.filter(|cell| cell.value.is_some()).map(|cell| cell.name)
    }
}

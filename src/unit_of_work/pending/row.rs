//! What waits for one row, column family by column family.

use super::{Packed, Range, Spot};
use crate::unit_of_work::cells::{Attempt, Cells};

/// A row in which something waits.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: Packed,
    /// By column family, and in it first that of the row itself, then those of super columns by their names.
    pub(crate) scopes: Vec<Scope>,
}

/// What waits for one row of a column family, or for one super column of it.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// The place of the column family in the unit.
    pub(crate) family: usize,
    pub(crate) super_column: Option<Packed>,
    /// All of it is deleted, before anything else.
    pub(crate) deleted: Option<Attempt>,
    /// Then these ranges.
    pub(crate) ranges: Vec<Range>,
    /// Then these are written, or deleted where they have no value.
    pub(crate) cells: Cells,
}

/// What there is beside the bytes, in memory and in a message, whichever is more.
pub(super) const ROW: usize = 64;
pub(super) const SCOPE: usize = 128;
pub(super) const CELL: usize = 44;
const RANGE: usize = 96;

impl Scope {
    pub(super) fn at(spot: Spot<'_>) -> Scope {
        let super_column = spot.super_column.map(Box::from);
        Scope { family: spot.family, super_column, ..Scope::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.deleted.is_none() && self.ranges.is_empty() && self.cells.is_empty()
    }

    /// How many mutations it is, as people count: cells, ranges, and one for all of it.
    pub(crate) fn operations(&self) -> usize {
        usize::from(self.deleted.is_some()) + self.ranges.len() + self.cells.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let ranges = self.ranges.iter().map(|range| RANGE + range.start.len() + range.finish.len());
        let name = self.super_column.as_ref().map_or(0, |name| name.len());
        SCOPE + name + ranges.sum::<usize>() + CELL * self.cells.len() + self.cells.bytes()
    }
}

impl Row {
    /// Where the scope of a spot is, or would be.
    pub(super) fn place(&self, spot: Spot<'_>) -> Result<usize, usize> {
        let sought = (spot.family, spot.super_column);
        self.scopes.binary_search_by(|scope| (scope.family, scope.super_column.as_deref()).cmp(&sought))
    }

    pub(super) fn scope(&self, spot: Spot<'_>) -> Option<&Scope> {
        self.place(spot).ok().map(|place| &self.scopes[place])
    }

    /// The scopes of each of its column families.
    pub(crate) fn families(&self) -> impl Iterator<Item = (usize, &[Scope])> {
        let families = self.scopes.chunk_by(|one, other| one.family == other.family);
        families.map(|scopes| (scopes[0].family, scopes))
    }
}

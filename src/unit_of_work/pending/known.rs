//! What a column will be, as far as the unit says.

use super::Scope;
use crate::marshal::Class;

/// What is known of a column without asking a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    Value(&'a [u8]),
    Absent,
    Unknown,
}

/// What the unit says of the columns of a spot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'p> {
    pub(super) scope: Option<&'p Scope>,
    pub(super) row_deleted: bool,
}

impl<'p> Known<'p> {
    pub(crate) fn seen(&self, comparator: &Class, name: &[u8]) -> Seen<'p> {
        let mut deleted = self.row_deleted;
        if let Some(scope) = self.scope {
            match scope.cells.get(name) {
                Some(cell) => return cell.value.map_or(Seen::Absent, Seen::Value),
                None => deleted |= scope.deleted.is_some(),
            }
            deleted |= scope.ranges.iter().any(|range| range.covers(comparator, name));
        }
        if deleted { Seen::Absent } else { Seen::Unknown }
    }

    /// The names of the columns that are to be written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &'p [u8]> {
        let cells = self.scope.into_iter().flat_map(|scope| scope.cells.iter());
        cells.filter(|cell| cell.value.is_some()).map(|cell| cell.name)
    }
}

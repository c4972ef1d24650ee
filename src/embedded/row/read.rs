//! Reading one row: the head, and past it no more chunks than the predicate needs.

use std::cmp::Ordering;
use std::ops::{Bound, ControlFlow};

use super::cell::{Cell, Cells, LiveCell};
use super::chunk::{chunk_of, chunks_up_to};
use super::head::{Head, decode_chunk};
use super::view::View;
use super::{Rules, key};
use crate::embedded::store::{Damage, Entry, Snapshot, StoreError};

/// Which columns of a row are wanted.
#[derive(Clone, Debug)]
pub(crate) enum Predicate<'a> {
    /// These, sorted and each once.
    Names(Vec<&'a [u8]>),
    /// At most `count`, from `start` to `finish` in the direction of the reading; an empty bound is open.
    Slice { start: &'a [u8], finish: &'a [u8], reversed: bool, count: usize },
}

/// What takes the cells; it may stop the reading.
pub(crate) trait Visitor {
    fn cell(&mut self, cell: LiveCell<'_>) -> ControlFlow<()>;
}

impl<F: FnMut(LiveCell<'_>) -> ControlFlow<()>> Visitor for F {
    fn cell(&mut self, cell: LiveCell<'_>) -> ControlFlow<()> {
        self(cell)
    }
}

/// Reads the columns of a row that the predicate wants, in its order.
pub(crate) fn read_row<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    row_key: &[u8],
    predicate: &Predicate<'_>,
    rules: Rules<'_>,
    visitor: &mut impl Visitor,
) -> Result<(), StoreError> {
    let (prefix, _) = key::prefix(row_key, rules.partitioner);
    let Some(stored) = snapshot.get(partition, &prefix)? else {
        return Ok(());
    };
    let head = Head::decode(&stored)?;
    // a row whose cut prefix happens to be the same is another row
    if head.key.is_some_and(|stored_key| stored_key != row_key) {
        return Ok(());
    }
    Row { snapshot, partition, prefix: &prefix, head, rules, scanned: false }.read(predicate, visitor)
}

/// A row whose head has been read.
pub(crate) struct Row<'a, S: Snapshot> {
    pub(crate) snapshot: &'a S,
    pub(crate) partition: &'a S::Partition,
    pub(crate) prefix: &'a [u8],
    pub(crate) head: Head<'a>,
    pub(crate) rules: Rules<'a>,
    /// The row is read in a scan, not for itself.
    pub(crate) scanned: bool,
}

impl<S: Snapshot> Row<'_, S> {
    pub(crate) fn read(
        &self,
        predicate: &Predicate<'_>,
        visitor: &mut impl Visitor,
    ) -> Result<(), StoreError> {
        let view = self.view(predicate);
        match predicate {
            Predicate::Names(names) => self.names(&view, names, visitor),
            Predicate::Slice { count: 0, .. } => Ok(()),
            Predicate::Slice { start, finish, reversed, count } => {
                let slice =
                    Slice { row: self, view: &view, start, finish, started: start.is_empty(), left: *count };
                if *reversed { self.backwards(slice, visitor) } else { self.forwards(slice, visitor) }
            }
        }
    }

    /// How this read sees the row's deletions.
    fn view(&self, predicate: &Predicate<'_>) -> View<'_, '_> {
        let (deletions, comparator) = (&self.head.deletions, self.rules.comparator);
        match predicate {
            Predicate::Names(_) if self.scanned => View::whole(deletions, comparator, false),
            Predicate::Names(names) => View::names(deletions, comparator, names),
            Predicate::Slice { reversed, .. } if self.scanned => {
                View::whole(deletions, comparator, *reversed)
            }
            Predicate::Slice { start, finish, reversed, .. } => {
                View::slice(deletions, comparator, start, finish, *reversed)
            }
        }
    }

    fn names(
        &self,
        view: &View<'_, '_>,
        names: &[&[u8]],
        visitor: &mut impl Visitor,
    ) -> Result<(), StoreError> {
        let mut rest = names;
        if self.matches(view, self.head.cells, &mut rest, visitor)?.is_break() || !self.head.chunked {
            return Ok(());
        }
        let mut last_chunk = None;
        while let Some(name) = rest.first() {
            let Some((chunk_key, chunk)) = self.chunk_of(name)? else {
                rest = &rest[1..];
                continue;
            };
            // a chunk that was searched already ended before this name
            if last_chunk.as_deref() == Some(&*chunk_key) {
                rest = &rest[1..];
                continue;
            }
            if self.matches(view, decode_chunk(&chunk)?, &mut rest, visitor)?.is_break() {
                return Ok(());
            }
            last_chunk = Some(chunk_key);
        }
        Ok(())
    }

    /// Offers those of the names that are among these cells, and takes off all that come before their end.
    fn matches(
        &self,
        view: &View<'_, '_>,
        cells: &[u8],
        names: &mut &[&[u8]],
        visitor: &mut impl Visitor,
    ) -> Result<ControlFlow<()>, Damage> {
        let mut cells = Cells::new(cells);
        let mut cell = cells.next().transpose()?;
        while let (Some(current), Some(name)) = (&cell, names.first()) {
            let order = self.rules.comparator.compare(current.name, name);
            if order == Ordering::Equal
                && self.offer(view, current, visitor).is_some_and(|flow| flow.is_break())
            {
                return Ok(ControlFlow::Break(()));
            }
            if order != Ordering::Less {
                *names = &names[1..];
            }
            if order != Ordering::Greater {
                cell = cells.next().transpose()?;
            }
        }
        Ok(if names.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn forwards(&self, mut slice: Slice<'_, S>, visitor: &mut impl Visitor) -> Result<(), StoreError> {
        if slice.forwards(self.head.cells, visitor)?.is_break() || !self.head.chunked {
            return Ok(());
        }
        let first;
        let mut lower = Bound::Excluded(self.prefix);
        if !slice.started
            && let Some((chunk_key, chunk)) = self.chunk_of(slice.start)?
        {
            if slice.forwards(decode_chunk(&chunk)?, visitor)?.is_break() {
                return Ok(());
            }
            first = chunk_key;
            lower = Bound::Excluded(&first);
        }
        let upper = chunks_up_to(self.prefix, slice.finish, self.rules);
        if matches!(lower, Bound::Excluded(lower) if lower >= upper.as_slice()) {
            return Ok(());
        }
        for entry in self.snapshot.range(self.partition, (lower, Bound::Included(&upper))) {
            if slice.forwards(decode_chunk(&entry?.1)?, visitor)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn backwards(&self, mut slice: Slice<'_, S>, visitor: &mut impl Visitor) -> Result<(), StoreError> {
        let mut places = Vec::new();
        if self.head.chunked {
            let upper = chunks_up_to(self.prefix, slice.start, self.rules);
            let bounds = (Bound::Excluded(self.prefix), Bound::Included(upper.as_slice()));
            for entry in self.snapshot.range(self.partition, bounds).rev() {
                if slice.backwards(decode_chunk(&entry?.1)?, &mut places, visitor)?.is_break() {
                    return Ok(());
                }
            }
        }
        let _ = slice.backwards(self.head.cells, &mut places, visitor)?;
        Ok(())
    }

    fn chunk_of(&self, name: &[u8]) -> Result<Option<Entry<S>>, StoreError> {
        chunk_of(self.snapshot, self.partition, self.prefix, name, self.rules)
    }

    /// Shows a cell to the visitor if it is live; `None` if not.
    fn offer(
        &self,
        view: &View<'_, '_>,
        cell: &Cell<'_>,
        visitor: &mut impl Visitor,
    ) -> Option<ControlFlow<()>> {
        let live = cell.live(self.rules.now)?;
        if view.deletes(cell.name, cell.timestamp) {
            return None;
        }
        Some(visitor.cell(live))
    }
}

/// A slice on its way through a row.
struct Slice<'a, S: Snapshot> {
    row: &'a Row<'a, S>,
    view: &'a View<'a, 'a>,
    start: &'a [u8],
    finish: &'a [u8],
    /// The cells that come before `start` are past.
    started: bool,
    left: usize,
}

impl<S: Snapshot> Slice<'_, S> {
    fn forwards(&mut self, cells: &[u8], visitor: &mut impl Visitor) -> Result<ControlFlow<()>, Damage> {
        for cell in Cells::new(cells) {
            if self.take(&cell?, Ordering::Less, visitor).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Cells can be told apart only from the front, so the places of all are noted before.
    fn backwards(
        &mut self,
        cells: &[u8],
        places: &mut Vec<usize>,
        visitor: &mut impl Visitor,
    ) -> Result<ControlFlow<()>, Damage> {
        places.clear();
        let mut forwards = Cells::new(cells);
        loop {
            let place = cells.len() - forwards.left();
            if forwards.next().transpose()?.is_none() {
                break;
            }
            places.push(place);
        }
        for place in places.iter().rev() {
            let cell = Cells::new(&cells[*place..]).next().transpose()?;
            if let Some(cell) = cell
                && self.take(&cell, Ordering::Greater, visitor).is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes the next cell in the direction in which what compares as `before` comes first.
    fn take(&mut self, cell: &Cell<'_>, before: Ordering, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let comparator = self.row.rules.comparator;
        if !self.started {
            if comparator.compare(cell.name, self.start) == before {
                return ControlFlow::Continue(());
            }
            self.started = true;
        }
        if !self.finish.is_empty() && comparator.compare(cell.name, self.finish) == before.reverse() {
            return ControlFlow::Break(());
        }
        match self.row.offer(self.view, cell, visitor) {
            None => ControlFlow::Continue(()),
            Some(ControlFlow::Break(())) => ControlFlow::Break(()),
            Some(ControlFlow::Continue(())) => {
                self.left -= 1;
                if self.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        }
    }
}

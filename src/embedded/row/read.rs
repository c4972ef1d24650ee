//! Reading one row: the head, and past it no more chunks than the predicate needs.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::{Bound, ControlFlow};

use super::cell::{Cell, Cells, LiveCell};
use super::chunk::{Found, chunk_of, chunks_up_to, last_up_to};
use super::head::{Head, decode_chunk};
use super::view::View;
use super::{Rules, key, super_column};
use crate::embedded::store::{Damage, Snapshot, StoreError};

/// Which columns of a row are wanted.
#[derive(Clone, Debug)]
pub(crate) enum Predicate<'a> {
    /// These, sorted and each once.
    Names(Vec<Cow<'a, [u8]>>),
    /// These ranges, one after the other in the direction of the reading; no two of them overlap.
    Slices { slices: Vec<Slice<'a>>, reversed: bool, most: Most },
}

/// The columns from `start` to `finish` in the direction of the reading; an empty bound is open.
#[derive(Clone, Debug)]
pub(crate) struct Slice<'a> {
    pub(crate) start: Cow<'a, [u8]>,
    pub(crate) finish: Cow<'a, [u8]>,
}

/// How much is wanted of the columns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Most {
    Columns(usize),
    SuperColumns(usize),
}

impl<'a> Predicate<'a> {
    /// At most so many columns of one range.
    pub(crate) fn slice(start: &'a [u8], finish: &'a [u8], reversed: bool, most: usize) -> Predicate<'a> {
        let slices = vec![Slice { start: Cow::Borrowed(start), finish: Cow::Borrowed(finish) }];
        Predicate::Slices { slices, reversed, most: Most::Columns(most) }
    }

    /// The same for another number.
    pub(crate) fn with_most(mut self, wanted: Most) -> Predicate<'a> {
        if let Predicate::Slices { most, .. } = &mut self {
            *most = wanted;
        }
        self
    }

    pub(crate) fn is_reversed(&self) -> bool {
        matches!(self, Predicate::Slices { reversed: true, .. })
    }
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
            Predicate::Slices { slices, reversed, most } => {
                let mut quota = Quota::new(*most);
                for Slice { start, finish } in slices {
                    if quota.is_used_up() {
                        break;
                    }
                    let started = start.is_empty();
                    let walk = Walk { row: self, view: &view, start, finish, started, quota: &mut quota };
                    if *reversed {
                        self.backwards(walk, visitor)?;
                    } else {
                        self.forwards(walk, visitor)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// How this read sees the row's deletions.
    fn view(&self, predicate: &Predicate<'_>) -> View<'_, '_> {
        let (deletions, comparator) = (&self.head.deletions, self.rules.comparator);
        match predicate {
            Predicate::Names(_) if self.scanned => View::whole(deletions, comparator, false),
            Predicate::Names(names) => View::names(deletions, comparator, names),
            Predicate::Slices { reversed, .. } if self.scanned => {
                View::whole(deletions, comparator, *reversed)
            }
            Predicate::Slices { slices, reversed, .. } => {
                View::slices(deletions, comparator, slices, *reversed)
            }
        }
    }

    fn names(
        &self,
        view: &View<'_, '_>,
        names: &[Cow<'_, [u8]>],
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
        names: &mut &[Cow<'_, [u8]>],
        visitor: &mut impl Visitor,
    ) -> Result<ControlFlow<()>, Damage> {
        let mut cells = Cells::new(cells);
        let mut cell = cells.next().transpose()?;
        while let (Some(current), Some(name)) = (&cell, names.first()) {
            let order = self.rules.comparator.compare(current.name, name);
            if order == Ordering::Equal
                && self.seen(view, current).is_some_and(|live| visitor.cell(live).is_break())
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

    fn forwards(&self, mut walk: Walk<'_, '_, S>, visitor: &mut impl Visitor) -> Result<(), StoreError> {
        if walk.forwards(self.head.cells, visitor)?.is_break() || !self.head.chunked {
            return Ok(());
        }
        let first;
        let mut lower = Bound::Excluded(self.prefix);
        if !walk.started
            && let Some((chunk_key, chunk)) = self.chunk_of(walk.start)?
        {
            if walk.forwards(decode_chunk(&chunk)?, visitor)?.is_break() {
                return Ok(());
            }
            first = chunk_key;
            lower = Bound::Excluded(&first);
        }
        let upper = chunks_up_to(self.prefix, walk.finish, self.rules);
        if matches!(lower, Bound::Excluded(lower) if lower >= upper.as_slice()) {
            return Ok(());
        }
        for entry in self.snapshot.range(self.partition, (lower, Bound::Included(&upper))) {
            if walk.forwards(decode_chunk(&entry?.1)?, visitor)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn backwards(&self, mut walk: Walk<'_, '_, S>, visitor: &mut impl Visitor) -> Result<(), StoreError> {
        let mut places = Vec::new();
        if self.head.chunked {
            let upper = chunks_up_to(self.prefix, walk.start, self.rules);
            let last = last_up_to(self.snapshot, self.partition, self.prefix, &upper, self.rules)?;
            if let Some((last_key, last)) = last {
                if walk.backwards(decode_chunk(&last)?, &mut places, visitor)?.is_break() {
                    return Ok(());
                }
                let bounds = (Bound::Excluded(self.prefix), Bound::Excluded(last_key.as_slice()));
                for entry in self.snapshot.range(self.partition, bounds).rev() {
                    if walk.backwards(decode_chunk(&entry?.1)?, &mut places, visitor)?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
        let _ = walk.backwards(self.head.cells, &mut places, visitor)?;
        Ok(())
    }

    fn chunk_of(&self, name: &[u8]) -> Result<Option<Found<S>>, StoreError> {
        chunk_of(self.snapshot, self.partition, self.prefix, name, self.rules)
    }

    /// The cell, if it is live for this view.
    #[inline]
    fn seen<'c>(&self, view: &View<'_, '_>, cell: &Cell<'c>) -> Option<LiveCell<'c>> {
        cell.live(self.rules.now).filter(|_| !view.deletes(cell))
    }
}

/// How many columns, or super columns, are still wanted.
struct Quota {
    left: usize,
    by_super_column: bool,
    /// The super column of the last cell.
    super_column: Option<Vec<u8>>,
    stopped: bool,
}

impl Quota {
    fn new(most: Most) -> Quota {
        let (left, by_super_column) = match most {
            Most::Columns(most) => (most, false),
            Most::SuperColumns(most) => (most, true),
        };
        Quota { left, by_super_column, super_column: None, stopped: false }
    }

    /// Whether a live cell of this name is still wanted.
    #[inline]
    fn admits(&mut self, name: &[u8]) -> Result<bool, Damage> {
        if self.by_super_column && self.is_of_same_super_column(name)? {
            return Ok(true);
        }
        self.stopped |= self.left == 0;
        self.left = self.left.saturating_sub(1);
        Ok(!self.stopped)
    }

    fn is_of_same_super_column(&mut self, name: &[u8]) -> Result<bool, Damage> {
        let (super_column, _) = super_column::split(name)?;
        let same = self.super_column.as_deref() == Some(super_column);
        if !same {
            self.super_column = Some(super_column.to_vec());
        }
        Ok(same)
    }

    /// Of the last super column, further columns are wanted.
    #[inline]
    fn is_used_up(&self) -> bool {
        self.stopped || self.left == 0 && !self.by_super_column
    }
}

/// A slice on its way through a row.
struct Walk<'a, 'q, S: Snapshot> {
    row: &'a Row<'a, S>,
    view: &'a View<'a, 'a>,
    start: &'a [u8],
    finish: &'a [u8],
    /// The cells that come before `start` are past.
    started: bool,
    quota: &'q mut Quota,
}

impl<S: Snapshot> Walk<'_, '_, S> {
    fn forwards(&mut self, cells: &[u8], visitor: &mut impl Visitor) -> Result<ControlFlow<()>, Damage> {
        for cell in Cells::new(cells) {
            if self.take(&cell?, Ordering::Less, visitor)?.is_break() {
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
                && self.take(&cell, Ordering::Greater, visitor)?.is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes the next cell in the direction in which what compares as `before` comes first. Breaks at the end
    /// of the slice, and when enough has been read.
    #[inline]
    fn take(
        &mut self,
        cell: &Cell<'_>,
        before: Ordering,
        visitor: &mut impl Visitor,
    ) -> Result<ControlFlow<()>, Damage> {
        let comparator = self.row.rules.comparator;
        if !self.started {
            if comparator.compare(cell.name, self.start) == before {
                return Ok(ControlFlow::Continue(()));
            }
            self.started = true;
        }
        if !self.finish.is_empty() && comparator.compare(cell.name, self.finish) == before.reverse() {
            return Ok(ControlFlow::Break(()));
        }
        let Some(live) = self.row.seen(self.view, cell) else {
            return Ok(ControlFlow::Continue(()));
        };
        if !self.quota.admits(cell.name)? {
            return Ok(ControlFlow::Break(()));
        }
        let flow = visitor.cell(live);
        self.quota.stopped |= flow.is_break();
        Ok(if self.quota.is_used_up() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

//! Old and new cells of one part of a row together, and where the outcome is cut.

use std::cmp::Ordering;

use super::Rules;
use super::cell::{Cell, Cells, Content};
use super::deletion::Deletions;
use super::pieces::{self, Growth};
use super::reconcile::reconcile;
use crate::embedded::store::Damage;

/// The cells that stay of old and new ones, in their stored form.
pub(super) struct Merged {
    bytes: Vec<u8>,
    /// The end of each cell in the bytes.
    ends: Vec<usize>,
    growth: Growth,
}

impl Merged {
    /// Merges, without what is past its time and what no read can see again.
    pub(super) fn new(
        stored: &[u8],
        new: &[Cell<'_>],
        deletions: &Deletions<'_>,
        rules: Rules<'_>,
    ) -> Result<Merged, Damage> {
        let Rules { comparator, now, gc_before, .. } = rules;
        let added: usize = new.iter().map(|cell| cell.name.len() + 32).sum();
        // a guess: a cell takes some 40 bytes
        let cells = new.len() + stored.len() / 32;
        let mut merged = Merged {
            bytes: Vec::with_capacity(stored.len() + added),
            ends: Vec::with_capacity(cells),
            growth: Growth::Within,
        };
        let mut old_cells = Cells::new(stored);
        let mut new_cells = new.iter().copied();
        let mut old = old_cells.next().transpose()?;
        let mut new = new_cells.next();
        let (mut first_new, mut added) = (None, 0);
        loop {
            let order = match (&old, &new) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => {
                    merged.growth = Growth::AtEnd;
                    Ordering::Greater
                }
                (Some(old), Some(new)) => comparator.compare(old.name, new.name),
            };
            let cell = match (order, old, new) {
                // a deletion that is forgotten does not hold a counter down any longer
                (Ordering::Equal, Some(old), Some(new @ Cell { content: Content::Counter(_), .. }))
                    if old.purgeable(now, gc_before) =>
                {
                    new
                }
                (Ordering::Equal, Some(old), Some(new)) => reconcile(old, new),
                (Ordering::Less, Some(old), _) => old,
                (_, _, Some(new)) => new,
                _ => break,
            };
            if order != Ordering::Greater {
                old = old_cells.next().transpose()?;
            }
            if order != Ordering::Less {
                new = new_cells.next();
            }
            let erased = deletions.erases(comparator, &cell, gc_before);
            if !erased && !cell.purgeable(now, gc_before) {
                let place = merged.bytes.len();
                cell.encode(&mut merged.bytes);
                merged.ends.push(merged.bytes.len());
                if order != Ordering::Less {
                    first_new.get_or_insert(place);
                    added += merged.bytes.len() - place;
                }
            }
        }
        if let (Growth::Within, Some(place)) = (merged.growth, first_new) {
            merged.growth = Growth::of(merged.bytes.len(), added, place);
        }
        Ok(merged)
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The size of a cell.
    pub(super) fn size(&self, index: usize) -> usize {
        self.place(index + 1) - self.place(index)
    }

    /// The stored form of the cells from `start` to before `end`.
    pub(super) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        &self.bytes[self.place(start)..self.place(end)]
    }

    /// Where the new cells came.
    pub(super) fn growth(&self) -> Growth {
        self.growth
    }

    /// The ends of the pieces that the cells are cut into, as numbers of cells; none may have a longer
    /// separator than this.
    pub(super) fn cut(&self, growth: Growth, rules: Rules<'_>, longest_separator: usize) -> Vec<usize> {
        if self.bytes.len() <= growth.piece() {
            return vec![self.len()];
        }
        let sizes: Vec<usize> = (0..self.len()).map(|index| self.size(index)).collect();
        pieces::ends(&sizes, growth, |index| {
            // where no key fits, the piece grows instead
            self.separator_before(index, rules).len() <= longest_separator
        })
    }

    /// What parts a cell from the one before it.
    pub(super) fn separator_before(&self, index: usize, rules: Rules<'_>) -> Vec<u8> {
        let (mut before, mut first) = (Vec::new(), Vec::new());
        if let Some(before_index) = index.checked_sub(1) {
            rules.comparator.encode_ordered(self.name(before_index), &mut before);
        }
        rules.comparator.encode_ordered(self.name(index), &mut first);
        let len = pieces::separator(&before, &first).len();
        first.truncate(len);
        first
    }

    fn place(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    fn name(&self, index: usize) -> &[u8] {
        match Cells::new(self.bytes(index, index + 1)).next() {
            Some(Ok(cell)) => cell.name,
            _ => &[],
        }
    }
}

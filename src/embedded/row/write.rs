//! Changing one row: its head and the chunks concerned are read, merged with what is new, and written.

use std::cmp::Ordering;
use std::ops::Bound;

use super::cell::{Cell, Cells};
use super::chunk::chunk_of;
use super::deletion::Deletions;
use super::head::{Head, decode_chunk, encode_chunk_start};
use super::pieces::{self, CHUNK_SIZE, Growth};
use super::reconcile::reconcile;
use super::{Rules, key};
use crate::embedded::store::{Batch, Damage, LONGEST_KEY, Snapshot, StoreError};

/// What a call changes in one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowUpdate<'a> {
    pub(crate) deletions: Deletions<'a>,
    pub(crate) cells: Vec<Cell<'a>>,
}

impl<'a> RowUpdate<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.deletions.is_empty() && self.cells.is_empty()
    }

    /// Adds the changes of another update of the same row.
    pub(crate) fn merge(&mut self, other: &RowUpdate<'a>, rules: Rules<'_>) {
        self.deletions.merge(rules.comparator, &other.deletions);
        self.cells.extend_from_slice(&other.cells);
    }

    /// Brings the cells into comparator order, one of each name.
    fn settle(&mut self, rules: Rules<'_>) {
        let comparator = rules.comparator;
        self.cells.sort_by(|one, other| comparator.compare(one.name, other.name));
        self.cells.dedup_by(|new, old| {
            let same = comparator.compare(old.name, new.name) == Ordering::Equal;
            if same {
                *old = reconcile(*old, *new);
            }
            same
        });
    }
}

/// Puts into the batch what an update makes of a row as the snapshot has it. The caller holds the row's
/// lock from before the snapshot until after the commit.
pub(crate) fn write_row<S, B>(
    snapshot: &S,
    batch: &mut B,
    partition: &S::Partition,
    row_key: &[u8],
    mut update: RowUpdate<'_>,
    rules: Rules<'_>,
) -> Result<(), StoreError>
where
    S: Snapshot,
    B: Batch<Partition = S::Partition>,
{
    update.settle(rules);
    let (prefix, cut) = key::prefix(row_key);
    let stored = snapshot.get(partition, &prefix)?;
    let head = stored.as_deref().map(Head::decode).transpose()?;
    if head.as_ref().is_some_and(|head| head.key.is_some_and(|kept| kept != row_key)) {
        return Err(StoreError::Collision);
    }
    let exists = head.is_some();
    let mut head = head.unwrap_or_default();
    head.key = cut.then_some(row_key);
    let chunked = head.chunked;
    let deletions_change = !update.deletions.is_empty();
    head.deletions.merge(rules.comparator, &update.deletions);

    let mut writer =
        Writer { snapshot, batch, partition, prefix: &prefix, rules, deletions: &head.deletions.clone() };
    let mut rest = update.cells.as_slice();
    let mut for_head: &[Cell<'_>] = &[];
    if !chunked {
        (for_head, rest) = (rest, &[]);
    }
    while let Some(first) = rest.first() {
        let chunk = chunk_of(snapshot, partition, &prefix, first.name, rules)?;
        let begin = chunk.as_ref().map_or(prefix.as_slice(), |(chunk_key, _)| chunk_key);
        let here = if rest.len() == 1 { 1 } else { writer.count_before_next_chunk(begin, rest)? };
        let (concerned, later) = rest.split_at(here);
        match chunk {
            None => for_head = concerned,
            Some((chunk_key, chunk)) => writer.rewrite_chunk(&chunk_key, &chunk, concerned)?,
        }
        rest = later;
    }
    if !exists || deletions_change || !for_head.is_empty() {
        writer.rewrite_head(stored.as_deref(), head, for_head)?;
    }
    Ok(())
}

/// Writes the parts of one row.
struct Writer<'a, S: Snapshot, B> {
    snapshot: &'a S,
    batch: &'a mut B,
    partition: &'a S::Partition,
    prefix: &'a [u8],
    rules: Rules<'a>,
    /// All of the row's deletions, those of this update included.
    deletions: &'a Deletions<'a>,
}

/// The cells that stay of old and new ones, in their stored form.
struct Merged {
    bytes: Vec<u8>,
    /// The end of each cell in the bytes.
    ends: Vec<usize>,
    growth: Growth,
}

impl<S, B> Writer<'_, S, B>
where
    S: Snapshot,
    B: Batch<Partition = S::Partition>,
{
    /// How many of the cells, which belong to the part with the key `begin` or after it, belong to it.
    fn count_before_next_chunk(&self, begin: &[u8], cells: &[Cell<'_>]) -> Result<usize, StoreError> {
        let end = key::after(self.prefix);
        let bounds = (Bound::Excluded(begin), Bound::Excluded(end.as_slice()));
        let Some(next) = self.snapshot.range(self.partition, bounds).next() else {
            return Ok(cells.len());
        };
        let (next_key, _) = next?;
        let separator = key::separator(self.prefix, &next_key)?;
        let mut name = Vec::new();
        Ok(cells.partition_point(|cell| {
            name.clear();
            self.rules.comparator.encode_ordered(cell.name, &mut name);
            name.as_slice() < separator
        }))
    }

    fn rewrite_chunk(&mut self, chunk_key: &[u8], stored: &[u8], new: &[Cell<'_>]) -> Result<(), StoreError> {
        let merged = self.merge(decode_chunk(stored)?, new, None)?;
        if merged.ends.is_empty() {
            self.batch.remove(self.partition, chunk_key);
            return Ok(());
        }
        let pieces = self.cut(&merged);
        let first = merged.bytes(0, pieces[0]);
        if stored[1..] != *first {
            self.put_chunk(chunk_key, first);
        }
        self.put_new_chunks(&merged, &pieces);
        Ok(())
    }

    fn rewrite_head(
        &mut self,
        stored: Option<&[u8]>,
        mut head: Head<'_>,
        new: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        // what is deleted by what is forgotten below goes with it
        let forget = (!head.chunked).then_some(self.rules.gc_before);
        let merged = self.merge(head.cells, new, forget)?;
        let mut pieces = self.cut(&merged);
        if merged.ends.first().is_some_and(|end| *end > CHUNK_SIZE) {
            // a large cell is a chunk alone, also when it is the first
            pieces.insert(0, 0);
        }
        head.chunked |= pieces.len() > 1;
        let cells = merged.bytes(0, pieces[0]);
        if !head.chunked {
            head.deletions.purge(self.rules.gc_before);
            if cells.is_empty() && head.deletions.is_empty() {
                if stored.is_some() {
                    self.batch.remove(self.partition, self.prefix);
                }
                return Ok(());
            }
        }
        let mut value = Vec::with_capacity(cells.len() + 32);
        head.encode_start(&mut value);
        value.extend_from_slice(cells);
        if stored != Some(&value) {
            self.batch.put(self.partition, self.prefix, &value);
        }
        self.put_new_chunks(&merged, &pieces);
        Ok(())
    }

    /// Old and new cells together, without what is past its time and what no read can see again. `forget`
    /// is the age from which on range deletions will be forgotten.
    fn merge(&self, stored: &[u8], new: &[Cell<'_>], forget: Option<i32>) -> Result<Merged, Damage> {
        let Rules { comparator, now, gc_before } = self.rules;
        let added: usize = new.iter().map(|cell| cell.name.len()).sum();
        let mut merged = Merged {
            bytes: Vec::with_capacity(stored.len() + added + 32 * new.len()),
            ends: Vec::new(),
            growth: Growth::Within,
        };
        let mut old_cells = Cells::new(stored);
        let mut new_cells = new.iter().copied();
        let mut old = old_cells.next().transpose()?;
        let mut new = new_cells.next();
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
            let erased = self.deletions.erases(comparator, cell.name, cell.timestamp, forget);
            if !erased && !cell.purgeable(now, gc_before) {
                cell.encode(&mut merged.bytes);
                merged.ends.push(merged.bytes.len());
            }
        }
        Ok(merged)
    }

    /// Where the pieces end, in numbers of cells.
    fn cut(&self, merged: &Merged) -> Vec<usize> {
        let mut start = 0;
        let sizes: Vec<usize> =
            merged.ends.iter().map(|end| end - std::mem::replace(&mut start, *end)).collect();
        pieces::ends(&sizes, merged.growth, |index| {
            // where no key fits, the piece grows instead
            self.prefix.len() + 1 + self.separator_before(merged, index).len() <= LONGEST_KEY
        })
    }

    fn separator_before(&self, merged: &Merged, index: usize) -> Vec<u8> {
        let (mut before, mut first) = (Vec::new(), Vec::new());
        if index > 0 {
            self.rules.comparator.encode_ordered(merged.name(index - 1), &mut before);
        }
        self.rules.comparator.encode_ordered(merged.name(index), &mut first);
        pieces::separator(&before, &first).to_vec()
    }

    fn put_chunk(&mut self, chunk_key: &[u8], cells: &[u8]) {
        let mut value = Vec::with_capacity(1 + cells.len());
        encode_chunk_start(&mut value);
        value.extend_from_slice(cells);
        self.batch.put(self.partition, chunk_key, &value);
    }

    /// Writes all pieces but the first.
    fn put_new_chunks(&mut self, merged: &Merged, pieces: &[usize]) {
        for piece in pieces.windows(2) {
            let chunk_key = key::chunk(self.prefix, &self.separator_before(merged, piece[0]));
            self.put_chunk(&chunk_key, merged.bytes(piece[0], piece[1]));
        }
    }
}

impl Merged {
    fn place(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// The stored form of the cells from `start` to before `end`.
    fn bytes(&self, start: usize, end: usize) -> &[u8] {
        &self.bytes[self.place(start)..self.place(end)]
    }

    fn name(&self, index: usize) -> &[u8] {
        match Cells::new(self.bytes(index, index + 1)).next() {
            Some(Ok(cell)) => cell.name,
            _ => &[],
        }
    }
}

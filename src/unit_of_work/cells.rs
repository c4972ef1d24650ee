//! Columns by their names: the bytes of all of them in one buffer, not in two allocations each.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

/// Names with their values, each name once, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    /// Names and values, each value behind its name.
    bytes: Vec<u8>,
    /// How many of the bytes belong to no slot any more.
    waste: usize,
    slots: Vec<Slot>,
    /// Where the slots are by their names. As long as there are few, they are gone through.
    places: Option<Box<Places>>,
}

#[derive(Clone, Debug)]
struct Slot {
    start: usize,
    name: usize,
    /// The length of the value; `NONE` says that there is none.
    value: usize,
    /// 0 is none.
    ttl: i32,
    attempt: Attempt,
}

const NONE: usize = usize::MAX;

/// The attempt to commit that has fixed a timestamp, counted from 1; 0 where none has yet.
pub(super) type Attempt = u32;

#[derive(Clone, Debug, Default)]
struct Places {
    table: HashTable<usize>,
    hasher: RandomState,
}

/// As many are gone through faster than hashed.
const FEW: usize = 16;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'c> {
    pub(super) name: &'c [u8],
    /// `None` is a column that is not there, or that is to be deleted.
    pub(super) value: Option<&'c [u8]>,
    pub(super) ttl: Option<i32>,
    pub(super) attempt: Attempt,
}

impl Slot {
    #[inline]
    fn length(&self) -> usize {
        self.name + if self.value == NONE { 0 } else { self.value }
    }

    #[inline]
    fn name<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start..self.start + self.name]
    }

    #[inline]
    fn cell<'b>(&self, bytes: &'b [u8]) -> Cell<'b> {
        let value = self.start + self.name;
        Cell {
            name: &bytes[self.start..value],
            value: (self.value != NONE).then(|| &bytes[value..value + self.value]),
            ttl: Some(self.ttl).filter(|ttl| *ttl > 0),
            attempt: self.attempt,
        }
    }
}

impl Places {
    fn insert(&mut self, place: usize, slots: &[Slot], bytes: &[u8]) {
        let hash = |place: &usize| self.hasher.hash_one(slots[*place].name(bytes));
        self.table.insert_unique(hash(&place), place, hash);
    }
}

impl Cells {
    /// Makes room for so many more cells, and for their bytes, and no more than that.
    pub(super) fn reserve(&mut self, cells: usize, bytes: usize) {
        self.slots.reserve_exact(cells);
        self.bytes.reserve_exact(bytes);
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        let is_it = |slot: &Slot| slot.name(&self.bytes) == name;
        match self.places.as_deref() {
            None => self.slots.iter().position(is_it),
            Some(Places { table, hasher }) => {
                table.find(hasher.hash_one(name), |place| is_it(&self.slots[*place])).copied()
            }
        }
    }

    /// The column of this name.
    pub(super) fn get(&self, name: &[u8]) -> Option<Cell<'_>> {
        self.place(name).map(|place| self.slots[place].cell(&self.bytes))
    }

    /// Puts a column in place of the one of this name; it has no timestamp. Tells how many bytes that one had, if there was
    /// one.
    pub(super) fn put(&mut self, name: &[u8], value: Option<&[u8]>, ttl: Option<i32>) -> Option<usize> {
        let Some(place) = self.place(name) else {
            self.push(name, value, ttl);
            return None;
        };
        let slot = self.append(name, value, ttl);
        let before = std::mem::replace(&mut self.slots[place], slot).length();
        self.waste += before;
        self.tidy();
        Some(before)
    }

    /// Puts a column of a name that is not there.
    #[inline]
    pub(super) fn push(&mut self, name: &[u8], value: Option<&[u8]>, ttl: Option<i32>) {
        let slot = self.append(name, value, ttl);
        make_room(&mut self.slots, 1);
        self.slots.push(slot);
        let last = self.slots.len() - 1;
        match &mut self.places {
            Some(places) => places.insert(last, &self.slots, &self.bytes),
            None if last < FEW => {}
            None => self.find_places(),
        }
    }

    #[inline]
    fn append(&mut self, name: &[u8], value: Option<&[u8]>, ttl: Option<i32>) -> Slot {
        make_room(&mut self.bytes, name.len() + value.map_or(0, <[u8]>::len));
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value.unwrap_or_default());
        let value = value.map_or(NONE, <[u8]>::len);
        Slot { start, name: name.len(), value, ttl: ttl.unwrap_or_default(), attempt: 0 }
    }

    /// Lets go of the bytes that no slot has, once they are more than the others.
    fn tidy(&mut self) {
        if self.waste <= self.bytes.len() / 2 {
            return;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() - self.waste);
        for slot in &mut self.slots {
            let start = bytes.len();
            bytes.extend_from_slice(&self.bytes[slot.start..slot.start + slot.length()]);
            slot.start = start;
        }
        (self.bytes, self.waste) = (bytes, 0);
    }

    fn find_places(&mut self) {
        self.places = None;
        if self.slots.len() > FEW {
            let mut places = Box::<Places>::default();
            (0..self.slots.len()).for_each(|place| places.insert(place, &self.slots, &self.bytes));
            self.places = Some(places);
        }
    }

    /// Forgets the columns whose names are not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(&[u8]) -> bool) {
        let (before, mut gone) = (self.slots.len(), 0);
        self.slots.retain(|slot| {
            let kept = keep(slot.name(&self.bytes));
            gone += if kept { 0 } else { slot.length() };
            kept
        });
        if self.slots.len() < before {
            self.waste += gone;
            self.tidy();
            self.find_places();
        }
    }

    /// All columns that have no timestamp yet get it of this attempt.
    pub(super) fn stamp(&mut self, attempt: Attempt) {
        for slot in self.slots.iter_mut().filter(|slot| slot.attempt == 0) {
            slot.attempt = attempt;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The bytes of all names and values.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len() - self.waste
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Cell<'_>> {
        self.slots.iter().map(|slot| slot.cell(&self.bytes))
    }
}

/// Grows by a quarter where there is no room: much of what waits comes in one piece, and the rest need not double.
fn make_room<T>(out: &mut Vec<T>, more: usize) {
    if out.capacity() - out.len() < more {
        out.reserve_exact(more.max(out.len() / 4 + 4));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few names, so that many are put again, and enough of them to be hashed.
        #[test]
        fn it_is_a_map(
            puts in proptest::collection::vec((0_u8..40, proptest::option::of(0_usize..9)), 0..200),
            gone in 0_u8..40,
        ) {
            let (mut cells, mut model) = (Cells::default(), BTreeMap::new());
            for (name, length) in puts {
                let (name, value) = (vec![name; usize::from(name)], length.map(|length| vec![name; length]));
                let before = cells.get(&name).map(|cell| cell.name.len() + cell.value.map_or(0, <[u8]>::len));
                prop_assert_eq!(cells.put(&name, value.as_deref(), None), before);
                model.insert(name, value);
            }
            let check = |cells: &Cells, model: &BTreeMap<Vec<u8>, Option<Vec<u8>>>| {
                let mut all: Vec<_> = cells.iter().map(|cell| (cell.name, cell.value)).collect();
                all.sort();
                prop_assert!(all.into_iter().eq(model.iter().map(|(name, value)| (&**name, value.as_deref()))));
                for (name, value) in model {
                    prop_assert_eq!(cells.get(name).map(|cell| cell.value), Some(value.as_deref()));
                }
                let bytes = |(name, value): (&Vec<u8>, &Option<Vec<u8>>)| name.len() + value.as_ref().map_or(0, Vec::len);
                prop_assert_eq!(cells.bytes(), model.iter().map(bytes).sum::<usize>());
                Ok(())
            };
            check(&cells, &model)?;
            cells.retain(|name| name.len() <= usize::from(gone));
            model.retain(|name, _| name.len() <= usize::from(gone));
            check(&cells, &model)?;
            prop_assert_eq!(cells.get(b"another"), None);
        }
    }

    #[test]
    fn what_is_written_over_and_over_takes_no_more_memory() {
        let mut cells = Cells::default();
        for n in 0..10_000_u32 {
            cells.put(b"counted", Some(&n.to_be_bytes()), None);
        }
        assert!(cells.bytes.capacity() < 64, "{} bytes", cells.bytes.capacity());
    }
}

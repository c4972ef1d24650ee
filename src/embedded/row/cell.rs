//! Cells, and how they are stored: one after the other, in comparator order.
//!
//! A stored cell is its kind (1 byte), the length of its name (2), its timestamp (8); then for a live cell
//! the length of its value (4), for an expiring one its ttl (4), expiry (4) and the length of its value (4),
//! for a deleted one the second of the deletion (4), for a counter its count (8); then name and value. Numbers are
//! big endian.

use crate::embedded::store::Damage;

const LIVE: u8 = 0;
const DELETED: u8 = 1;
const EXPIRING: u8 = 2;
const COUNTER: u8 = 3;

/// What stands before the name of a live cell, in bytes.
const LIVE_HEAD: usize = 1 + 2 + 8 + 4;

/// The longest column name.
pub(crate) const LONGEST_NAME: usize = u16::MAX as usize;

/// A column as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) timestamp: i64,
    pub(crate) content: Content<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    Live(&'a [u8]),
    /// Live before the second `expiry`.
    Expiring {
        value: &'a [u8],
        ttl: i32,
        expiry: i32,
    },
    /// Deleted in the second `at`.
    Deleted {
        at: i32,
    },
    /// The count; in an update, what is added to it.
    Counter(i64),
}

/// What a reader sees of a live cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiveCell<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: LiveValue<'a>,
    pub(crate) timestamp: i64,
    pub(crate) ttl: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiveValue<'a> {
    Bytes(&'a [u8]),
    Counter(i64),
}

impl<'a> Cell<'a> {
    /// The cell as readers see it, if it is neither deleted nor expired.
    #[inline]
    pub(crate) fn live(&self, now: i32) -> Option<LiveCell<'a>> {
        let (value, ttl) = match self.content {
            Content::Live(value) => (LiveValue::Bytes(value), None),
            Content::Expiring { value, ttl, expiry } if now < expiry => (LiveValue::Bytes(value), Some(ttl)),
            Content::Counter(count) => (LiveValue::Counter(count), None),
            Content::Expiring { .. } | Content::Deleted { .. } => return None,
        };
        Some(LiveCell { name: self.name, value, timestamp: self.timestamp, ttl })
    }

    /// Whether readers see the cell.
    pub(crate) fn is_live(&self, now: i32) -> bool {
        self.live(now).is_some()
    }

    /// Whether the cell is dead and nobody needs to learn of it any more.
    #[inline]
    pub(crate) fn purgeable(&self, now: i32, gc_before: i32) -> bool {
        match self.content {
            Content::Live(_) | Content::Counter(_) => false,
            Content::Expiring { expiry, .. } => expiry <= now && expiry < gc_before,
            Content::Deleted { at } => at < gc_before,
        }
    }

    /// Appends the stored form.
    #[inline]
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        debug_assert!(self.name.len() <= LONGEST_NAME);
        let Content::Live(value) = self.content else {
            return self.encode_other(out);
        };
        let mut head = [LIVE; LIVE_HEAD];
        head[1..3].copy_from_slice(&(self.name.len() as u16).to_be_bytes());
        head[3..11].copy_from_slice(&self.timestamp.to_be_bytes());
        head[11..].copy_from_slice(&(value.len() as u32).to_be_bytes());
        out.reserve(LIVE_HEAD + self.name.len() + value.len());
        out.extend_from_slice(&head);
        out.extend_from_slice(self.name);
        out.extend_from_slice(value);
    }

    fn encode_other(&self, out: &mut Vec<u8>) {
        let kind = match self.content {
            Content::Live(_) => LIVE,
            Content::Expiring { .. } => EXPIRING,
            Content::Deleted { .. } => DELETED,
            Content::Counter(_) => COUNTER,
        };
        out.push(kind);
        out.extend_from_slice(&(self.name.len() as u16).to_be_bytes());
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        let value: &[u8] = match self.content {
            Content::Live(value) => value,
            Content::Expiring { value, ttl, expiry } => {
                out.extend_from_slice(&ttl.to_be_bytes());
                out.extend_from_slice(&expiry.to_be_bytes());
                value
            }
            Content::Deleted { at } => {
                out.extend_from_slice(&at.to_be_bytes());
                &[]
            }
            Content::Counter(count) => {
                out.extend_from_slice(&count.to_be_bytes());
                &[]
            }
        };
        if matches!(kind, LIVE | EXPIRING) {
            out.extend_from_slice(&(value.len() as u32).to_be_bytes());
        }
        out.extend_from_slice(self.name);
        out.extend_from_slice(value);
    }
}

/// Reads stored cells one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'a> {
    rest: &'a [u8],
}

impl<'a> Cells<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Cells<'a> {
        Cells { rest: bytes }
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Most cells are live ones, whose lengths stand at fixed places.
    #[inline]
    fn next_cell(&mut self) -> Option<Cell<'a>> {
        let Some((&[LIVE, n, m, a, b, c, d, e, f, g, h, v, w, x, y], after)) =
            self.rest.split_first_chunk::<LIVE_HEAD>()
        else {
            return self.next_other();
        };
        let (name, after) = after.split_at_checked(usize::from(u16::from_be_bytes([n, m])))?;
        let (value, after) = after.split_at_checked(u32::from_be_bytes([v, w, x, y]) as usize)?;
        self.rest = after;
        let timestamp = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Some(Cell { name, timestamp, content: Content::Live(value) })
    }

    fn next_other(&mut self) -> Option<Cell<'a>> {
        let mut rest = self.rest;
        let [kind] = take(&mut rest)?;
        let name_len = usize::from(u16::from_be_bytes(take(&mut rest)?));
        let timestamp = i64::from_be_bytes(take(&mut rest)?);
        let (first, second, count) = match kind {
            LIVE => (0, 0, 0),
            EXPIRING => (i32::from_be_bytes(take(&mut rest)?), i32::from_be_bytes(take(&mut rest)?), 0),
            DELETED => (i32::from_be_bytes(take(&mut rest)?), 0, 0),
            COUNTER => (0, 0, i64::from_be_bytes(take(&mut rest)?)),
            _ => return None,
        };
        let has_value = matches!(kind, LIVE | EXPIRING);
        let value_len = if has_value { u32::from_be_bytes(take(&mut rest)?) as usize } else { 0 };
        let (name, after) = rest.split_at_checked(name_len)?;
        let (value, after) = after.split_at_checked(value_len)?;
        self.rest = after;
        let content = match kind {
            LIVE => Content::Live(value),
            EXPIRING => Content::Expiring { value, ttl: first, expiry: second },
            COUNTER => Content::Counter(count),
            _ => Content::Deleted { at: first },
        };
        Some(Cell { name, timestamp, content })
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Cell<'a>, Damage>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let cell = self.next_cell();
        if cell.is_none() {
            self.rest = &[];
        }
        Some(cell.ok_or(Damage("a cell is of an unknown kind or runs past the end of its chunk")))
    }
}

/// Takes a number's bytes off the front.
pub(crate) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn live<'a>(name: &'a str, timestamp: i64, value: &'a str) -> Cell<'a> {
        Cell { name: name.as_bytes(), timestamp, content: Content::Live(value.as_bytes()) }
    }

    pub(crate) fn deleted(name: &str, timestamp: i64, at: i32) -> Cell<'_> {
        Cell { name: name.as_bytes(), timestamp, content: Content::Deleted { at } }
    }

    pub(crate) fn counter(name: &str, timestamp: i64, count: i64) -> Cell<'_> {
        Cell { name: name.as_bytes(), timestamp, content: Content::Counter(count) }
    }

    pub(crate) fn expiring<'a>(name: &'a str, timestamp: i64, value: &'a str, expiry: i32) -> Cell<'a> {
        let content = Content::Expiring { value: value.as_bytes(), ttl: 10, expiry };
        Cell { name: name.as_bytes(), timestamp, content }
    }

    #[test]
    fn cells_come_back_as_they_were_stored() {
        let cells = [
            live("a", -3, "one"),
            deleted("b", i64::MAX, 77),
            expiring("c", 0, "", 100),
            counter("d", 7, i64::MIN),
            live("", 1, ""),
        ];
        let mut bytes = Vec::new();
        for cell in &cells {
            cell.encode(&mut bytes);
        }
        let read: Result<Vec<_>, _> = Cells::new(&bytes).collect();
        assert_eq!(read.as_deref(), Ok(&cells[..]));
    }

    #[test]
    fn a_cut_cell_is_damage_wherever_it_is_cut() {
        let expiring = expiring("name", 5, "value", 9);
        for cell in [live("name", 5, "value"), deleted("name", 5, 6), expiring, counter("name", 5, 6)] {
            let mut bytes = Vec::new();
            cell.encode(&mut bytes);
            for len in 1..bytes.len() {
                let read: Result<Vec<_>, _> = Cells::new(&bytes[..len]).collect();
                assert!(read.is_err(), "{len} bytes of {cell:?}");
            }
        }
        assert!(Cells::new(&[9; 40]).any(|cell| cell.is_err()));
    }

    #[test]
    fn expiry_ends_a_cell_in_its_very_second() {
        let cell = expiring("a", 1, "v", 100);
        assert!(cell.live(99).is_some());
        assert!(cell.live(100).is_none());
        assert!(!cell.purgeable(100, 100) && cell.purgeable(101, 101));
    }
}

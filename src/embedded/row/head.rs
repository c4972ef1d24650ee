//! The head of a row and its further chunks, as they are stored.
//!
//! A head is the format (1 byte), flags (1), then what the flags name: the row key (length in 2 bytes), the
//! row's deletion (timestamp in 8, second in 4), the range deletions (count in 4; each its two bounds with
//! lengths in 2, then its deletion); then cells. A chunk is the format and cells.

use super::cell::take;
use super::deletion::{Deletion, Deletions, RangeDeletion};
use crate::embedded::store::Damage;

/// The first byte of each head and chunk.
const FORMAT: u8 = 1;

const CHUNKED: u8 = 1;
const KEY: u8 = 2;
const ROW_DELETION: u8 = 4;
const RANGE_DELETIONS: u8 = 8;
const ALL_FLAGS: u8 = CHUNKED | KEY | ROW_DELETION | RANGE_DELETIONS;

const CUT: Damage = Damage("a row's head ends before its cells begin");

/// A row's head, borrowed from the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// The row key, where the prefix does not hold all of it.
    pub(crate) key: Option<&'a [u8]>,
    /// Further chunks may follow.
    pub(crate) chunked: bool,
    pub(crate) deletions: Deletions<'a>,
    /// The stored cells.
    pub(crate) cells: &'a [u8],
}

impl<'a> Head<'a> {
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Head<'a>, Damage> {
        let mut rest = bytes;
        let [format, flags] = take(&mut rest).ok_or(CUT)?;
        if format != FORMAT {
            return Err(Damage("a row's head is of an unknown format"));
        }
        if flags & !ALL_FLAGS != 0 {
            return Err(Damage("a row's head has unknown flags"));
        }
        let key = if flags & KEY != 0 { Some(bytes16(&mut rest)?) } else { None };
        let mut deletions = Deletions::default();
        if flags & ROW_DELETION != 0 {
            deletions.row = Some(deletion(&mut rest)?);
        }
        if flags & RANGE_DELETIONS != 0 {
            let count = u32::from_be_bytes(take(&mut rest).ok_or(CUT)?);
            for _ in 0..count {
                let (start, finish) = (bytes16(&mut rest)?, bytes16(&mut rest)?);
                deletions.ranges.push(RangeDeletion { start, finish, deletion: deletion(&mut rest)? });
            }
        }
        Ok(Head { key, chunked: flags & CHUNKED != 0, deletions, cells: rest })
    }

    /// Appends the stored form up to the cells, which follow.
    pub(crate) fn encode_start(&self, out: &mut Vec<u8>) {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let Deletions { row, ranges } = &self.deletions;
        out.push(FORMAT);
        out.push(
            flag(self.chunked, CHUNKED)
                | flag(self.key.is_some(), KEY)
                | flag(row.is_some(), ROW_DELETION)
                | flag(!ranges.is_empty(), RANGE_DELETIONS),
        );
        if let Some(key) = self.key {
            put_bytes16(out, key);
        }
        if let Some(row) = row {
            put_deletion(out, *row);
        }
        if !ranges.is_empty() {
            out.extend_from_slice(&(ranges.len() as u32).to_be_bytes());
            for range in ranges {
                put_bytes16(out, range.start);
                put_bytes16(out, range.finish);
                put_deletion(out, range.deletion);
            }
        }
    }
}

/// Appends the start of a chunk; its cells follow.
pub(crate) fn encode_chunk_start(out: &mut Vec<u8>) {
    out.push(FORMAT);
}

/// The cells of a chunk.
pub(crate) fn decode_chunk(bytes: &[u8]) -> Result<&[u8], Damage> {
    match bytes {
        [FORMAT, cells @ ..] => Ok(cells),
        _ => Err(Damage("a row's chunk is of an unknown format")),
    }
}

fn bytes16<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Damage> {
    let len = usize::from(u16::from_be_bytes(take(rest).ok_or(CUT)?));
    let (bytes, after) = rest.split_at_checked(len).ok_or(CUT)?;
    *rest = after;
    Ok(bytes)
}

fn put_bytes16(out: &mut Vec<u8>, bytes: &[u8]) {
    debug_assert!(bytes.len() <= usize::from(u16::MAX));
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn deletion(rest: &mut &[u8]) -> Result<Deletion, Damage> {
    let timestamp = i64::from_be_bytes(take(rest).ok_or(CUT)?);
    let at = i32::from_be_bytes(take(rest).ok_or(CUT)?);
    Ok(Deletion { timestamp, at })
}

fn put_deletion(out: &mut Vec<u8>, deletion: Deletion) {
    out.extend_from_slice(&deletion.timestamp.to_be_bytes());
    out.extend_from_slice(&deletion.at.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Head<'static> {
        let deletion = Deletion { timestamp: -9, at: 1_700_000_000 };
        Head {
            key: Some(b"row key"),
            chunked: true,
            deletions: Deletions {
                row: Some(deletion),
                ranges: vec![
                    RangeDeletion { start: b"", finish: b"b", deletion },
                    RangeDeletion { start: b"c", finish: b"", deletion },
                ],
            },
            cells: b"cells",
        }
    }

    fn encoded(head: &Head<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        head.encode_start(&mut bytes);
        bytes.extend_from_slice(head.cells);
        bytes
    }

    #[test]
    fn heads_come_back_as_they_were_stored() {
        for head in
            [full(), Head { cells: b"c", ..Head::default() }, Head { chunked: true, ..Head::default() }]
        {
            assert_eq!(Head::decode(&encoded(&head)), Ok(head));
        }
    }

    #[test]
    fn a_cut_head_is_damage_wherever_it_is_cut() {
        let head = Head { cells: b"", ..full() };
        let bytes = encoded(&head);
        for len in 0..bytes.len() {
            assert!(Head::decode(&bytes[..len]).is_err(), "{len} bytes");
        }
        assert!(Head::decode(&[2, 0]).is_err());
        assert!(Head::decode(&[1, 0x80]).is_err());
        assert!(decode_chunk(&[]).is_err() && decode_chunk(&[9, 1]).is_err());
    }
}

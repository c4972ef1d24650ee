//! Super columns in the store: the name of a cell is a composite of the super column's name and its own.
//!
//! Each part is its length (2 bytes), its bytes and an end: 0 in a name; in a bound −1 comes before, and 1
//! after, everything that begins with the part.

use crate::embedded::store::Damage;

const BEFORE: u8 = 0xff;
const EXACTLY: u8 = 0;
const AFTER: u8 = 1;

/// The name under which a column of a super column is stored.
pub(crate) fn name(super_column: &[u8], column: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(super_column.len() + column.len() + 6);
    put(&mut name, super_column, EXACTLY);
    put(&mut name, column, EXACTLY);
    name
}

/// A bound before all columns of a super column.
pub(crate) fn start_of(super_column: &[u8]) -> Vec<u8> {
    bound(super_column, BEFORE)
}

/// A bound after all columns of a super column.
pub(crate) fn end_of(super_column: &[u8]) -> Vec<u8> {
    bound(super_column, AFTER)
}

/// The super column and the column that a stored name is made of.
pub(crate) fn split(name: &[u8]) -> Result<(&[u8], &[u8]), Damage> {
    let parts = part(name).and_then(|(super_column, rest)| Some((super_column, part(rest)?.0)));
    parts.ok_or(Damage("the name of a cell is not one of a super column family"))
}

fn bound(super_column: &[u8], end: u8) -> Vec<u8> {
    let mut bound = Vec::with_capacity(super_column.len() + 3);
    put(&mut bound, super_column, end);
    bound
}

/// Whoever makes a name or a bound has checked that its parts are at most 65,535 bytes.
fn put(name: &mut Vec<u8>, part: &[u8], end: u8) {
    debug_assert!(part.len() <= usize::from(u16::MAX));
    name.extend_from_slice(&(part.len() as u16).to_be_bytes());
    name.extend_from_slice(part);
    name.push(end);
}

fn part(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = name.split_first_chunk()?;
    let (part, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    Some((part, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_as_they_were_put_together() {
        for (super_column, column) in [(&b"s"[..], &b"c"[..]), (b"", b""), (b"\0\x01", b"\xff")] {
            assert_eq!(split(&name(super_column, column)), Ok((super_column, column)));
        }
        let whole = name(b"super", b"sub");
        for len in 0..whole.len() {
            assert!(split(&whole[..len]).is_err(), "{len} bytes");
        }
    }
}

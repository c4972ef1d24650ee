//! A column as nearly all of them come: a `ColumnOrSuperColumn` whose fields stand in the order of their ids, with all
//! but the ttl. The heads of its fields are compared as they must be, not taken apart; what has another form is read
//! field by field.

use crate::wire::cursor::{Cursor, ttype};

/// The heads of the two structs' fields up to the name's length.
const NAME: [u8; 6] = [ttype::STRUCT, 0, 1, ttype::STRING, 0, 1];
const VALUE: [u8; 3] = [ttype::STRING, 0, 2];
const TIMESTAMP: [u8; 3] = [ttype::I64, 0, 3];
const TTL: [u8; 3] = [ttype::I32, 0, 4];

/// From the start of the entry to the name, and from the end of the name to the value.
pub(super) const BEFORE_NAME: usize = NAME.len() + 4;
pub(super) const BEFORE_VALUE: usize = VALUE.len() + 4;

pub(super) struct UsualColumn<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) timestamp: i64,
    pub(super) ttl: Option<i32>,
}

/// Reads an entry of this form; where it has another one, nothing is read.
#[inline]
pub(super) fn usual_column<'a>(cursor: &mut Cursor<'a>) -> Option<UsualColumn<'a>> {
    let mut at = *cursor;
    is_next(&mut at, NAME)?;
    let name = at.blob().ok()?;
    is_next(&mut at, VALUE)?;
    let value = at.blob().ok()?;
    is_next(&mut at, TIMESTAMP)?;
    let timestamp = at.i64().ok()?;
    let [first] = at.array().ok()?;
    let ttl = if first == ttype::STOP {
        None
    } else {
        let [high, low] = at.array().ok()?;
        let ttl = at.i32().ok()?;
        is_next(&mut at, [ttype::STOP])?;
        Some(([first, high, low] == TTL).then_some(ttl)?)
    };
    is_next(&mut at, [ttype::STOP])?;
    *cursor = at;
    Some(UsualColumn { name, value, timestamp, ttl })
}

#[inline]
pub(super) fn is_next<const N: usize>(cursor: &mut Cursor<'_>, expected: [u8; N]) -> Option<()> {
    (cursor.array().ok()? == expected).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::hot::in_place::InPlace;
    use crate::wire::hot::{Column, ColumnOrSuperColumn};

    fn encoded(column: &Column<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let column = Some(column.clone());
        ColumnOrSuperColumn { column, super_column: None, counter_column: None, counter_super_column: None }
            .write(&mut bytes);
        bytes
    }

    #[test]
    fn a_column_is_read_as_it_is_written_or_not_at_all() {
        for ttl in [None, Some(-7)] {
            let column = Column { name: b"name", value: Some(b""), timestamp: Some(-5), ttl };
            let bytes = [&encoded(&column)[..], b"rest"].concat();
            let mut cursor = Cursor::new(&bytes);
            let read = usual_column(&mut cursor).expect("the usual form");
            let read = Column {
                name: read.name,
                value: Some(read.value),
                timestamp: Some(read.timestamp),
                ttl: read.ttl,
            };
            assert_eq!((read, cursor.rest()), (column, &b"rest"[..]));
            for length in 0..bytes.len() - 4 {
                let mut cut = Cursor::new(&bytes[..length]);
                assert!(usual_column(&mut cut).is_none() && cut.rest().len() == length);
            }
        }
        for column in [
            Column { name: b"name", value: None, timestamp: Some(5), ttl: None },
            Column { name: b"name", value: Some(b"v"), timestamp: None, ttl: Some(5) },
        ] {
            assert!(usual_column(&mut Cursor::new(&encoded(&column))).is_none());
        }
    }
}

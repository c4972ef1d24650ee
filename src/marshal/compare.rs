//! The order of column names.

use std::cmp::Ordering;

use super::{Class, ordered, varint};

impl Class {
    /// Compares two column names as Cassandra 2.1 orders them under this comparator. An empty name comes first.
    ///
    /// The order is total for any bytes: where the order of this class has no place for a name of a wrong length, that
    /// name comes last.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// let mut names = [2_i32, -1, 10].map(i32::to_be_bytes);
    /// names.sort_by(|a, b| Class::Int32.compare(a, b));
    /// assert_eq!(names.map(i32::from_be_bytes), [-1, 2, 10]);
    /// names.sort_by(|a, b| Class::Bytes.compare(a, b));
    /// assert_eq!(names.map(i32::from_be_bytes), [2, 10, -1]);
    /// ```
    pub fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        match self {
            // `DateType` too: Cassandra orders it by unsigned bytes, so that times before 1970 come last
            Class::Ascii
            | Class::Bytes
            | Class::Counter
            | Class::Date
            | Class::Inet
            | Class::Utf8
            | Class::Custom(_) => a.cmp(b),
            Class::Int32 | Class::Long | Class::Timestamp => signed(a).cmp(&signed(b)),
            Class::Boolean => truth(a).cmp(&truth(b)),
            Class::Integer => integers(a, b),
            Class::Double => by_key(a, b, ordered::double),
            Class::Float => by_key(a, b, ordered::float),
            Class::LexicalUuid => by_key(a, b, ordered::lexical_uuid),
            Class::TimeUuid => by_key(a, b, ordered::time_uuid),
            Class::Uuid => by_key(a, b, ordered::uuid),
        }
    }
}

/// The first byte carries the sign; the others count without one.
fn signed(name: &[u8]) -> Option<(i8, &[u8])> {
    name.split_first().map(|(first, rest)| (first.cast_signed(), rest))
}

/// Any byte but zero is true, and all of them are the same name.
fn truth(name: &[u8]) -> Option<bool> {
    name.first().map(|byte| *byte != 0)
}

fn integers(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (varint::minimal(a), varint::minimal(b));
    let (a_below_zero, b_below_zero) = (varint::is_negative(a), varint::is_negative(b));
    let longer_is_greater = a.len().cmp(&b.len());
    b.is_empty()
        .cmp(&a.is_empty())
        .then(b_below_zero.cmp(&a_below_zero))
        .then(if a_below_zero { longer_is_greater.reverse() } else { longer_is_greater })
        .then_with(|| a.cmp(b))
}

/// Where a name stands whose class orders names of `N` bytes by a key.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a, K> {
    Empty,
    Key(K),
    WrongLength(&'a [u8]),
}

impl<'a, K> Place<'a, K> {
    fn of<const N: usize>(name: &'a [u8], key: impl Fn([u8; N]) -> K) -> Place<'a, K> {
        match <[u8; N]>::try_from(name) {
            Ok(bytes) => Place::Key(key(bytes)),
            Err(_) if name.is_empty() => Place::Empty,
            Err(_) => Place::WrongLength(name),
        }
    }
}

fn by_key<const N: usize, K: Ord>(a: &[u8], b: &[u8], key: impl Fn([u8; N]) -> K) -> Ordering {
    Place::of(a, &key).cmp(&Place::of(b, &key))
}

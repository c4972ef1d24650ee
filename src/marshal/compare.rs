//! The order of column names.

use std::cmp::Ordering;

use super::collection::{Elements, element_class};
use super::component::{Classes, Components};
use super::{Class, decimal, ordered, varint};

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
            Class::Empty => Ordering::Equal,
            Class::Decimal => match (decimal::split(a), decimal::split(b)) {
                (Some(a), Some(b)) => decimal::compare(a, b),
                (x, y) => {
                    let place = |name: &[u8], parts: Option<_>| (!name.is_empty(), parts.is_none());
                    place(a, x).cmp(&place(b, y)).then_with(|| a.cmp(b))
                }
            },
            Class::Own(own) => own.class().compare(a, b),
            Class::Frozen(class) => class.compare(a, b),
            // no name at all comes first, forwards and backwards
            Class::Reversed(_) if a.is_empty() || b.is_empty() => b.is_empty().cmp(&a.is_empty()),
            Class::Reversed(class) => class.compare(b, a),
            Class::Composite(classes) => {
                let components = |name| Components::new(Classes::Fixed(classes), name);
                composites(components(a), components(b))
            }
            Class::DynamicComposite(aliases) => {
                let components = |name| Components::new(Classes::Dynamic(aliases), name);
                composites(components(a), components(b))
            }
            Class::List(_) | Class::Set(_) | Class::Map(_) => self.collections(a, b),
        }
    }

    fn collections(&self, a: &[u8], b: &[u8]) -> Ordering {
        if a.is_empty() || b.is_empty() {
            return b.is_empty().cmp(&a.is_empty());
        }
        let (mut one, mut other) = (Elements::new(self, a), Elements::new(self, b));
        let mut at = 0;
        loop {
            // the end comes before another element, and that before bytes that are none
            let order = match (one.next(), other.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(None), Some(None)) => return one.rest().cmp(other.rest()),
                (Some(Some(_)), Some(None)) => return Ordering::Less,
                (Some(None), Some(Some(_))) => return Ordering::Greater,
                (Some(Some(a)), Some(Some(b))) => element_class(self, at).map(|class| class.compare(a, b)),
            };
            match order {
                Some(Ordering::Equal) | None => at += 1,
                Some(order) => return order,
            }
        }
    }
}

/// Component by component, each by its class; where one name goes on and the other does not, by how that one ends.
fn composites(mut a: Components<'_>, mut b: Components<'_>) -> Ordering {
    let empty = |it: &Components<'_>| it.rest().is_empty() && !it.is_static();
    if empty(&a) || empty(&b) {
        return empty(&b).cmp(&empty(&a));
    }
    let begin = |it: &Components<'_>| {
        let broken = matches!(it.clone().next(), Some(Err(_)));
        let kind = if it.is_static() { ordered::STATIC } else { ordered::PLAIN };
        if broken { kind + ordered::BROKEN } else { kind }
    };
    let order = begin(&a).cmp(&begin(&b));
    if order.is_ne() {
        return order;
    }
    loop {
        let order = match (a.next(), b.next()) {
            (Some(Ok(one)), Some(Ok(other))) => {
                let types =
                    if one.kind.is_some() { by_class(&one.class, &other.class) } else { Ordering::Equal };
                let what_follows = |end, rest: &Components<'_>| match ordered::mark(end) {
                    ordered::after::ANOTHER if matches!(rest.clone().next(), Some(Err(_))) => {
                        ordered::after::BROKEN
                    }
                    mark => mark,
                };
                types
                    .then_with(|| one.class.compare(one.value, other.value))
                    .then_with(|| what_follows(one.end, &a).cmp(&what_follows(other.end, &b)))
            }
            // both or neither: the marks before were the same
            (None, None) => return Ordering::Equal,
            (one, other) => {
                return one.is_some().cmp(&other.is_some()).then_with(|| a.rest().cmp(b.rest()));
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// As Cassandra orders components of different types: by the short names of the types.
fn by_class(a: &Class, b: &Class) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let text = |class: &Class| if class.has_parameters() { class.to_string() } else { String::new() };
    a.name().cmp(b.name()).then_with(|| text(a).cmp(&text(b)))
}

/// The first byte carries the sign; the others count without one.
fn signed(name: &[u8]) -> Option<(i8, &[u8])> {
    name.split_first().map(|(first, rest)| (first.cast_signed(), rest))
}

/// Any byte but zero is true, and all of them are the same name.
fn truth(name: &[u8]) -> Option<bool> {
    name.first().map(|byte| *byte != 0)
}

pub(super) fn integers(a: &[u8], b: &[u8]) -> Ordering {
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

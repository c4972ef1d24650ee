//! Column names as bytes whose plain order is the order of their class.
//!
//! The functions below [`Class::encode_ordered`] give for a name of the right length the key by which both this
//! encoding and [`Class::compare`] order it, so that the two cannot disagree.

use super::collection::Elements;
use super::component::{Classes, Components, End};
use super::{Class, collection, decimal, varint};

const SIGN: u8 = 0x80;

impl Class {
    /// Appends a form of a column name that a store can order by its bytes: the byte order of two such forms is the
    /// order that [`compare`](Class::compare) gives the names, and they are equal exactly when the names are the same
    /// name (`IntegerType` has many spellings of one number).
    ///
    /// This holds for any bytes, also for those that this class does not [accept](Class::validate), and for the ends of
    /// slices of composites, so that a range of names is a range of forms. The form of an empty name is empty.
    ///
    /// ```
    /// use cassa::Class;
    ///
    /// let ordered = |number: i32| {
    ///     let mut form = Vec::new();
    ///     Class::Int32.encode_ordered(&number.to_be_bytes(), &mut form);
    ///     form
    /// };
    /// assert!(ordered(-1) < ordered(2));
    /// assert!(ordered(2) < ordered(10));
    /// ```
    pub fn encode_ordered(&self, name: &[u8], out: &mut Vec<u8>) {
        match self {
            Class::Ascii
            | Class::Bytes
            | Class::Counter
            | Class::Date
            | Class::Inet
            | Class::Utf8
            | Class::Custom(_) => out.extend_from_slice(name),
            Class::Int32 | Class::Long | Class::Timestamp => {
                if let Some((first, rest)) = name.split_first() {
                    out.push(first ^ SIGN);
                    out.extend_from_slice(rest);
                }
            }
            Class::Boolean => out.extend(name.first().map(|byte| u8::from(*byte != 0))),
            Class::Integer => encode_integer(varint::minimal(name), out),
            Class::Double => with_key(name, out, |bytes| double(bytes).to_be_bytes()),
            Class::Float => with_key(name, out, |bytes| float(bytes).to_be_bytes()),
            Class::LexicalUuid => with_key(name, out, lexical_uuid),
            Class::TimeUuid => with_key(name, out, time_uuid),
            Class::Uuid => with_key(name, out, uuid),
            Class::Empty => {}
            Class::Decimal => match decimal::split(name) {
                Some(parts) => decimal::encode_ordered(parts, out),
                None if name.is_empty() => {}
                None => wrong_length(1, name, out),
            },
            Class::Own(own) => own.class().encode_ordered(name, out),
            Class::Frozen(class) => class.encode_ordered(name, out),
            Class::Reversed(class) => {
                if !name.is_empty() {
                    let start = out.len();
                    encode_part(class, name, 0, out);
                    out[start..].iter_mut().for_each(|byte| *byte = !*byte);
                }
            }
            Class::Composite(classes) => {
                encode_components(Components::new(Classes::Fixed(classes), name), out)
            }
            Class::DynamicComposite(aliases) => {
                encode_components(Components::new(Classes::Dynamic(aliases), name), out);
            }
            Class::List(_) | Class::Set(_) | Class::Map(_) => self.encode_elements(name, out),
        }
    }

    fn encode_elements(&self, name: &[u8], out: &mut Vec<u8>) {
        if name.is_empty() {
            return;
        }
        let mut elements = Elements::new(self, name);
        let mut at = 0;
        while let Some(element) = elements.next() {
            match element.zip(collection::element_class(self, at)) {
                Some((element, class)) => {
                    out.push(after::ANOTHER);
                    encode_part(class, element, 0, out);
                }
                None => {
                    out.push(after::BROKEN);
                    return out.extend_from_slice(elements.rest());
                }
            }
            at += 1;
        }
        out.push(after::NAME);
    }
}

/// What stands behind a component, in this order: a slice's end before all that goes on, a whole name, another
/// component, a slice's end behind all that goes on, and bytes that are no component.
pub(super) mod after {
    pub(in super::super) const BEFORE: u8 = 1;
    pub(in super::super) const NAME: u8 = 2;
    pub(in super::super) const ANOTHER: u8 = 3;
    pub(in super::super) const AFTER: u8 = 4;
    pub(in super::super) const BROKEN: u8 = 5;
}

pub(super) fn mark(end: Option<End>) -> u8 {
    match end {
        Some(End::Before) => after::BEFORE,
        Some(End::Name) => after::NAME,
        None => after::ANOTHER,
        Some(End::After) => after::AFTER,
    }
}

/// Appends the form of a part so that another can follow: a zero in it is escaped, and a zero with a mark ends it.
fn encode_part(class: &Class, part: &[u8], mark: u8, out: &mut Vec<u8>) {
    let start = out.len();
    class.encode_ordered(part, out);
    let zeros = out[start..].iter().filter(|byte| **byte == 0).count();
    if zeros > 0 {
        let mut from = out.len();
        out.resize(from + zeros, 0);
        let mut to = out.len();
        while from < to {
            from -= 1;
            if out[from] == 0 {
                to -= 1;
                out[to] = 0xff;
            }
            to -= 1;
            out[to] = out[from];
        }
    }
    out.extend_from_slice(&[0, mark]);
}

/// How a composite begins: static names come first; bytes that are not a component, last.
pub(super) const STATIC: u8 = 0;
pub(super) const PLAIN: u8 = 1;
pub(super) const BROKEN: u8 = 2;

fn encode_components(mut components: Components<'_>, out: &mut Vec<u8>) {
    if components.rest().is_empty() && !components.is_static() {
        return;
    }
    let start = out.len();
    out.push(if components.is_static() { STATIC } else { PLAIN });
    while let Some(component) = components.next() {
        match component {
            Ok(component) => {
                if component.kind.is_some() {
                    encode_class(&component.class, out);
                }
                encode_part(&component.class, component.value, mark(component.end), out);
            }
            Err(_) => {
                // the mark of the component before it says that another follows: of that kind
                match out.len() - start {
                    1 => out[start] += BROKEN,
                    _ => *out.last_mut().expect("the mark of a component") = after::BROKEN,
                }
                return out.extend_from_slice(components.rest());
            }
        }
    }
}

/// Components of different types are ordered by the types' names, the short one first.
fn encode_class(class: &Class, out: &mut Vec<u8>) {
    out.extend_from_slice(class.name().as_bytes());
    out.push(0);
    if class.has_parameters() {
        out.extend_from_slice(class.to_string().as_bytes());
        out.push(0);
    }
}

fn with_key<const N: usize, const M: usize>(
    name: &[u8],
    out: &mut Vec<u8>,
    key: impl Fn([u8; N]) -> [u8; M],
) {
    match <[u8; N]>::try_from(name) {
        Ok(bytes) => out.extend_from_slice(&key(bytes)),
        Err(_) if name.is_empty() => {}
        Err(_) => wrong_length(M, name, out),
    }
}

/// A name that is no key of `length` bytes comes after all that are.
fn wrong_length(length: usize, name: &[u8], out: &mut Vec<u8>) {
    out.resize(out.len() + length, 0xff);
    out.extend_from_slice(name);
}

/// A head that orders by sign and length, then the bytes. Of two numbers of one sign the longer one is further from
/// zero, and among equal lengths two's complement orders as its bytes do.
fn encode_integer(number: &[u8], out: &mut Vec<u8>) {
    /// From this length on, the head is followed by the length itself.
    const LONG: usize = 0x7f;
    if number.is_empty() {
        return;
    }
    let negative = varint::is_negative(number);
    let flip = |byte: u8| if negative { !byte } else { byte };
    // a length of 1 ..= 0x7f: above zero the heads are 0x81 ..= 0xff, below it 0x7e down to 0x00
    let head = number.len().min(LONG) as u8 | SIGN;
    out.push(flip(head));
    if number.len() >= LONG {
        out.extend((number.len() as u64).to_be_bytes().map(flip));
    }
    out.extend_from_slice(number);
}

/// As Java compares doubles: -0.0 before 0.0, every NaN the same and after infinity.
pub(crate) fn double(bytes: [u8; 8]) -> u64 {
    let number = f64::from_be_bytes(bytes);
    let bits = if number.is_nan() { f64::INFINITY.to_bits() + 1 } else { number.to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// As Java compares floats: -0.0 before 0.0, every NaN the same and after infinity.
pub(crate) fn float(bytes: [u8; 4]) -> u32 {
    let number = f32::from_be_bytes(bytes);
    let bits = if number.is_nan() { f32::INFINITY.to_bits() + 1 } else { number.to_bits() };
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

/// As Java compares UUIDs: as two signed 64-bit numbers.
pub(crate) fn lexical_uuid(mut bytes: [u8; 16]) -> [u8; 16] {
    bytes[0] ^= SIGN;
    bytes[8] ^= SIGN;
    bytes
}

/// By time, and within one time by the other bytes, each of them signed.
pub(crate) fn time_uuid(bytes: [u8; 16]) -> [u8; 16] {
    let mut key = time_first(bytes);
    for byte in &mut key[8..] {
        *byte ^= SIGN;
    }
    key
}

/// By version; version 1 by time and then the other bytes, which are unsigned here; any other version by its bytes.
pub(crate) fn uuid(bytes: [u8; 16]) -> [u8; 17] {
    let version = bytes[6] >> 4;
    let mut key = [version; 17];
    key[1..].copy_from_slice(&if version == 1 { time_first(bytes) } else { bytes });
    key
}

/// Puts the time of a version 1 UUID, which is stored low part first, in front in its natural order.
fn time_first(bytes: [u8; 16]) -> [u8; 16] {
    let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = bytes;
    let mut key = [c0, c1, b0, b1, a0, a1, a2, a3, 0, 0, 0, 0, 0, 0, 0, 0];
    key[8..].copy_from_slice(&rest);
    key
}

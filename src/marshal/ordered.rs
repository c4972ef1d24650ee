//! Column names as bytes whose plain order is the order of their class.
//!
//! The functions below [`Class::encode_ordered`] give for a name of the right length the key by which both this
//! encoding and [`Class::compare`] order it, so that the two cannot disagree.

use super::{Class, varint};

const SIGN: u8 = 0x80;

impl Class {
    /// Appends a form of a column name that a store can order by its bytes: the byte order of two such forms is the
    /// order that [`compare`](Class::compare) gives the names, and they are equal exactly when the names are the same
    /// name (`IntegerType` has many spellings of one number).
    ///
    /// The name has to be one that this class [accepts](Class::validate); for any other the order of its form means
    /// nothing. The form of an empty name is empty.
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
        }
    }
}

fn with_key<const N: usize, const M: usize>(
    name: &[u8],
    out: &mut Vec<u8>,
    key: impl Fn([u8; N]) -> [u8; M],
) {
    match <[u8; N]>::try_from(name) {
        Ok(bytes) => out.extend_from_slice(&key(bytes)),
        Err(_) => out.extend_from_slice(name),
    }
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

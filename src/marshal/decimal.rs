//! The bytes of `DecimalType`: four bytes of scale, then the unscaled number as `IntegerType` has it.

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};

use super::varint;

/// Scale and unscaled number; `None` for fewer than four bytes.
pub(crate) fn split(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (scale, unscaled) = bytes.split_first_chunk::<4>()?;
    Some((i32::from_be_bytes(*scale), unscaled))
}

pub(crate) fn unpack(bytes: &[u8]) -> Option<BigDecimal> {
    let (scale, unscaled) = split(bytes)?;
    Some(BigDecimal::new(BigInt::from_signed_bytes_be(unscaled), scale.into()))
}

/// Appends the bytes of a decimal; `None` where its scale has more than 32 bits.
pub(crate) fn pack(decimal: &BigDecimal, out: &mut Vec<u8>) -> Option<()> {
    let (unscaled, scale) = decimal.as_bigint_and_exponent();
    out.extend_from_slice(&i32::try_from(scale).ok()?.to_be_bytes());
    out.extend_from_slice(&unscaled.to_signed_bytes_be());
    Some(())
}

/// Compares without the digits of either, which cost the square of a number's length: first by about how large the
/// numbers are, and where that does not tell, both at one scale. As they are about alike then, neither grows beyond
/// the other, whatever the scales.
pub(crate) fn compare(a: (i32, &[u8]), b: (i32, &[u8])) -> Ordering {
    if a.0 == b.0 && !a.1.is_empty() && !b.1.is_empty() {
        return super::compare::integers(a.1, b.1);
    }
    let [one, other] = [a.1, b.1].map(|unscaled| BigInt::from_signed_bytes_be(varint::minimal(unscaled)));
    let signs = one.sign().cmp(&other.sign());
    if signs.is_ne() || one.sign() == Sign::NoSign {
        return signs;
    }
    let (size, other_size) = (size(a.0, &one), size(b.0, &other));
    // the estimates are off by less than a digit each
    if (size - other_size).abs() > 2.0 {
        let further = size.total_cmp(&other_size);
        return if one.sign() == Sign::Minus { further.reverse() } else { further };
    }
    let more = (i64::from(a.0) - i64::from(b.0)).unsigned_abs();
    let grown = |number: BigInt| {
        number * BigInt::from(10).pow(u32::try_from(more).expect("two scales differ by 32 bits at most"))
    };
    if a.0 > b.0 { one.cmp(&grown(other)) } else { grown(one).cmp(&other) }
}

/// About how many digits a number has in front of its point; below zero, how many zeros stand behind it.
fn size(scale: i32, unscaled: &BigInt) -> f64 {
    unscaled.bits() as f64 * std::f64::consts::LOG10_2 - f64::from(scale)
}

const BELOW_ZERO: u8 = 1;
const ZERO: u8 = 2;
const ABOVE_ZERO: u8 = 3;

/// Appends sign, exponent and digits, without the zeros at either end: `1.0` and `1.00` are the same bytes. It never
/// writes a digit more than the unscaled number has, whatever the scale.
pub(crate) fn encode_ordered((scale, unscaled): (i32, &[u8]), out: &mut Vec<u8>) {
    let number = BigInt::from_signed_bytes_be(varint::minimal(unscaled));
    let (sign, digits) = number.to_radix_be(10);
    let head = match sign {
        Sign::Minus => BELOW_ZERO,
        Sign::NoSign => return out.push(ZERO),
        Sign::Plus => ABOVE_ZERO,
    };
    out.push(head);
    let start = out.len();
    // the number is 0.d1d2d3… times ten to the power of this
    let exponent = digits.len() as i64 - i64::from(scale);
    out.extend_from_slice(&(exponent ^ i64::MIN).to_be_bytes());
    let last = digits.iter().rposition(|digit| *digit != 0).unwrap_or(0);
    let pairs = digits[..=last].chunks(2).map(|pair| pair[0] * 10 + pair.get(1).copied().unwrap_or(0) + 1);
    out.extend(pairs);
    // no pair is 0, so a number that goes on is further from zero
    out.push(0);
    if head == BELOW_ZERO {
        out[start..].iter_mut().for_each(|byte| *byte = !*byte);
    }
}

//! Ranges of rows.

use std::ops::Bound;

use super::super::failure::{Failure, invalid};
use super::super::partitioner::{MINIMUM, parse_token, token};
use super::super::row::scan::{Bounds, from_key, tokens_after, upto_key, upto_token};
use crate::wire::hot::KeyRange;

/// Checks a range of rows; gives the scans that visit it, one after the other.
///
/// Keys are included on both sides and an empty one is an open bound. A start token is excluded, an end token
/// included; a range of tokens that does not ascend wraps around the ring.
pub(crate) fn key_range(range: &KeyRange<'_>) -> Result<Vec<Bounds>, Failure> {
    let one_each = "exactly one each of {start key, start token} and {end key, end token} must be specified";
    let scans = match (range.start_key, range.start_token, range.end_key, range.end_token) {
        (Some(start), None, Some(end), None) => {
            if !end.is_empty() && token(start) > token(end) {
                return Err(invalid(
                    "start key's token sorts after end key's token.  this is not allowed; you probably should \
                     not specify end key at all except with an ordered partitioner",
                ));
            }
            let upper = if end.is_empty() { Bound::Unbounded } else { upto_key(end) };
            vec![(from(start), upper)]
        }
        (Some(start), None, None, Some(end)) => {
            let end = parse(end)?;
            if end != MINIMUM && token(start) > end {
                return Err(invalid("Start key's token sorts after end token"));
            }
            vec![(from(start), if end == MINIMUM { Bound::Unbounded } else { upto_token(end) })]
        }
        (None, Some(start), None, Some(end)) => match (parse(start)?, parse(end)?) {
            (start, MINIMUM) => vec![tokens_after(start, None)],
            (start, end) if start < end => vec![tokens_after(start, Some(end))],
            (start, end) => vec![tokens_after(start, None), (Bound::Unbounded, upto_token(end))],
        },
        (None, Some(_), Some(_), None) => {
            return Err(invalid("start token + end key is not a supported key range"));
        }
        _ => return Err(invalid(one_each)),
    };
    if range.count <= 0 {
        return Err(invalid("maxRows must be positive"));
    }
    Ok(scans.into_iter().filter(is_not_empty).collect())
}

fn from(key: &[u8]) -> Bound<Vec<u8>> {
    if key.is_empty() { Bound::Unbounded } else { from_key(key) }
}

fn parse(text: &str) -> Result<i64, Failure> {
    parse_token(text).ok_or_else(|| invalid(format!("\"{text}\" is not a token of the Murmur3Partitioner")))
}

/// The keys of one token stand in an order of their own, so that a start may come after its end.
fn is_not_empty(bounds: &Bounds) -> bool {
    match bounds {
        (
            Bound::Included(lower) | Bound::Excluded(lower),
            Bound::Included(upper) | Bound::Excluded(upper),
        ) => lower < upper,
        _ => true,
    }
}

//! Ranges of rows.

use std::ops::Bound;

use super::super::failure::{Failure, invalid};
use super::super::row::scan::{Bounds, from_key, tokens_after, upto_key, upto_token};
use crate::partitioner::{Partitioner, Token};
use crate::wire::hot::KeyRange;

/// Checks a range of rows; gives the scans that visit it, one after the other.
///
/// Keys are included on both sides and an empty one is an open bound. A start token is excluded, an end token
/// included; a range of tokens that does not ascend wraps around the ring.
pub(crate) fn key_range(partitioner: Partitioner, range: &KeyRange<'_>) -> Result<Vec<Bounds>, Failure> {
    let one_each = "exactly one each of {start key, start token} and {end key, end token} must be specified";
    let parse = |text: &str| parse_token(partitioner, text);
    let from = |key: &[u8]| if key.is_empty() { Bound::Unbounded } else { from_key(key, partitioner) };
    let upto = |token: &Token| {
        if *token == partitioner.minimum() { Bound::Unbounded } else { upto_token(token) }
    };
    let scans = match (range.start_key, range.start_token, range.end_key, range.end_token) {
        (Some(start), None, Some(end), None) => {
            if !end.is_empty() && partitioner.token(start) > partitioner.token(end) {
                return Err(invalid(if partitioner.preserves_order() {
                    "start key must sort before (or equal to) finish key in your partitioner!"
                } else {
                    "start key's token sorts after end key's token.  this is not allowed; you probably should \
                     not specify end key at all except with an ordered partitioner"
                }));
            }
            let upper = if end.is_empty() { Bound::Unbounded } else { upto_key(end, partitioner) };
            vec![(from(start), upper)]
        }
        (Some(start), None, None, Some(end)) => {
            let end = parse(end)?;
            if end != partitioner.minimum() && partitioner.token(start) > end {
                return Err(invalid("Start key's token sorts after end token"));
            }
            vec![(from(start), upto(&end))]
        }
        (None, Some(start), None, Some(end)) => token_range(partitioner, start, end)?,
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

/// The scans that visit a range of tokens.
pub(crate) fn token_range(partitioner: Partitioner, start: &str, end: &str) -> Result<Vec<Bounds>, Failure> {
    let (start, end) = (parse_token(partitioner, start)?, parse_token(partitioner, end)?);
    let mut scans = Vec::with_capacity(2);
    if end == partitioner.minimum() {
        scans.extend(tokens_after(&start, None));
    } else if start < end {
        scans.extend(tokens_after(&start, Some(&end)));
    } else {
        scans.extend(tokens_after(&start, None));
        scans.push((Bound::Unbounded, upto_token(&end)));
    }
    Ok(scans)
}

fn parse_token(partitioner: Partitioner, text: &str) -> Result<Token, Failure> {
    let token = partitioner.parse_token(text);
    token.ok_or_else(|| invalid(format!("\"{text}\" is not a token of the {partitioner}")))
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

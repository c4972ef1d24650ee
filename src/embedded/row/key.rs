//! Row prefixes: where a row stands in its partition.
//!
//! A prefix is the token (Murmur3: 8 bytes, sign flipped, so that bytes sort as numbers; Random: 16;
//! ByteOrdered: none, the key is the token), the row key with 00 escaped as 00 FF, and the end 00 01. No
//! prefix begins another one, and prefixes sort by token, then key. A prefix over [`LONGEST_PREFIX`] bytes is
//! cut, and ends in 00 02 and a hash of the key; that of an ordered row never is.
//!
//! Under the prefix itself stands the row's head; under prefix, 01, separator stands a chunk.

use crate::embedded::store::Damage;
use crate::partitioner::{self, Partitioner, Token};

/// Leaves room for the separator of a chunk within the store's longest key.
const LONGEST_PREFIX: usize = 30_000;

const END: [u8; 2] = [0, 1];
const END_OF_CUT: [u8; 2] = [0, 2];
const HASH_LEN: usize = 16;

/// Follows the prefix in the keys of a row's chunks.
const CHUNK: u8 = 1;
/// Sorts after every key of a row.
const AFTER: u8 = 2;

/// A seed of our own, so that the hash says something that the token does not.
const CUT_SEED: u64 = 0x0063_6173_7361;

/// A longer token can bound a range, but no row has it.
const LONGEST_BOUND: usize = 65_000;

fn token_len(partitioner: Partitioner) -> usize {
    match partitioner {
        Partitioner::Murmur3 => 8,
        Partitioner::Random => 16,
        Partitioner::ByteOrdered => 0,
    }
}

/// Appends what the prefixes of a token's rows begin with.
fn put_token(token: &Token, out: &mut Vec<u8>) {
    match token {
        Token::Long(token) => out.extend_from_slice(&(token.cast_unsigned() ^ (1 << 63)).to_be_bytes()),
        Token::Md5(place) => out.extend_from_slice(&place.to_be_bytes()),
        Token::Bytes(key) => put_escaped(key, out),
    }
}

/// The first bytes after everything of a token's rows; `None` where no greater token can be.
pub(crate) fn after_token(token: &Token) -> Option<Vec<u8>> {
    let mut after = Vec::new();
    match token {
        Token::Long(token) => put_token(&Token::Long(token.checked_add(1)?), &mut after),
        Token::Md5(place) => put_token(&Token::Md5(place.checked_add(1)?), &mut after),
        Token::Bytes(_) => {
            put_token(token, &mut after);
            after.truncate(LONGEST_BOUND);
            after.extend_from_slice(&END_OF_CUT);
        }
    }
    Some(after)
}

/// Appends bytes so that what follows them does not change their order.
pub(crate) fn put_escaped(key: &[u8], out: &mut Vec<u8>) {
    if !key.contains(&0) {
        return out.extend_from_slice(key);
    }
    for part in key.split_inclusive(|&byte| byte == 0) {
        out.extend_from_slice(part);
        if part.ends_with(&[0]) {
            out.push(0xff);
        }
    }
}

/// The prefix of a row, and whether it was cut, so that the head must keep the key.
pub(crate) fn prefix(key: &[u8], partitioner: Partitioner) -> (Vec<u8>, bool) {
    let mut prefix = Vec::with_capacity(token_len(partitioner) + key.len() + 2);
    let ordered = partitioner.preserves_order();
    if !ordered {
        put_token(&partitioner.token(key), &mut prefix);
    }
    put_escaped(key, &mut prefix);
    if ordered || prefix.len() + END.len() <= LONGEST_PREFIX {
        prefix.extend_from_slice(&END);
        return (prefix, false);
    }
    prefix.truncate(LONGEST_PREFIX - END_OF_CUT.len() - HASH_LEN);
    // an escape cut in half would read as an end
    if prefix.last() == Some(&0) {
        prefix.pop();
    }
    let (high, low) = partitioner::hash(key, CUT_SEED);
    prefix.extend_from_slice(&END_OF_CUT);
    prefix.extend_from_slice(&high.to_be_bytes());
    prefix.extend_from_slice(&low.to_be_bytes());
    (prefix, true)
}

/// Writes the row key of an uncut prefix to `key`; false when the prefix was cut.
pub(crate) fn unescape(prefix: &[u8], partitioner: Partitioner, key: &mut Vec<u8>) -> Result<bool, Damage> {
    key.clear();
    let rest = prefix.get(token_len(partitioner)..);
    let mut rest = rest.ok_or(Damage("a row's prefix is shorter than a token"))?;
    loop {
        let Some(zero) = rest.iter().position(|&byte| byte == 0) else {
            return Err(Damage("a row's prefix has no end"));
        };
        key.extend_from_slice(&rest[..zero]);
        match rest[zero + 1..].split_first() {
            Some((0xff, after)) => {
                key.push(0);
                rest = after;
            }
            Some((1, [])) => return Ok(true),
            Some((2, hash)) if hash.len() == HASH_LEN => return Ok(false),
            _ => return Err(Damage("a row's prefix ends in a way that no row does")),
        }
    }
}

/// The key of a chunk.
pub(crate) fn chunk(prefix: &[u8], separator: &[u8]) -> Vec<u8> {
    [prefix, &[CHUNK], separator].concat()
}

/// The separator in a chunk's key.
pub(crate) fn separator<'k>(prefix: &[u8], key: &'k [u8]) -> Result<&'k [u8], Damage> {
    match key.strip_prefix(prefix) {
        Some([CHUNK, separator @ ..]) => Ok(separator),
        _ => Err(Damage("a chunk stands under a row that is not its own")),
    }
}

/// Comes after everything of a row, and before all other rows that follow.
pub(crate) fn after(prefix: &[u8]) -> Vec<u8> {
    [prefix, &[AFTER]].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Partitioner; 3] = [Partitioner::Murmur3, Partitioner::Random, Partitioner::ByteOrdered];

    fn key_of(prefix: &[u8], partitioner: Partitioner) -> Vec<u8> {
        let mut key = Vec::new();
        assert_eq!(unescape(prefix, partitioner, &mut key), Ok(true));
        key
    }

    proptest! {
        #[test]
        fn prefixes_give_their_keys_back(key in proptest::collection::vec(0_u8..4, 0..40)) {
            for partitioner in ALL {
                let (prefix, cut) = prefix(&key, partitioner);
                prop_assert!(!cut);
                prop_assert_eq!(&key_of(&prefix, partitioner), &key);
            }
        }

        #[test]
        fn escaped_keys_sort_as_keys_and_none_begins_another(
            one in proptest::collection::vec(0_u8..3, 0..8),
            other in proptest::collection::vec(0_u8..3, 0..8),
        ) {
            let of = |key: &[u8]| prefix(key, Partitioner::ByteOrdered).0;
            let (first, second) = (of(&one), of(&other));
            prop_assert_eq!(first.cmp(&second), one.cmp(&other));
            prop_assert_eq!(first.starts_with(&second), one == other);
            prop_assert_eq!(after(&first).cmp(&second), match one.cmp(&other) {
                std::cmp::Ordering::Equal => std::cmp::Ordering::Greater,
                unequal => unequal,
            });
        }

        #[test]
        fn rows_sort_by_their_tokens(
            one in proptest::collection::vec(any::<u8>(), 1..8),
            other in proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 1..8),
        ) {
            for partitioner in ALL {
                let of = |key: &[u8]| prefix(key, partitioner).0;
                let (token, other_token) = (partitioner.token(&one), partitioner.token(&other));
                prop_assert_eq!(of(&one).cmp(&of(&other)), token.cmp(&other_token));
                let after_one = after_token(&token).expect("no key has the greatest token");
                prop_assert!(after(&of(&one)) < after_one);
                prop_assert_eq!(of(&other) > after_one, other_token > token);
            }
        }
    }

    #[test]
    fn tokens_sort_as_numbers() {
        let tokens = [i64::MIN, -5, -1, 0, 1, 77, i64::MAX].map(|token| {
            let mut bytes = Vec::new();
            put_token(&Token::Long(token), &mut bytes);
            bytes
        });
        assert!(tokens.is_sorted());
        assert_eq!(after_token(&Token::Long(i64::MAX)), None);
    }

    #[test]
    fn long_keys_are_cut_and_told_apart() {
        for partitioner in [Partitioner::Murmur3, Partitioner::Random] {
            for fill in [b'k', 0] {
                let mut key = vec![fill; 65_535];
                let (first, cut) = prefix(&key, partitioner);
                key[65_534] = b'x';
                let (second, _) = prefix(&key, partitioner);
                assert!(cut && first.len() <= LONGEST_PREFIX);
                assert_ne!(first, second);
                assert_eq!(unescape(&first, partitioner, &mut Vec::new()), Ok(false));
            }
        }
    }

    #[test]
    fn the_longest_ordered_key_leaves_room_for_separators() {
        let key = vec![0; Partitioner::ByteOrdered.longest_key()];
        let (prefix, cut) = prefix(&key, Partitioner::ByteOrdered);
        assert!(!cut && prefix.len() < 61_000);
        assert_eq!(key_of(&prefix, Partitioner::ByteOrdered), key);
    }

    #[test]
    fn damaged_prefixes_are_told() {
        for bytes in [&[1, 2][..], &[0; 8], b"12345678key", b"12345678key\0", b"12345678key\0\x01x"] {
            assert!(unescape(bytes, Partitioner::Murmur3, &mut Vec::new()).is_err(), "{bytes:?}");
        }
    }
}

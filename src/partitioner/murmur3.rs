//! MurmurHash3, by which the Murmur3Partitioner places rows.

/// The least token, which no row has: a key that would hash to it goes to [`i64::MAX`].
pub(super) const MINIMUM: i64 = i64::MIN;

/// The token of a row key that is not empty.
pub(super) fn token(key: &[u8]) -> i64 {
    match hash(key, 0).0.cast_signed() {
        MINIMUM => i64::MAX,
        token => token,
    }
}

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// MurmurHash3 (x64, 128 bits) with Cassandra's deviation: the bytes of an incomplete last block are
/// extended with their sign, so that bytes over 0x7f give another hash than the reference does.
pub(crate) fn hash(data: &[u8], seed: u64) -> (u64, u64) {
    let (mut h1, mut h2) = (seed, seed);
    let (blocks, tail) = data.as_chunks::<16>();
    for block in blocks {
        let (k1, k2) = halves(block);
        h1 ^= mix_first(k1);
        h1 = h1.rotate_left(27).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x52dc_e729);
        h2 ^= mix_second(k2);
        h2 = h2.rotate_left(31).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let (k1, k2) = if tail.is_ascii() {
        let mut block = [0; 16];
        block[..tail.len()].copy_from_slice(tail);
        halves(&block)
    } else {
        extended(tail)
    };
    h2 ^= mix_second(k2);
    h1 ^= mix_first(k1);

    let length = data.len() as u64;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finish(h1);
    h2 = finish(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    (h1, h2)
}

/// The halves of an incomplete block, each byte of which is extended with its sign.
fn extended(tail: &[u8]) -> (u64, u64) {
    let (mut k1, mut k2) = (0, 0);
    for (index, byte) in tail.iter().enumerate() {
        let extended = i64::from(byte.cast_signed()).cast_unsigned();
        if index < 8 {
            k1 ^= extended << (8 * index);
        } else {
            k2 ^= extended << (8 * (index - 8));
        }
    }
    (k1, k2)
}

fn halves(block: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_le_bytes(*block);
    (both as u64, (both >> 64) as u64)
}

fn mix_first(k: u64) -> u64 {
    k.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn mix_second(k: u64) -> u64 {
    k.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

fn finish(mut k: u64) -> u64 {
    k ^= k >> 33;
    k = k.wrapping_mul(0xff51_afd7_ed55_8ccd);
    k ^= k >> 33;
    k = k.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    k ^ (k >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order in which a real Cassandra 2.1.21 lists these rows.
    const RECORDED: [&str; 30] = [
        "row26", "row23", "row24", "row27", "row11", "row22", "row14", "row20", "row12", "row21", "row10",
        "row19", "row01", "row05", "row06", "row16", "row03", "row29", "row04", "row15", "row09", "row18",
        "row25", "row28", "row13", "row08", "row17", "row02", "row07", "row00",
    ];

    #[test]
    fn a_tail_of_ascii_is_extended_to_itself() {
        for length in 0..16 {
            let tail = &b"0123456789abcde"[..length];
            let mut block = [0; 16];
            block[..length].copy_from_slice(tail);
            assert_eq!(halves(&block), extended(tail));
        }
    }

    #[test]
    fn keys_stand_in_the_recorded_order() {
        let mut keys = RECORDED;
        keys.sort_by_key(|key| token(key.as_bytes()));
        assert_eq!(keys, RECORDED);
        // recorded: the range from token 0 begins at row19, the range up to it ends at row10
        assert!(token(b"row10") <= 0 && token(b"row19") > 0);
    }
}

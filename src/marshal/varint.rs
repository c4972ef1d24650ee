//! The bytes of `IntegerType`: two's complement, most significant byte first, any number of them.

/// Cuts leading bytes that only repeat the sign. Cassandra accepts them, and such names are the same name.
pub(crate) fn minimal(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = rest {
        rest = &rest[1..];
    }
    rest
}

/// Whether the integer is below zero.
pub(crate) fn is_negative(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| *byte >= 0x80)
}

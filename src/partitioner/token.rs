//! Tokens: places on the ring.

use std::fmt;

use num_bigint::BigInt;

/// A place on the ring. Only tokens of one partitioner are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// Of the Murmur3Partitioner.
    Long(i64),
    /// Of the RandomPartitioner, and one more: the least one, -1, is 0. Rows have 0 to 2^127, one more than
    /// would fit without a sign.
    Md5(u128),
    /// Of the ByteOrderedPartitioner: the row key.
    Bytes(Vec<u8>),
}

impl Token {
    pub(super) const MD5_MINIMUM: Token = Token::Md5(0);
    /// Greater than the token of every row.
    const MD5_BEYOND: u128 = (1 << 127) + 2;

    /// The token of a hash: Cassandra takes it as a signed number and drops the sign.
    pub(super) fn md5(hash: i128) -> Token {
        Token::Md5(hash.unsigned_abs() + 1)
    }

    /// A number of any size: those that lie outside the ring stand for its ends.
    pub(super) fn parse_md5(text: &str) -> Option<Token> {
        let place = text.parse::<BigInt>().ok()? + 1;
        let place = match u128::try_from(&place) {
            Ok(place) => place.min(Token::MD5_BEYOND),
            Err(_) if place < BigInt::ZERO => 0,
            Err(_) => Token::MD5_BEYOND,
        };
        Some(Token::Md5(place))
    }

    /// Hexadecimal digits; Cassandra adds a first one where their number is odd.
    pub(super) fn parse_bytes(text: &str) -> Option<Token> {
        let digits = text.bytes().map(|digit| (digit as char).to_digit(16).map(|digit| digit as u8));
        let digits: Option<Vec<u8>> =
            (text.len() % 2 == 1).then_some(Some(0)).into_iter().chain(digits).collect();
        Some(Token::Bytes(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()))
    }
}

impl fmt::Display for Token {
    /// As clients read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Long(token) => token.fmt(f),
            Token::Md5(0) => f.write_str("-1"),
            Token::Md5(place) => (place - 1).fmt(f),
            Token::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

//! Partitioners: where a row key stands on the ring.

// the client looks tokens up; only the server makes a ring
#![cfg_attr(not(feature = "embedded"), allow(dead_code, unused_imports))]

mod murmur3;
mod token;

use std::fmt;
use std::str::FromStr;

use md5::{Digest, Md5};

pub(crate) use murmur3::hash;
pub(crate) use token::Token;

/// The package of Cassandra's partitioners.
const PACKAGE: &str = "org.apache.cassandra.dht.";

/// How rows are placed on the ring, and so the order in which ranges of rows are read.
///
/// A data directory has the partitioner that it was created with for good.
///
/// ```
/// use cassa::{EmbeddedServer, Partitioner, SystemManager};
///
/// let server = EmbeddedServer::builder().partitioner(Partitioner::ByteOrdered).start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// assert_eq!(system.describe_partitioner()?, "org.apache.cassandra.dht.ByteOrderedPartitioner");
/// assert_eq!("RandomPartitioner".parse(), Ok(Partitioner::Random));
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Partitioner {
    /// By MurmurHash3 of the row key: Cassandra's default since 1.2.
    #[default]
    Murmur3,
    /// By the MD5 of the row key: Cassandra's default before 1.2.
    Random,
    /// By the row key itself, so that a range of rows is a range of keys. Row keys have at most 30,000 bytes.
    ByteOrdered,
}

impl Partitioner {
    /// Cassandra's name, without the package.
    fn name(self) -> &'static str {
        match self {
            Partitioner::Murmur3 => "Murmur3Partitioner",
            Partitioner::Random => "RandomPartitioner",
            Partitioner::ByteOrdered => "ByteOrderedPartitioner",
        }
    }

    /// The name that `describe_partitioner` answers.
    pub(crate) fn qualified(self) -> String {
        format!("{PACKAGE}{}", self.name())
    }

    /// Whether ranges of rows are ranges of keys.
    pub(crate) fn preserves_order(self) -> bool {
        self == Partitioner::ByteOrdered
    }

    /// The longest row key.
    pub(crate) fn longest_key(self) -> usize {
        // the prefix of an ordered row holds all of its key, so that it cannot be cut
        if self.preserves_order() { 30_000 } else { 65_535 }
    }

    /// The least token, which no row has.
    pub(crate) fn minimum(self) -> Token {
        match self {
            Partitioner::Murmur3 => Token::Long(murmur3::MINIMUM),
            Partitioner::Random => Token::MD5_MINIMUM,
            Partitioner::ByteOrdered => Token::Bytes(Vec::new()),
        }
    }

    /// The token of a row key; the empty key, which bounds a range, has the least one.
    pub(crate) fn token(self, key: &[u8]) -> Token {
        if key.is_empty() {
            return self.minimum();
        }
        match self {
            Partitioner::Murmur3 => Token::Long(murmur3::token(key)),
            Partitioner::Random => Token::md5(i128::from_be_bytes(Md5::digest(key).into())),
            Partitioner::ByteOrdered => Token::Bytes(key.to_vec()),
        }
    }

    /// A token as clients write it.
    pub(crate) fn parse_token(self, text: &str) -> Option<Token> {
        match self {
            Partitioner::Murmur3 => text.parse().ok().map(Token::Long),
            Partitioner::Random => Token::parse_md5(text),
            Partitioner::ByteOrdered => Token::parse_bytes(text),
        }
    }

    /// The tokens of so many hosts that share the ring evenly, ascending; the first is the least token.
    pub(crate) fn spread(self, hosts: usize) -> Vec<Token> {
        (0..hosts).map(|host| self.fraction(host as u128, (hosts as u128).max(1))).collect()
    }

    fn fraction(self, part: u128, of: u128) -> Token {
        match self {
            _ if part == 0 => self.minimum(),
            Partitioner::Murmur3 => {
                let place = ((1_u128 << 64) / of * part) as u64;
                Token::Long((place ^ (1 << 63)).cast_signed())
            }
            Partitioner::Random => Token::md5(((1_u128 << 127) / of * part).cast_signed()),
            Partitioner::ByteOrdered => {
                Token::Bytes((((1_u128 << 32) / of * part) as u32).to_be_bytes().to_vec())
            }
        }
    }
}

impl fmt::Display for Partitioner {
    /// Cassandra's name, without the package.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Partitioner {
    type Err = String;

    /// Reads Cassandra's name, with or without the package.
    ///
    /// # Errors
    /// Names the partitioners that there are.
    fn from_str(text: &str) -> Result<Partitioner, String> {
        let all = [Partitioner::Murmur3, Partitioner::Random, Partitioner::ByteOrdered];
        let name = text.strip_prefix(PACKAGE).unwrap_or(text);
        all.into_iter()
            .find(|partitioner| partitioner.name() == name)
            .ok_or_else(|| format!("expected {}, {} or {}, got {text}", all[0], all[1], all[2]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Partitioner; 3] = [Partitioner::Murmur3, Partitioner::Random, Partitioner::ByteOrdered];

    #[test]
    fn no_key_but_the_empty_one_has_the_minimum() {
        for partitioner in ALL {
            assert_eq!(partitioner.token(b""), partitioner.minimum());
            assert!(partitioner.token(b"\0") > partitioner.minimum());
        }
    }

    #[test]
    fn tokens_are_written_as_cassandra_writes_them() {
        // the second is the MD5 of "foo", acbd18db4cc2f85cedef654fccc4a4d8, as a signed number without its sign
        let printed = ALL.map(|partitioner| partitioner.token(b"foo").to_string());
        assert_eq!(printed, ["-2129773440516405919", "110673303387115207421586718101067225896", "666f6f"]);
        let minima = ALL.map(|partitioner| partitioner.minimum().to_string());
        assert_eq!(minima, ["-9223372036854775808", "-1", ""]);
        for partitioner in ALL {
            for key in [&b""[..], b"foo", b"\xff\x00", b"unknown key"] {
                let token = partitioner.token(key);
                assert_eq!(partitioner.parse_token(&token.to_string()), Some(token));
            }
            assert_eq!(partitioner.parse_token("no token"), None);
        }
        assert_eq!(Partitioner::ByteOrdered.parse_token("F"), Some(Token::Bytes(vec![0x0f])));
    }

    #[test]
    fn hosts_share_the_ring_evenly() {
        for partitioner in ALL {
            for hosts in [1, 2, 3, 7, 100] {
                let tokens = partitioner.spread(hosts);
                assert_eq!(tokens.len(), hosts);
                assert_eq!(tokens[0], partitioner.minimum());
                assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
            }
        }
        assert_eq!(Partitioner::Murmur3.spread(2)[1], Token::Long(0));
    }

    #[test]
    fn names_are_read_with_and_without_the_package() {
        for partitioner in ALL {
            assert_eq!(partitioner.to_string().parse(), Ok(partitioner));
            assert_eq!(partitioner.qualified().parse(), Ok(partitioner));
        }
        assert!("OrderPreservingPartitioner".parse::<Partitioner>().is_err());
    }
}

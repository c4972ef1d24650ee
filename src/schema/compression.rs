//! How a column family's files are compressed.

use std::collections::BTreeMap;
use std::fmt;

use super::Pairs;

/// The package in which Cassandra's own compressors live; a name without a package is looked for there.
const PACKAGE: &str = "org.apache.cassandra.io.compress.";

/// The option that names the class of the compressor; empty for none.
const CLASS: &str = "sstable_compression";

/// How a column family's files are compressed: a compressor and its options, or not at all.
///
/// ```
/// use cassa::Compression;
///
/// let compression = Compression::deflate().chunk_length_kb(128);
/// assert_eq!(compression.to_string(), "DeflateCompressor {chunk_length_kb: 128}");
/// assert_eq!(Compression::none().to_string(), "none");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Compression {
    /// Empty for none.
    class: String,
    options: BTreeMap<String, String>,
}

impl Compression {
    /// Files are not compressed.
    pub fn none() -> Self {
        Self::new("")
    }

    /// `LZ4Compressor`: the fastest. Since Cassandra 1.2.2.
    pub fn lz4() -> Self {
        Self::new("LZ4Compressor")
    }

    /// `SnappyCompressor`. Since Cassandra 1.0.
    pub fn snappy() -> Self {
        Self::new("SnappyCompressor")
    }

    /// `DeflateCompressor`: the smallest files, the most work. Since Cassandra 1.0.
    pub fn deflate() -> Self {
        Self::new("DeflateCompressor")
    }

    /// A compressor by the name of its class; Cassandra's own need no package. Has no options.
    pub fn new(class: impl Into<String>) -> Self {
        let class = class.into();
        let class = class.strip_prefix(PACKAGE).map(str::to_owned).unwrap_or(class);
        Compression { class, options: BTreeMap::new() }
    }

    /// So many KiB are compressed at a time: a power of two. Defaults to the server's default, which is 64.
    #[must_use]
    pub fn chunk_length_kb(self, kb: u32) -> Self {
        self.option("chunk_length_kb", kb.to_string())
    }

    /// How probably a chunk's checksum is checked when it is read: from 0 to 1. Defaults to the server's
    /// default, which is 1.
    #[must_use]
    pub fn crc_check_chance(self, chance: f64) -> Self {
        self.option("crc_check_chance", chance.to_string())
    }

    /// Adds an option. Defaults to none.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// The name of the compressor's class, Cassandra's own without their package; `None` where files are not
    /// compressed.
    pub fn class(&self) -> Option<&str> {
        (!self.class.is_empty()).then_some(&*self.class)
    }

    /// The options beside the class, in order of their names.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What a server says of it; without a class it does not compress.
    pub(super) fn described(options: &[(String, String)]) -> Self {
        let mut options: BTreeMap<String, String> = options.iter().cloned().collect();
        let class = options.remove(CLASS).unwrap_or_default();
        Compression { options, ..Self::new(class) }
    }

    pub(super) fn into_options(self) -> Vec<(String, String)> {
        let class = match self.class() {
            Some(short) if !short.contains('.') => format!("{PACKAGE}{short}"),
            _ => self.class,
        };
        [(CLASS.to_owned(), class)].into_iter().chain(self.options).collect()
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class().unwrap_or("none"))?;
        if !self.options.is_empty() {
            write!(f, " {}", Pairs(&self.options))?;
        }
        Ok(())
    }
}

//! How a column family's files are merged.

use std::collections::BTreeMap;
use std::fmt;

use super::Pairs;

/// The package in which Cassandra's own strategies live; a name without a package is looked for there.
const PACKAGE: &str = "org.apache.cassandra.db.compaction.";

/// A compaction strategy: its class and options.
///
/// ```
/// use cassa::Compaction;
///
/// let compaction = Compaction::leveled().option("sstable_size_in_mb", "160");
/// assert_eq!(compaction.to_string(), "LeveledCompactionStrategy {sstable_size_in_mb: 160}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compaction {
    class: String,
    options: BTreeMap<String, String>,
}

impl Compaction {
    /// `SizeTieredCompactionStrategy`: files of like size are merged. Cassandra's default.
    pub fn size_tiered() -> Self {
        Self::new("SizeTieredCompactionStrategy")
    }

    /// `LeveledCompactionStrategy`: small files in levels, so that a row is in few of them. Since Cassandra
    /// 1.0.
    pub fn leveled() -> Self {
        Self::new("LeveledCompactionStrategy")
    }

    /// `DateTieredCompactionStrategy`: files of like age are merged, for data that are written in order of
    /// time. Since Cassandra 2.0.11.
    pub fn date_tiered() -> Self {
        Self::new("DateTieredCompactionStrategy")
    }

    /// A strategy by the name of its class; Cassandra's own need no package. Has no options.
    pub fn new(class: impl Into<String>) -> Self {
        let class = class.into();
        let class = class.strip_prefix(PACKAGE).map(str::to_owned).unwrap_or(class);
        Compaction { class, options: BTreeMap::new() }
    }

    /// Adds an option. Defaults to none.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// The name of the class; Cassandra's own come without their package.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The options, in order of their names.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What a server says of it.
    pub(super) fn described(class: &str, options: Option<&[(String, String)]>) -> Self {
        let options = options.unwrap_or_default().iter().cloned().collect();
        Compaction { options, ..Self::new(class) }
    }

    /// The name of the class with its package, and the options.
    pub(super) fn into_parts(self) -> (String, Vec<(String, String)>) {
        let class = if self.class.contains('.') { self.class } else { format!("{PACKAGE}{}", self.class) };
        (class, self.options.into_iter().collect())
    }
}

impl fmt::Display for Compaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)?;
        if !self.options.is_empty() {
            write!(f, " {}", Pairs(&self.options))?;
        }
        Ok(())
    }
}

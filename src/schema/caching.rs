//! What of a column family is kept in the server's caches.

use std::fmt;

/// Which of the server's caches a column family uses. Since Cassandra 1.1; before, each column family had caches
/// of its own, with sizes.
///
/// ```
/// assert_eq!(cassa::Caching::KeysOnly.to_string(), "KEYS_ONLY");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Caching {
    /// `ALL`: the key cache and the row cache.
    All,
    /// `KEYS_ONLY`: the places of rows in files.
    #[default]
    KeysOnly,
    /// `ROWS_ONLY`: rows.
    RowsOnly,
    /// `NONE`: neither.
    None,
    /// What another version of Cassandra says, in its words.
    Other(String),
}

impl Caching {
    pub(super) fn described(text: &str) -> Self {
        let known = [Caching::All, Caching::KeysOnly, Caching::RowsOnly, Caching::None];
        let known = known.into_iter().find(|caching| caching.name().eq_ignore_ascii_case(text));
        known.unwrap_or_else(|| Caching::Other(text.to_owned()))
    }

    fn name(&self) -> &str {
        match self {
            Caching::All => "ALL",
            Caching::KeysOnly => "KEYS_ONLY",
            Caching::RowsOnly => "ROWS_ONLY",
            Caching::None => "NONE",
            Caching::Other(text) => text,
        }
    }
}

impl fmt::Display for Caching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much of a row the row cache keeps. Since Cassandra 2.1.
///
/// ```
/// use cassa::CellsPerRow;
///
/// assert_eq!((CellsPerRow::All.to_string(), CellsPerRow::First(100).to_string()), ("ALL".into(), "100".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellsPerRow {
    /// `ALL`: the whole row.
    All,
    /// The first so many columns of it.
    First(u32),
}

impl CellsPerRow {
    pub(super) fn described(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("ALL") {
            return Some(CellsPerRow::All);
        }
        text.parse().ok().map(CellsPerRow::First)
    }
}

impl fmt::Display for CellsPerRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellsPerRow::All => f.write_str("ALL"),
            CellsPerRow::First(cells) => write!(f, "{cells}"),
        }
    }
}

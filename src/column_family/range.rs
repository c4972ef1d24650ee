//! Rows in the order of the ring, page by page.

use std::fmt;
use std::sync::Arc;

use super::raw::{Predicate, RawRow, Reader};
use super::{ColumnFamily, Columns};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::ConsistencyLevel;
use crate::wire::hot::{ColumnParent, GetRangeSlices, KeyRange, Rows};

/// Where a range of rows begins or ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// At a packed key, which is part of it; empty is open.
    Key(Vec<u8>),
    /// At a token. A start token is not part of the range, an end token is.
    Token(String),
}

impl End {
    fn key(&self) -> Option<&[u8]> {
        match self {
            Self::Key(key) => Some(key),
            Self::Token(_) => None,
        }
    }

    fn token(&self) -> Option<&str> {
        match self {
            Self::Key(_) => None,
            Self::Token(token) => Some(token),
        }
    }
}

/// Rows as they come, in the order of the ring; holds one page.
pub(crate) struct RawRange {
    pub(super) cf: ColumnFamily,
    pub(super) predicate: Predicate,
    pub(super) consistency_level: ConsistencyLevel,
    pub(super) start: End,
    pub(super) finish: End,
    /// The most rows that one call asks for; at least 2, as a page repeats the last row of the one before.
    pub(super) buffer: usize,
    /// The rows that the caller still wants.
    pub(super) wanted: usize,
    pub(super) keep_empty: bool,
    pub(super) page: Arc<Rows>,
    /// The next row of the page.
    pub(super) next: usize,
    pub(super) last_page: bool,
}

impl RawRange {
    fn try_next(&mut self) -> Result<Option<RawRow>> {
        while self.wanted > 0 {
            if self.next == self.page.len() {
                if self.last_page {
                    break;
                }
                self.fetch()?;
                continue;
            }
            let row = RawRow::new(self.page.clone(), self.next);
            self.next += 1;
            if row.row().is_empty() && !self.keep_empty {
                continue;
            }
            self.wanted -= 1;
            let reader = Reader { cf: &self.cf, consistency_level: self.consistency_level };
            return reader.whole(row, &self.predicate).map(Some);
        }
        Ok(None)
    }

    /// The next page; it starts with the last row of this one, if that is still there.
    fn fetch(&mut self) -> Result<()> {
        let last = self.page.iter().next_back().map(|row| row.key().to_vec());
        if let Some(key) = &last {
            self.start = End::Key(key.clone());
        }
        let reader = Reader { cf: &self.cf, consistency_level: self.consistency_level };
        let (page, asked) = loop {
            let asked = self.buffer.min(self.wanted.saturating_add(1)).max(2);
            let request = GetRangeSlices {
                column_parent: ColumnParent { column_family: self.cf.name(), super_column: None },
                predicate: self.predicate.as_wire(),
                range: KeyRange {
                    start_key: self.start.key(),
                    end_key: self.finish.key(),
                    start_token: self.start.token(),
                    end_token: self.finish.token(),
                    count: i32::try_from(asked).unwrap_or(i32::MAX),
                    row_filter: None,
                },
                consistency_level: self.consistency_level,
            };
            match reader.call(|connection| connection.get_range_slices(&request)) {
                Err(Error::FrameTooLarge { .. }) if self.buffer > 2 => self.buffer = (self.buffer / 2).max(2),
                Err(Error::FrameTooLarge { .. }) if self.predicate.halve() => {}
                other => break (other.map_err(|e| e.at(self.cf.place()))?, asked),
            }
        };
        self.last_page = page.len() < asked;
        let again = page.get(0).is_some_and(|row| Some(row.key()) == last.as_deref());
        self.next = usize::from(again);
        self.page = Arc::new(page);
        Ok(())
    }
}

impl Iterator for RawRange {
    type Item = Result<RawRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.try_next();
        if row.is_err() {
            self.wanted = 0; // where to go on is not known
        }
        row.transpose()
    }
}

/// Rows with their keys and columns, in the order of the ring; an error is the last item.
///
/// Holds one page of rows ([`Select::row_buffer_size`](super::Select::row_buffer_size)), and each row as a
/// whole.
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// cf.batch_insert([("foo", [("a", "1")]), ("bar", [("a", "2")])])?;
/// let mut range = cf.get_range();
/// let (key, columns) = range.next().expect("there are two rows")?;
/// assert!(key == "foo" || key == "bar"); // in the order of their tokens, not of their keys
/// assert_eq!(columns.len(), 1);
/// assert_eq!(range.count(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Range(pub(super) Result<RawRange, Option<Error>>);

impl Iterator for Range {
    type Item = Result<(Value, Columns)>;

    fn next(&mut self) -> Option<Self::Item> {
        let range = match &mut self.0 {
            Ok(range) => range,
            Err(e) => return e.take().map(Err), // what was wrong with the options
        };
        let row = range.next()?;
        let unpack = |row: RawRow| Ok((range.cf.unpack_key(row.key())?, range.cf.unpack_columns(&row)?));
        Some(row.and_then(unpack))
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(range) => f
                .debug_struct("Range")
                .field("column_family", &range.cf.name())
                .field("start", &range.start)
                .field("finish", &range.finish)
                .finish_non_exhaustive(),
            Err(e) => f.debug_tuple("Range").field(e).finish(),
        }
    }
}

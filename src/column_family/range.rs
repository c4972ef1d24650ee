//! Many rows, page by page: those of a part of the ring, or those that an index finds.

use std::fmt;
use std::sync::Arc;

use super::index::PackedExpression;
use super::predicate::Predicate;
use super::raw::RawRow;
use super::reader::Reader;
use super::{ColumnFamily, Columns};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::ConsistencyLevel;
use crate::wire::hot::{self, KeyRange, Rows};
use crate::wire::methods::DescribePartitioner;

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

/// Which rows.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Those from one place on the ring to another.
    Ring { start: End, finish: End, wrap: Wrap },
    /// Those that an index finds, from a key on.
    Index { expressions: Vec<PackedExpression>, start: Vec<u8> },
}

/// Whether a range goes on beyond the end of the ring, at its beginning.
///
/// The interface lets a range between two tokens do so, and none between a key and a token; but all pages after the
/// first start at a key. What the order of tokens is only the server knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wrap {
    /// It may: both ends are tokens, and the server took every page so far.
    Perhaps,
    /// It does, and the end of the ring is still ahead; this is the token beyond it.
    Ahead(String),
    /// It does not, or no more.
    No,
}

/// Rows as they come; holds one page.
pub(crate) struct RawRange {
    pub(super) cf: ColumnFamily,
    pub(super) super_column: Option<Vec<u8>>,
    pub(super) predicate: Predicate,
    pub(super) consistency_level: ConsistencyLevel,
    pub(super) source: Source,
    /// The most rows that one call asks for; at least 2, as a page repeats the last row of the one before.
    pub(super) buffer: usize,
    /// The rows that the caller still wants.
    pub(super) wanted: usize,
    pub(super) keep_empty: bool,
    pub(super) page: Arc<Rows>,
    /// The next row of the page.
    pub(super) next: usize,
    pub(super) last_page: bool,
    /// The next page does not go on where this one ends.
    pub(super) restart: bool,
}

impl RawRange {
    fn reader(&self) -> Reader<'_> {
        let super_column = self.super_column.as_deref();
        Reader { cf: &self.cf, super_column, consistency_level: self.consistency_level }
    }

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
            if row.is_empty() && !self.keep_empty && !self.predicate.is_cut() {
                continue;
            }
            let row = self.reader().whole(row, &self.predicate)?;
            if row.is_empty() && !self.keep_empty {
                continue;
            }
            self.wanted -= 1;
            return Ok(Some(row));
        }
        Ok(None)
    }

    /// The next page; it starts with the last row of this one, if that is still there.
    fn fetch(&mut self) -> Result<()> {
        let last = self.page.iter().next_back().map(|row| row.key().to_vec());
        let last = last.filter(|_| !std::mem::take(&mut self.restart));
        if let Some(key) = &last {
            match &mut self.source {
                Source::Ring { start, .. } => *start = End::Key(key.clone()),
                Source::Index { start, .. } => start.clone_from(key),
            }
        }
        let (page, asked) = loop {
            let asked = self.buffer.min(self.wanted.saturating_add(1)).max(2);
            match self.ask(asked) {
                Err(e) if e.is_too_large() && self.buffer > 2 => self.buffer = (self.buffer / 2).max(2),
                Err(e) if e.is_too_large() && self.halve() => {}
                Err(Error::InvalidRequest { .. }) if last.is_some() && self.go_round_the_ring() => {}
                other => break (other.map_err(|e| self.reader().ended(e.at(self.cf.place()), None))?, asked),
            }
        };
        self.restart = page.len() < asked && self.around_the_ring();
        self.last_page = page.len() < asked && !self.restart;
        let again = page.get(0).is_some_and(|row| Some(row.key()) == last.as_deref());
        self.next = usize::from(again);
        self.page = Arc::new(page);
        Ok(())
    }

    fn halve(&mut self) -> bool {
        let comparator = self.reader().comparator().clone();
        self.predicate.halve(&comparator)
    }

    /// Where a key and a token were refused as the ends of a range, although two tokens were not: the range goes
    /// around the ring. First to its end, then.
    fn go_round_the_ring(&mut self) -> bool {
        let Source::Ring { finish, wrap, .. } = &mut self.source else { return false };
        let End::Token(token) = finish else { return false };
        if *wrap != Wrap::Perhaps {
            return false;
        }
        *wrap = Wrap::Ahead(std::mem::take(token));
        *finish = End::Key(Vec::new());
        true
    }

    /// At the end of the ring, goes on at its beginning if the range does.
    fn around_the_ring(&mut self) -> bool {
        let Source::Ring { start, finish, wrap } = &mut self.source else { return false };
        let Wrap::Ahead(token) = wrap else { return false };
        *start = End::Key(Vec::new());
        *finish = End::Token(std::mem::take(token));
        *wrap = Wrap::No;
        true
    }

    fn ask(&mut self, rows: usize) -> Result<Rows> {
        self.close()?;
        let reader = self.reader();
        let (column_parent, predicate) = (reader.parent(), self.predicate.as_wire());
        let (consistency_level, count) = (self.consistency_level, i32::try_from(rows).unwrap_or(i32::MAX));
        match &self.source {
            Source::Ring { start, finish, .. } => {
                let range = KeyRange {
                    start_key: start.key(),
                    end_key: finish.key(),
                    start_token: start.token(),
                    end_token: finish.token(),
                    count,
                    row_filter: None,
                };
                let request = hot::GetRangeSlices { column_parent, predicate, range, consistency_level };
                self.cf.call(None, |connection| connection.get_range_slices(&request))
            }
            Source::Index { expressions, start } => {
                let expressions = expressions.iter().map(|expression| hot::IndexExpression {
                    column_name: &expression.column,
                    op: expression.operator,
                    value: &expression.value,
                });
                let index_clause =
                    hot::IndexClause { expressions: expressions.collect(), start_key: start, count };
                let request = hot::GetIndexedSlices {
                    column_parent,
                    index_clause,
                    column_predicate: predicate,
                    consistency_level,
                };
                self.cf.call(None, |connection| connection.get_indexed_slices(&request))
            }
        }
    }

    /// A range from a token to the end of the ring has to be told which token that is: the interface has no range from
    /// a token to a key, not even to the open one.
    fn close(&mut self) -> Result<()> {
        let Source::Ring { start: End::Token(_), finish, wrap } = &mut self.source else { return Ok(()) };
        if !matches!(finish, End::Key(key) if key.is_empty()) {
            return Ok(());
        }
        let partitioner = self.cf.call(None, |connection| connection.call(&DescribePartitioner {}))?;
        let minimum = match partitioner.rsplit('.').next().unwrap_or_default() {
            "Murmur3Partitioner" => "-9223372036854775808",
            "RandomPartitioner" => "-1",
            "ByteOrderedPartitioner"
            | "OrderPreservingPartitioner"
            | "CollatingOrderPreservingPartitioner" => "",
            other => {
                let why = format!("expected one, as the last token of {other} is not known, got none");
                return Err(Error::InvalidOption { option: "finish_token", why: why.into() });
            }
        };
        *finish = End::Token(minimum.to_owned());
        *wrap = Wrap::No;
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

/// Rows with their keys and columns, in the order of the ring.
///
/// Holds one page of rows ([`Select::row_buffer_size`](super::Select::row_buffer_size)), and each row as a
/// whole. A row that cannot be unpacked is an error, and the next item is the next row; an error of a call is the last
/// item.
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

/// The keys of rows, in the order of the ring; made by [`Select::get_keys`](super::Select::get_keys). Holds one page of
/// them.
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
/// let mut keys = cf.get_keys().collect::<cassa::Result<Vec<_>>>()?;
/// keys.sort_by_key(ToString::to_string);
/// assert_eq!(keys, ["bar", "foo"]);
/// # Ok(())
/// # }
/// ```
pub struct Keys(pub(super) Range);

impl Iterator for Keys {
    type Item = Result<Value>;

    fn next(&mut self) -> Option<Self::Item> {
        let range = match &mut self.0.0 {
            Ok(range) => range,
            Err(e) => return e.take().map(Err),
        };
        let row = range.next()?;
        Some(row.and_then(|row| range.cf.unpack_key(row.key())))
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(range) => f
                .debug_struct("Range")
                .field("column_family", &range.cf.name())
                .field("source", &range.source)
                .finish_non_exhaustive(),
            Err(e) => f.debug_tuple("Range").field(e).finish(),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.0).finish()
    }
}

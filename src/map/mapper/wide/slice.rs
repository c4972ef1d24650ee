//! Which of a row's objects: options, and the ends of a slice made of them.

use std::ops::{Bound, RangeBounds};

use serde::Serialize;

use super::super::encode::ended;
use super::super::{Mapper, SelectObjects};
use crate::column_family::Select;
use crate::error::{Error, Result};
use crate::map::fault::Fault;
use crate::map::field::Clustered;
use crate::map::plan::{Layout, Plan};
use crate::map::ser::bound;
use crate::map::wide_name::comparator;

/// Objects of a row, all of them or some.
#[derive(Clone, Debug, Default)]
pub(in crate::map::mapper) struct Slice {
    /// The first parts of the clustering, as the lower end has them and as the upper one does: they differ where a time
    /// stands for all UUIDs of its moment.
    prefix: [Vec<Vec<u8>>; 2],
    lower: Option<Edge>,
    upper: Option<Edge>,
    reversed: bool,
    limit: Option<usize>,
    /// Whether a page is asked for only once it is needed.
    by_page: bool,
}

/// An end, behind the prefix.
#[derive(Clone, Debug)]
struct Edge {
    parts: Vec<Vec<u8>>,
    is_included: bool,
}

/// A slice of columns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) start: Vec<u8>,
    pub(super) finish: Vec<u8>,
    /// Names that are to be left out, as the interface only has ends that are part of a slice.
    pub(super) without: Vec<Vec<u8>>,
    /// Nothing at all.
    pub(super) is_nothing: bool,
}

impl<T> SelectObjects<'_, T> {
    /// Only the objects whose clustering begins so: with a value of its first field, or a tuple of values of its first
    /// fields. Defaults to all.
    ///
    /// A time in the place of a `TimeUUIDType` stands for all UUIDs that were made in its millisecond.
    pub fn prefix(mut self, prefix: impl Serialize) -> Self
    where
        T: Clustered,
    {
        self.slice = self.slice.and_then(|mut slice| {
            slice.put_prefix(self.mapper, &prefix)?;
            Ok(slice)
        });
        self
    }

    /// Only the objects of this range: `a..b`, `a..=b`, `a..`, `..b` or two [`Bound`]s, each a value of the first
    /// clustering field or a tuple of the first ones; behind a [`prefix`](Self::prefix), of those that follow. Defaults
    /// to all.
    ///
    /// The range is in the order of the row, from its first object to its last, whichever way it is read: of a field
    /// that is `reversed` the greater value comes first. An end that is a tuple of only the first fields stands for all
    /// objects that begin so, and a time in the place of a `TimeUUIDType` for all UUIDs that were made in its
    /// millisecond.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// struct Departure {
    ///     #[cassa(key)]
    ///     airport: String,
    ///     #[cassa(clustering)]
    ///     day: i32,
    ///     #[cassa(clustering)]
    ///     flight: i32,
    ///     dest: String,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Departure>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let departures = pool.map::<Departure>()?;
    /// for (day, flight) in [(1, 11), (1, 725), (2, 11), (3, 11)] {
    ///     departures.insert(&Departure { airport: "JFK".into(), day, flight, dest: "MIA".into() })?;
    /// }
    /// assert_eq!(departures.select().range(1..3).get_count("JFK")?, 3); // days 1 and 2
    /// assert_eq!(departures.select().range((1, 700)..).get_count("JFK")?, 3);
    /// assert_eq!(departures.select().prefix(1).range(..700).get_count("JFK")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn range<K: Serialize>(mut self, range: impl RangeBounds<K>) -> Self
    where
        T: Clustered,
    {
        self.slice = self.slice.and_then(|mut slice| {
            slice.put_range(self.mapper, range.start_bound(), range.end_bound())?;
            Ok(slice)
        });
        self
    }

    /// From the last object of the range to the first. Defaults to the order of the row.
    pub fn reversed(mut self) -> Self
    where
        T: Clustered,
    {
        if let Ok(slice) = &mut self.slice {
            slice.reversed = true;
        }
        self
    }

    /// Whether the next page of a row is fetched, by a thread of its own, while the objects of this one are taken: from
    /// the third page on, and never more than one ahead. Defaults to `true`, except in a pool of a single connection or
    /// without a `pool_timeout`, where the connection would be missing elsewhere.
    ///
    /// An error of a page that was fetched ahead comes after the objects of the one before, as without. Objects that are
    /// dropped early leave at most one call to come to its end.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// struct Reading {
    ///     #[cassa(key)]
    ///     sensor: String,
    ///     #[cassa(clustering)]
    ///     minute: i32,
    ///     #[cassa(value)]
    ///     degrees: f64,
    /// }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Reading>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let readings = pool.map::<Reading>()?;
    /// let reading = |minute| Reading { sensor: "attic".into(), minute, degrees: 21.5 };
    /// readings.batch_insert(&(0..60).map(reading).collect::<Vec<_>>())?;
    /// // a thousand streams at once, which need no thread each
    /// let objects = readings.select().read_ahead(false).column_buffer_size(16).xget("attic");
    /// assert_eq!(objects.count(), 60);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_ahead(mut self, ahead: bool) -> Self
    where
        T: Clustered,
    {
        if let Ok(slice) = &mut self.slice {
            slice.by_page = !ahead;
        }
        self
    }

    /// At most so many objects of a row. Defaults to all.
    pub fn limit(mut self, objects: usize) -> Self
    where
        T: Clustered,
    {
        if let Ok(slice) = &mut self.slice {
            slice.limit = Some(objects);
        }
        self
    }
}

impl Slice {
    pub(super) fn put_prefix<T>(&mut self, mapper: &Mapper<T>, prefix: &impl Serialize) -> Result<()> {
        if self.lower.is_some() || self.upper.is_some() {
            let why = "expected it in front of `range`, which is of the fields behind it; got it later";
            return Err(Error::InvalidOption { option: "prefix", why: why.into() });
        }
        let parts = mapper.plan().identity().clustering();
        let pack = |lowest| bound(parts, prefix, lowest).map_err(|fault| mapper.error(None, &fault));
        self.prefix = [pack(true)?, pack(false)?];
        Ok(())
    }

    pub(super) fn put_range<T, K: Serialize>(
        &mut self,
        mapper: &Mapper<T>,
        start: Bound<&K>,
        finish: Bound<&K>,
    ) -> Result<()> {
        let parts = &mapper.plan().identity().clustering()[self.prefix[0].len()..];
        let edge = |end: Bound<&K>, is_lower: bool| {
            let (value, is_included) = match end {
                Bound::Included(value) => (value, true),
                Bound::Excluded(value) => (value, false),
                Bound::Unbounded => return Ok(None),
            };
            let packed = bound(parts, value, is_lower == is_included);
            let parts = packed.map_err(|fault: Fault| mapper.error(None, &fault))?;
            Ok::<_, Error>(Some(Edge { parts, is_included }))
        };
        (self.lower, self.upper) = (edge(start, true)?, edge(finish, false)?);
        Ok(())
    }

    /// The first or the last of the objects.
    pub(super) fn outermost(mut self, is_last: bool) -> Self {
        self.reversed ^= is_last;
        self.limit = Some(self.limit.map_or(1, |limit| limit.min(1)));
        self
    }

    pub(super) fn reads_ahead(&self) -> bool {
        !self.by_page
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    pub(super) fn ends(&self, plan: &Plan) -> Result<Ends> {
        let clustering = plan.identity().clustering();
        let ends = match (plan.layout(), clustering) {
            (Layout::Timeline, [_]) => self.of_whole_names(),
            _ => Ends {
                start: self.composite(true, plan),
                finish: self.composite(false, plan),
                ..Ends::default()
            },
        };
        let is_open = ends.start.is_empty() || ends.finish.is_empty();
        if !is_open && comparator(plan).compare(&ends.start, &ends.finish).is_gt() {
            let reversed = clustering.iter().find(|part| part.is_reversed);
            let why =
                "expected a start that comes before the finish in the order of the row, got one behind it";
            let why = match reversed {
                Some(part) => format!("{why} (`{}` is reversed: its greater values come first)", part.name),
                None => why.to_owned(),
            };
            return Err(Error::InvalidOption { option: "range", why: why.into() });
        }
        Ok(ends)
    }

    fn edge(&self, is_lower: bool) -> (impl Iterator<Item = &Vec<u8>>, bool) {
        let edge = if is_lower { &self.lower } else { &self.upper };
        let parts = edge.iter().flat_map(|edge| &edge.parts);
        let prefix = &self.prefix[usize::from(!is_lower)];
        (prefix.iter().chain(parts), edge.as_ref().is_none_or(|edge| edge.is_included))
    }

    /// A name alone is an end, and always part of the slice.
    fn of_whole_names(&self) -> Ends {
        let mut ends = Ends::default();
        for is_lower in [true, false] {
            let (mut parts, is_included) = self.edge(is_lower);
            let Some(name) = parts.next() else { continue };
            // No name is empty, and as an end it would be open.
            ends.is_nothing |= name.is_empty() && !is_lower;
            if !is_included {
                ends.without.push(name.clone());
            }
            *(if is_lower { &mut ends.start } else { &mut ends.finish }) = name.clone();
        }
        ends
    }

    fn composite(&self, is_lower: bool, plan: &Plan) -> Vec<u8> {
        let (parts, is_included) = self.edge(is_lower);
        let mut packed = Vec::new();
        for part in parts {
            // Longer than a name may be: whatever is asked for, no name begins so.
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            packed.extend_from_slice(&length.to_be_bytes());
            packed.extend_from_slice(&part[..length.into()]);
            packed.push(0);
        }
        match (is_lower, is_included) {
            // Behind the columns that the row has once, which come first: an empty component is less than any other.
            (true, _) if packed.is_empty() && plan.statics().next().is_some() => vec![0, 0, 0xff],
            (true, true) | (false, false) => ended(&packed, 0xff),
            (true, false) | (false, true) => ended(&packed, 1),
        }
    }

    /// One column of each row that has some of these objects.
    pub(super) fn of_any<'a>(&self, ends: &Ends, plan: &Plan, select: Select<'a>) -> Select<'a> {
        let most = if ends.is_nothing { 0 } else { 1 };
        Slice { limit: None, ..self.clone() }.of(ends, plan, select).count(most)
    }

    /// The columns of these objects.
    pub(super) fn of<'a>(&self, ends: &Ends, plan: &Plan, select: Select<'a>) -> Select<'a> {
        let each = match plan.layout() {
            Layout::Timeline => 1,
            _ => plan.slots() + 1,
        };
        // One more tells that an object has come to its end.
        let wanted = self
            .limit
            .map(|limit| limit.saturating_add(ends.without.len()).saturating_mul(each).saturating_add(1));
        let page = wanted.map_or(select.page_size(), |wanted| wanted.min(select.page_size()));
        let (first, last) =
            if self.reversed { (&ends.finish, &ends.start) } else { (&ends.start, &ends.finish) };
        let mut select = select.column_buffer_size(page);
        if !first.is_empty() {
            select = select.packed_start(first.clone());
        }
        if !last.is_empty() {
            select = select.packed_finish(last.clone());
        }
        if self.reversed { select.reversed() } else { select }
    }
}

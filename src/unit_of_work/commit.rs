//! The commit: what waits goes out, chunk by chunk, and each chunk's outcome is told.

use super::chunk::{Chunk, Limits, Unsent, at_most, put_row, put_sums, sums_at_most};
use super::objects::VersionedSave;
use super::options::Options;
use super::{UnitOfWork, counters};
use crate::column_family::Clock;
use crate::error::{ChunkKind, ChunkReport, CommitReport, Error, Outcome, Place, Result};
use crate::map::conflict;
use crate::pool::Call;
use crate::wire::{ConsistencyLevel, hot};

impl UnitOfWork {
    /// Sends what waits: objects with a version first, each alone; then columns and deletions, in chunks that are cut between
    /// rows; then counters. The first chunk that is not acknowledged ends it.
    ///
    /// What is acknowledged has left the unit, and objects saved with it are clean. What is not stays, so that the commit can
    /// be repeated: columns and deletions keep the timestamps of the first attempt, and may be sent any number of times. Of
    /// changes made since then the next attempt sends later timestamps. Deletions in a row come before what is written to
    /// it. Timestamps are microseconds since 1970, never twice the same in this process and never behind the last one, also
    /// where the system's clock is set back; a clock of a column family's own is not asked.
    ///
    /// Counters whose outcome is unknown are set aside: see [`UnitOfWork::resend_unknown`].
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// match work.commit() {
    ///     Ok(report) => println!("{report}"),
    ///     Err(Error::Commit(report)) => {
    ///         eprintln!("{report}"); // which chunk failed, of which rows, and why
    ///         work.commit()?; // what is not acknowledged waits still
    ///     }
    ///     Err(e) => return Err(e),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Commit`] with the report where not all is acknowledged. Before anything is sent: [`Error::TooLarge`] for a
    /// row over the pool's `max_frame`, or an atomic unit over it; [`Error::InvalidOption`] where column families want
    /// different consistency levels and the unit has none of its own, or where an atomic unit has counters or objects with
    /// a version.
    pub fn commit(&mut self) -> Result<CommitReport> {
        let span = tracing::debug_span!("commit", keyspace = self.pool.keyspace(), changes = self.len());
        let _entered = span.enter();
        let level = self.prepare()?;
        let mut report = CommitReport::default();
        let goes_on = self.send_versions(level, &mut report);
        let goes_on = self.send_columns(level, goes_on, &mut report);
        self.send_counters(level, goes_on, &mut report);
        self.recount();
        if !report.is_acknowledged() {
            return Err(Error::Commit(Box::new(report)));
        }
        for callback in std::mem::take(&mut self.callbacks) {
            callback(&report);
        }
        Ok(report)
    }

    /// The counters that were sent and may or may not have been added to, one by one: where, and by how much.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, Fault, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct PageHits { #[cassa(key)] page: String, #[serde(default)] #[cassa(counter)] hits: i64 }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<PageHits>("Keyspace1")?;
    /// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).max_retries(0).build()?;
    /// let mut work = pool.unit_of_work();
    /// work.add::<PageHits>("home", "hits", 1)?;
    /// server.faults().add(Fault::time_out().method("batch_mutate").times(1));
    /// work.commit().expect_err("the server did not answer in time");
    /// let unknown: Vec<_> = work.unknown_counters().map(|(at, number)| (at.to_string(), number)).collect();
    /// let at = "keyspace Keyspace1, column family PageHits, row key \"home\", column \"hits\"";
    /// assert_eq!(unknown, [(at.to_owned(), 1)]);
    /// assert!(!work.is_dirty()); // no commit sends it again by itself
    /// # Ok(())
    /// # }
    /// ```
    pub fn unknown_counters(&self) -> impl Iterator<Item = (Place, i64)> {
        self.doubtful.iter().map(|(key, family, super_column, name, number)| {
            let family = &self.families[family];
            let at = family.place(key, super_column);
            (at.name(family.comparator(super_column.is_some()), name), number)
        })
    }

    /// Has the next commit send counters of unknown outcome again. What was added after all is then added twice.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, Fault, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct PageHits { #[cassa(key)] page: String, #[serde(default)] #[cassa(counter)] hits: i64 }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<PageHits>("Keyspace1")?;
    /// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).max_retries(0).build()?;
    /// let mut work = pool.unit_of_work();
    /// work.add::<PageHits>("home", "hits", 1)?;
    /// server.faults().add(Fault::time_out().method("batch_mutate").times(1));
    /// work.commit().expect_err("the server did not answer in time");
    /// // somebody has looked, and it was not added
    /// work.resend_unknown()?;
    /// work.commit()?;
    /// assert_eq!(work.unknown_counters().count(), 0);
    /// assert_eq!(pool.map::<PageHits>()?.get("home")?.map(|page| page.hits), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongKind`] where the sum of what waits and what is unknown passes 64 bits; nothing is changed then.
    pub fn resend_unknown(&mut self) -> Result<()> {
        let mut both = counters::Counters::default();
        for part in [&self.counters, &self.doubtful] {
            for (key, family, super_column, name, number) in part.iter() {
                let spot = super::pending::Spot { key, family, super_column };
                if both.add(spot, name, number).is_err() {
                    let at = Box::new(self.families[family].place(key, super_column));
                    return Err(Error::WrongKind {
                        at,
                        why: "what is added to a counter passes 64 bits".into(),
                    });
                }
            }
        }
        self.counters = both;
        self.doubtful = counters::Counters::default();
        self.recount();
        Ok(())
    }

    /// Forgets counters of unknown outcome: what was not added is lost.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, Fault, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// # struct PageHits { #[cassa(key)] page: String, #[serde(default)] #[cassa(counter)] hits: i64 }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<PageHits>("Keyspace1")?;
    /// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).max_retries(0).build()?;
    /// let mut work = pool.unit_of_work();
    /// work.add::<PageHits>("home", "hits", 1)?;
    /// server.faults().add(Fault::time_out().method("batch_mutate").times(1));
    /// work.commit().expect_err("the server did not answer in time");
    /// work.forget_unknown(); // rather one too few than one too many
    /// assert_eq!(work.unknown_counters().count(), 0);
    /// work.commit()?;
    /// assert_eq!(pool.map::<PageHits>()?.get("home")?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn forget_unknown(&mut self) {
        self.doubtful = counters::Counters::default();
    }

    /// Counts again what waits.
    fn recount(&mut self) {
        let counters = self.counters.iter().map(|(.., name, _)| 64 + name.len()).sum::<usize>();
        let columns = self.versions.iter().flat_map(|save| &save.object.columns);
        let versions = columns.map(|(name, value)| 64 + name.len() + value.len()).sum::<usize>();
        self.bytes = self.pending.bytes() + counters + versions;
    }

    /// Fixes timestamps, and refuses what cannot be sent, before anything is. Tells at which level it goes out.
    pub(super) fn prepare(&mut self) -> Result<ConsistencyLevel> {
        if self.options.atomic && !(self.counters.is_empty() && self.versions.is_empty()) {
            let what = if self.counters.is_empty() { "objects with a version" } else { "counters" };
            let why = format!("an atomic unit takes no {what}");
            return Err(Error::InvalidOption { option: "atomic", why: why.into() });
        }
        let taking_part = self.pending.iter().map(|(_, family, ..)| family);
        let taking_part = taking_part.chain(self.counters.iter().map(|(_, family, ..)| family));
        let taking_part = taking_part.chain(self.versions.iter().map(|save| save.family));
        let level = self.level(taking_part)?;
        let clock = Clock::default();
        self.pending.stamp(clock.now(), clock.now());
        self.check_sizes()?;
        Ok(level)
    }

    /// Refuses a row that no message can hold, or a unit that must not be split. Only what is large is encoded for it.
    fn check_sizes(&self) -> Result<()> {
        let (atomic, most) = (self.options.atomic, self.pool.max_frame());
        let mut chunk = Chunk::default();
        let small = most.saturating_sub(chunk.bytes(atomic));
        let name = |family: usize| self.families[family].cf.name();
        let rows = self.pending.rows().iter();
        if atomic {
            if rows.map(|row| at_most(row, name)).sum::<usize>() > small {
                self.fill_columns(&mut chunk, self.limits(), 0);
                self.check_size(chunk.bytes(true), || Place::keyspace(self.pool.keyspace()))?;
            }
            return Ok(());
        }
        let one = Limits { rows: 1, ..self.limits() };
        for (place, row) in rows.enumerate().filter(|(_, row)| at_most(row, name) > small) {
            self.fill_columns(&mut chunk, one, place);
            let family = row.families().next().map_or(0, |(family, _)| family);
            self.check_size(chunk.bytes(false), || self.families[family].place(&row.key, None))?;
        }
        for (place, (key, row)) in self.counters.rows.iter().enumerate() {
            if key.len() + sums_at_most(row.iter().map(|(family, sums)| (name(*family), sums))) > small {
                self.fill_counters(&mut chunk, one, place);
                let family = row.keys().next().copied().unwrap_or_default();
                self.check_size(chunk.bytes(false), || self.families[family].place(key, None))?;
            }
        }
        Ok(())
    }

    fn check_size(&self, length: usize, at: impl FnOnce() -> Place) -> Result<()> {
        let limit = self.pool.max_frame();
        if length <= limit { Ok(()) } else { Err(Error::TooLarge { at: Box::new(at()), length, limit }) }
    }

    /// How much goes out in one call.
    pub(super) fn limits(&self) -> Limits {
        let Options { byte_limit, row_limit, atomic, .. } = self.options;
        if atomic {
            return Limits { bytes: usize::MAX, rows: usize::MAX, atomic };
        }
        Limits { bytes: byte_limit.min(self.pool.max_frame()), rows: row_limit, atomic }
    }

    /// Fills a chunk with the rows that wait, from this one on.
    pub(super) fn fill_columns(&self, chunk: &mut Chunk, limits: Limits, from: usize) {
        let rows = self.pending.rows()[from..].iter().map(|row| (&row.key, row));
        let name = |family: usize| self.families[family].cf.name();
        chunk.fill(rows, limits, |row, batch| put_row(row, self.pending.stamps(), name, batch));
    }

    /// Fills a chunk with the rows whose counters wait, from this one on.
    pub(super) fn fill_counters(&self, chunk: &mut Chunk, limits: Limits, from: usize) {
        chunk.fill(self.counters.rows.iter().skip(from), limits, |row, batch| {
            for (family, sums) in row {
                batch.family(self.families[*family].cf.name());
                put_sums(sums, batch);
            }
        });
    }

    /// Sends the objects with a version, one by one. Tells whether the commit goes on.
    fn send_versions(&mut self, level: ConsistencyLevel, report: &mut CommitReport) -> bool {
        let mut goes_on = true;
        for mut save in std::mem::take(&mut self.versions) {
            let bytes = save.object.columns.iter().map(|(name, value)| name.len() + value.len()).sum();
            let outcome = if goes_on { self.send_version(&save, level) } else { Outcome::NotSent(None) };
            goes_on &= outcome.is_acknowledged();
            let at = self.families[save.family].place(&save.object.key, None);
            let places = if outcome.is_acknowledged() { Box::default() } else { Box::from([at]) };
            save.doubtful |= matches!(outcome, Outcome::Unknown(_));
            if !outcome.is_acknowledged() {
                self.versions.push(save);
            }
            note(ChunkReport { kind: ChunkKind::Version, rows: 1, bytes, places, outcome }, report);
        }
        goes_on
    }

    fn send_version(&self, save: &VersionedSave, level: ConsistencyLevel) -> Outcome {
        let (cf, object) = (&self.families[save.family].cf, &save.object);
        // the server sets the timestamps of what it writes, and wants one all the same
        let timestamp = Some(Clock::default().now());
        let expected = object.expected.as_ref().map(|version| hot::Column {
            name: &object.name,
            value: Some(version),
            timestamp,
            ttl: None,
        });
        let updates = object.columns.iter().map(|(name, value)| hot::Column {
            name,
            value: Some(value),
            timestamp,
            ttl: object.ttl,
        });
        let serial_consistency_level = self.options.serial_consistency_level;
        let request = hot::Cas {
            key: &object.key,
            column_family: cf.name(),
            // none at all: there must be no such row
            expected: Some(expected.into_iter().collect()),
            updates: updates.collect(),
            serial_consistency_level,
            commit_consistency_level: level,
        };
        let result = match cf.write().raw_cas(&request) {
            Ok(result) if result.success => return Outcome::Applied,
            Ok(result) => result,
            Err(e) => return Outcome::of(e.at(cf.key_place(&object.key)), false),
        };
        if save.doubtful {
            match self.is_ours(save) {
                Ok(true) => return Outcome::Applied,
                Ok(false) => {}
                Err(e) => return Outcome::Unknown(e),
            }
        }
        let mut current = result.current_values.into_iter().flatten();
        let current = current.find(|column| *column.name == *object.name).and_then(|column| column.value);
        let (expected, written) = (object.expected.as_deref(), object.written());
        let conflict = conflict(cf, &object.key, &object.name, expected, current.as_deref());
        if save.doubtful && current.as_deref() != written {
            // others have written since: over what was read, or over what the earlier attempt had written
            return Outcome::Unknown(conflict);
        }
        Outcome::Rejected(conflict)
    }

    /// Whether what is stored is what an earlier attempt would have written.
    fn is_ours(&self, save: &VersionedSave) -> Result<bool> {
        let (cf, object) = (&self.families[save.family].cf, &save.object);
        let mut names: Vec<_> = object.columns.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        let select = cf.select().packed_columns(names.into());
        let row = select.consistency_level(self.options.serial_consistency_level).raw_get(&object.key)?;
        let Some(row) = row else { return Ok(false) };
        let stored = |name: &[u8], value: &[u8]| {
            row.row().cells().any(|cell| cell.name == name && cell.value == value)
        };
        Ok(object.columns.iter().all(|(name, value)| stored(name, value)))
    }

    /// Sends what is written and deleted, chunk by chunk. Tells whether the commit goes on.
    fn send_columns(
        &mut self,
        level: ConsistencyLevel,
        mut goes_on: bool,
        report: &mut CommitReport,
    ) -> bool {
        let atomic = self.options.atomic;
        let (mut chunk, mut done, mut acknowledged) = (Chunk::default(), 0, 0);
        while done < self.pending.rows().len() {
            self.fill_columns(&mut chunk, self.limits(), done);
            let outcome = if goes_on {
                self.send(&chunk, Call::idempotent(), level, atomic)
            } else {
                Outcome::NotSent(None)
            };
            goes_on &= outcome.is_acknowledged();
            let rows = &self.pending.rows()[done..done + chunk.rows()];
            let places = rows.iter().filter(|_| !goes_on).flat_map(|row| {
                row.families().map(|(family, _)| self.families[family].place(&row.key, None))
            });
            let (places, bytes) = (places.collect(), chunk.bytes(atomic));
            done += chunk.rows();
            acknowledged = if goes_on { done } else { acknowledged };
            let rows = chunk.rows();
            note(ChunkReport { kind: ChunkKind::Columns, rows, bytes, places, outcome }, report);
        }
        for mut row in self.pending.take_first(acknowledged) {
            let families = &self.families;
            row.scopes.retain(|scope| families[scope.family].is_mapped);
            self.bases.acknowledge(row, |family, inside| families[family].comparator(inside));
        }
        goes_on
    }

    /// Sends what is added to counters, chunk by chunk.
    fn send_counters(&mut self, level: ConsistencyLevel, mut goes_on: bool, report: &mut CommitReport) {
        let (mut chunk, mut left) = (Chunk::default(), 0);
        while left < self.counters.rows.len() {
            self.fill_counters(&mut chunk, Limits { atomic: false, ..self.limits() }, left);
            let (rows, bytes) = (chunk.rows(), chunk.bytes(false));
            let outcome =
                if goes_on { self.send(&chunk, Call::once(), level, false) } else { Outcome::NotSent(None) };
            goes_on &= outcome.is_acknowledged();
            let places = self.counters.rows.iter().skip(left).take(rows).filter(|_| !goes_on);
            let places = places
                .flat_map(|(key, row)| row.keys().map(|family| self.families[*family].place(key, None)));
            let places = places.collect();
            match &outcome {
                outcome if outcome.is_acknowledged() => drop(self.counters.take_first(rows)),
                Outcome::Unknown(_) => {
                    let sent = self.counters.take_first(rows);
                    self.doubtful.merge(sent);
                }
                _ => left += rows,
            }
            note(ChunkReport { kind: ChunkKind::Counters, rows, bytes, places, outcome }, report);
        }
    }

    fn send(&self, chunk: &Chunk, call: Call<'_>, level: ConsistencyLevel, atomic: bool) -> Outcome {
        match chunk.send(&self.pool, call, level, atomic) {
            Ok(()) => Outcome::Applied,
            Err(e) => self.outcome_of(e),
        }
    }

    /// What has become of a chunk that failed so; a family that was altered or dropped says so.
    pub(super) fn outcome_of(&self, unsent: Unsent) -> Outcome {
        let Unsent { error, is_doubtful } = unsent;
        Outcome::of(self.families.iter().fold(error, |e, family| family.cf.explain(e)), is_doubtful)
    }
}

/// Takes a chunk into the report, and tells the log.
fn note(chunk: ChunkReport, report: &mut CommitReport) {
    if chunk.outcome.is_acknowledged() {
        tracing::debug!(rows = chunk.rows, bytes = chunk.bytes, kind = ?chunk.kind, "a chunk is acknowledged");
    } else {
        tracing::warn!(%chunk, "a chunk is not acknowledged");
    }
    report.push(chunk);
}

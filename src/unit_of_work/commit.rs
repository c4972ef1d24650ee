//! The commit: what waits goes out, chunk by chunk, and each chunk's outcome is told.

use super::chunk::{Chunk, Limits, TooLarge, Unsent, cut, put_scopes, put_sums};
use super::objects::VersionedSave;
use super::{UnitOfWork, counters};
use crate::column_family::Clock;
use crate::error::{ChunkKind, ChunkReport, CommitReport, Error, Outcome, Place, Result};
use crate::map::conflict;
use crate::pool::Call;
use crate::wire::{ConsistencyLevel, hot};

/// What a commit will send: made as a whole before anything is sent, so that a mistake sends nothing.
pub(super) struct Plan {
    pub(super) level: ConsistencyLevel,
    pub(super) columns: Vec<Chunk>,
    pub(super) counters: Vec<Chunk>,
}

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
    /// # Errors
    /// [`Error::Commit`] with the report where not all is acknowledged. Before anything is sent: [`Error::TooLarge`] for a
    /// row over the pool's `max_frame`, or an atomic unit over it; [`Error::InvalidOption`] where column families want
    /// different consistency levels and the unit has none of its own, or where an atomic unit has counters or objects with
    /// a version.
    pub fn commit(&mut self) -> Result<CommitReport> {
        let span = tracing::debug_span!("commit", keyspace = self.pool.keyspace(), changes = self.len());
        let _entered = span.enter();
        let plan = self.plan()?;
        let mut report = CommitReport::default();
        let mut goes_on = self.send_versions(plan.level, &mut report);
        for chunk in plan.columns {
            goes_on = self.send_columns(&chunk, plan.level, goes_on, &mut report);
        }
        for chunk in plan.counters {
            goes_on = self.send_counters(&chunk, plan.level, goes_on, &mut report);
        }
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
    pub fn unknown_counters(&self) -> impl Iterator<Item = (Place, i64)> {
        self.doubtful.iter().map(|(key, family, super_column, name, number)| {
            let family = &self.families[family];
            let at = family.place(key, super_column);
            (at.name(family.comparator(super_column.is_some()), name), number)
        })
    }

    /// Has the next commit send counters of unknown outcome again. What was added after all is then added twice.
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
    pub fn forget_unknown(&mut self) {
        self.doubtful = counters::Counters::default();
    }

    fn recount(&mut self) {
        let counters = self.counters.iter().map(|(.., name, _)| 64 + name.len()).sum::<usize>();
        let columns = self.versions.iter().flat_map(|save| &save.object.columns);
        let versions = columns.map(|(name, value)| 64 + name.len() + value.len()).sum::<usize>();
        self.bytes = self.pending.bytes() + counters + versions;
    }

    /// Fixes timestamps, and encodes all chunks.
    pub(super) fn plan(&mut self) -> Result<Plan> {
        let atomic = self.options.atomic;
        if atomic && !(self.counters.is_empty() && self.versions.is_empty()) {
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

        let most = self.pool.max_frame();
        let (bytes, rows) = (self.options.byte_limit.min(most), self.options.row_limit);
        let families = &self.families;
        let columns = cut(self.pending.rows.iter(), Limits { bytes, most, rows, atomic }, |row, batch| {
            for (family, scopes) in row {
                batch.family(families[*family].cf.name());
                put_scopes(scopes, batch);
            }
        });
        let counters =
            cut(self.counters.rows.iter(), Limits { bytes, most, rows, atomic: false }, |row, batch| {
                for (family, sums) in row {
                    batch.family(families[*family].cf.name());
                    put_sums(sums, batch);
                }
            });
        let too_large = |e: TooLarge| {
            let row = e.key.as_ref().and_then(|key| {
                let pending = self.pending.rows.get(key).and_then(|row| row.keys().next());
                let family =
                    pending.or_else(|| self.counters.rows.get(key).and_then(|row| row.keys().next()))?;
                Some(families[*family].place(key, None))
            });
            let at = row.unwrap_or_else(|| Place::keyspace(self.pool.keyspace()));
            Error::TooLarge { at: Box::new(at), length: e.length, limit: most }
        };
        Ok(Plan { level, columns: columns.map_err(too_large)?, counters: counters.map_err(too_large)? })
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

    fn send_columns(
        &mut self,
        chunk: &Chunk,
        level: ConsistencyLevel,
        goes_on: bool,
        report: &mut CommitReport,
    ) -> bool {
        let outcome = if goes_on {
            self.send(chunk, Call::idempotent(), level, self.options.atomic)
        } else {
            Outcome::NotSent(None)
        };
        let acknowledged = outcome.is_acknowledged();
        let places = if acknowledged { Box::default() } else { self.places(chunk, ChunkKind::Columns) };
        if acknowledged {
            for (key, mut row) in self.pending.take(&chunk.keys) {
                let families = &self.families;
                row.retain(|family, _| families[*family].is_mapped);
                self.bases.acknowledge(key, row, |family, inside| families[family].comparator(inside));
            }
        }
        let bytes = chunk.batch.message_size(self.options.atomic);
        let rows = chunk.keys.len();
        note(ChunkReport { kind: ChunkKind::Columns, rows, bytes, places, outcome }, report);
        goes_on && acknowledged
    }

    fn send_counters(
        &mut self,
        chunk: &Chunk,
        level: ConsistencyLevel,
        goes_on: bool,
        report: &mut CommitReport,
    ) -> bool {
        let outcome =
            if goes_on { self.send(chunk, Call::once(), level, false) } else { Outcome::NotSent(None) };
        let acknowledged = outcome.is_acknowledged();
        let places = if acknowledged { Box::default() } else { self.places(chunk, ChunkKind::Counters) };
        match &outcome {
            Outcome::Unknown(_) => {
                let sent = self.counters.take(&chunk.keys);
                self.doubtful.merge(sent);
            }
            outcome if outcome.is_acknowledged() => drop(self.counters.take(&chunk.keys)),
            _ => {}
        }
        let (bytes, rows) = (chunk.batch.message_size(false), chunk.keys.len());
        note(ChunkReport { kind: ChunkKind::Counters, rows, bytes, places, outcome }, report);
        goes_on && acknowledged
    }

    /// Where the rows of a chunk are.
    pub(super) fn places(&self, chunk: &Chunk, kind: ChunkKind) -> Box<[Place]> {
        let families = |key: &[u8]| -> Vec<usize> {
            if kind == ChunkKind::Counters {
                self.counters.rows.get(key).map(|row| row.keys().copied().collect())
            } else {
                self.pending.rows.get(key).map(|row| row.keys().copied().collect())
            }
            .unwrap_or_default()
        };
        let places = chunk.keys.iter().flat_map(|key| {
            families(key).into_iter().map(move |family| self.families[family].place(key, None))
        });
        places.collect()
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

//! What has become of a load.

use super::Loader;
use super::crew::Failed;
use crate::error::{ChunkKind, ChunkReport, Error, LoadReport, Outcome, Place, Result};
use crate::unit_of_work::counters::Counters;

impl Loader {
    /// Refuses to go on once something has failed.
    pub(super) fn go_on(&mut self) -> Result<()> {
        if self.cut_off || self.crew.state().stopped {
            let report = self.report();
            self.work.discard();
            return Err(Error::Load(Box::new(report)));
        }
        Ok(())
    }

    /// What has become of everything so far, once no call is out any more.
    pub(super) fn report(&mut self) -> LoadReport {
        let mut state = self.crew.wait();
        let failed = std::mem::take(&mut state.failed);
        let mut unsent = Vec::new();
        let mut added = Counters::default();
        for flight in &mut state.flights {
            unsent.extend(flight.columns.drain(..).chain(flight.counters.drain(..)));
            flight.broken = true;
            added.merge(std::mem::take(&mut flight.added));
        }
        let mut report = LoadReport {
            objects: self.objects,
            acknowledged: state.acknowledged,
            chunks: state.chunks,
            bytes: state.bytes,
            counters: state.counters,
            ..LoadReport::default()
        };
        drop(state);
        report.added = self.sums(&added);
        for failed in failed.into_iter().chain(unsent.into_iter().map(|load| Failed { load, error: None })) {
            let Failed { load, error } = failed;
            let outcome = error.map_or(Outcome::NotSent(None), |e| self.work.outcome_of(e));
            if load.kind == ChunkKind::Counters && matches!(outcome, Outcome::Unknown(_)) {
                report.unknown.extend(self.sums(&load.sums));
            }
            let places = load.rows.iter().map(|(family, key)| self.work.families[*family].place(key, None));
            report.failures.push(ChunkReport {
                kind: load.kind,
                rows: load.chunk.rows(),
                bytes: load.chunk.bytes(false),
                places: places.collect(),
                outcome,
            });
        }
        report
    }

    /// Counters, one by one: where, and by how much.
    fn sums(&self, counters: &Counters) -> Vec<(Place, i64)> {
        let sums = counters.iter().map(|(key, family, super_column, name, number)| {
            let family = &self.work.families[family];
            let at = family.place(key, super_column);
            (at.name(family.comparator(super_column.is_some()), name), number)
        });
        sums.collect()
    }
}

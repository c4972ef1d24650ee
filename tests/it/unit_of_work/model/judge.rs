//! Whether a report is true, and the unit holds what it should.

use std::collections::{BTreeMap, BTreeSet};

use cassa::{ChunkKind, ChunkReport, CommitReport, Error, Outcome, Place, UnitOfWork};

use super::rows::{Cells, Model};
use super::trouble::Trouble;

type Rows = BTreeSet<(String, String)>;

/// What a unit would send, as it says itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    columns: Rows,
    counters: Rows,
    versions: Vec<String>,
}

/// A name in quotes, without them.
fn plain(shown: &str) -> String {
    shown.trim_matches('"').to_owned()
}

fn row(place: &Place) -> (String, String) {
    let key = place.row_key.as_deref().expect("a row");
    (place.column_family.as_deref().expect("a column family").to_owned(), plain(key))
}

impl Shown {
    pub(super) fn of(work: &UnitOfWork) -> Shown {
        let mut shown = Shown { columns: Rows::new(), counters: Rows::new(), versions: Vec::new() };
        for line in work.to_string().lines() {
            let (place, what) = line.split_once(": ").expect("where, and what");
            let mut parts = place.split(", ");
            let family = parts.next().and_then(|part| part.strip_prefix("column family "));
            let key = parts.next().and_then(|part| part.strip_prefix("row key "));
            let row = (family.expect("a column family").to_owned(), plain(key.expect("a row")));
            if what.starts_with("write if the version is as read") {
                shown.versions.push(row.1);
            } else if what.starts_with("add ") {
                shown.counters.insert(row);
            } else {
                shown.columns.insert(row);
            }
        }
        shown
    }

    /// Holds it to the model: a row is shown only if something waits for it.
    pub(super) fn is_of(&self, work: &UnitOfWork, model: &Model) {
        let is_dirty = !(self.columns.is_empty() && self.counters.is_empty() && self.versions.is_empty());
        assert_eq!(work.is_dirty(), is_dirty, "{work}");
        assert!(work.len() >= self.columns.len() + self.counters.len() + self.versions.len(), "{work}");
        assert!(is_dirty || work.pending_bytes() == 0 || !work.is_dirty(), "{work}");
        let (mut counters, mut changed) = (Rows::new(), Rows::new());
        for ((family, key), row) in &model.rows {
            let row_id = ((*family).to_owned(), key.clone());
            if !row.adds.is_empty() {
                counters.insert(row_id.clone());
            }
            if !row.changes.is_empty() {
                changed.insert(row_id);
            }
        }
        assert_eq!(self.counters, counters, "{work}");
        assert!(self.columns.is_subset(&changed), "{work}{changed:?}");
        let saves: Vec<&String> = model.saves.iter().map(|save| &save.key).collect();
        assert_eq!(self.versions.iter().collect::<Vec<_>>(), saves, "{work}");
    }
}

impl Model {
    /// What the unit does not send is stored already.
    pub(super) fn settle_unchanged(&mut self, shown: &Shown) {
        for ((family, key), row) in &mut self.rows {
            if !shown.columns.contains(&((*family).to_owned(), key.clone())) {
                for state in &row.states {
                    assert_eq!(row.changed(state), *state, "{family} {key}: nothing is sent: {row:?}");
                }
                row.changes.clear();
            }
        }
    }

    /// Follows the report, and holds what the unit has kept to it.
    pub(super) fn judge(&mut self, report: &CommitReport, before: &Shown, after: &Shown, trouble: &Trouble) {
        let mut left = Shown { columns: Rows::new(), counters: Rows::new(), versions: Vec::new() };
        let mut outcomes: BTreeMap<bool, BTreeMap<(String, String), &Outcome>> = BTreeMap::new();
        let (mut versions, mut rows) = (0, [0; 2]);
        let mut has_ended = false;
        for chunk in report.chunks() {
            assert!(!has_ended || matches!(chunk.outcome, Outcome::NotSent(None)), "{report}");
            has_ended |= !chunk.outcome.is_acknowledged();
            assert_eq!(chunk.outcome.is_acknowledged(), chunk.places.is_empty(), "{chunk:?}");
            assert!(chunk.bytes > 0, "{chunk:?}");
            if chunk.kind == ChunkKind::Version {
                if !chunk.outcome.is_acknowledged() {
                    assert_eq!(row(&chunk.places[0]).1, before.versions[versions]);
                    left.versions.push(before.versions[versions].clone());
                }
                versions += 1;
                self.judge_version(chunk);
                continue;
            }
            let is_counter = chunk.kind == ChunkKind::Counters;
            if chunk.outcome.is_acknowledged() {
                rows[usize::from(is_counter)] += chunk.rows;
                continue;
            }
            let keys: BTreeSet<String> = chunk.places.iter().map(|place| row(place).1).collect();
            assert_eq!(keys.len(), chunk.rows, "{chunk:?}");
            for place in &chunk.places {
                outcomes.entry(is_counter).or_default().insert(row(place), &chunk.outcome);
            }
            if !is_counter {
                left.columns.extend(chunk.places.iter().map(row));
                self.is_rightly_refused(chunk, trouble);
            } else if !matches!(chunk.outcome, Outcome::Unknown(_)) {
                left.counters.extend(chunk.places.iter().map(row));
            }
        }
        assert_eq!(versions, before.versions.len(), "{report}");
        assert_eq!(*after, left, "what is not acknowledged stays, and nothing else: {report}");
        for (is_counter, sent) in [(false, &before.columns), (true, &before.counters)] {
            let failed = outcomes.remove(&is_counter).unwrap_or_default();
            assert!(failed.keys().all(|row| sent.contains(row)), "{report}");
            let kept: BTreeSet<&String> = failed.keys().map(|(_, key)| key).collect();
            let gone: BTreeSet<&String> = sent.iter().map(|(_, key)| key).collect();
            let acknowledged = gone.difference(&kept).count();
            assert_eq!(rows[usize::from(is_counter)], acknowledged, "{report}");
            for row in sent {
                self.follow(row, is_counter, failed.get(row).copied());
            }
        }
    }

    /// Takes over what has become of what waited for a row; no outcome: it is acknowledged.
    fn follow(&mut self, (family, key): &(String, String), is_counter: bool, outcome: Option<&Outcome>) {
        let found = self.rows.iter_mut().find(|((f, k), _)| f == family && k == key);
        let (_, row) = found.expect("something waited for it");
        match (outcome, is_counter) {
            (None, false) => {
                assert!(!row.is_poisoned(), "{family} {key} was taken");
                row.becomes(|row, state| row.changed(state));
                row.changes.clear();
            }
            (None, true) => {
                row.becomes(|row, state| row.added(state));
                row.adds.clear();
            }
            (Some(Outcome::Unknown(_)), false) => row.may_become(|row, state| row.changed(state)),
            (Some(Outcome::Unknown(_)), true) => {
                row.may_become(|row, state| row.added(state));
                for (name, number) in std::mem::take(&mut row.adds) {
                    *row.unknown.entry(name).or_default() += number;
                }
            }
            (Some(_), _) => {}
        }
    }

    /// Nothing is refused that could be stored, and nothing fails for nothing.
    fn is_rightly_refused(&self, chunk: &ChunkReport, trouble: &Trouble) {
        let poisoned = self.poisoned();
        let is_poisoned = chunk.places.iter().map(row).any(|(_, key)| poisoned.contains(&key));
        match &chunk.outcome {
            Outcome::Rejected(Error::InvalidRequest { .. }) => assert!(is_poisoned, "{chunk}"),
            Outcome::NotSent(None) => {}
            Outcome::NotSent(Some(_)) | Outcome::Unknown(_) => assert!(!trouble.is_none(), "{chunk}"),
            _ => panic!("{chunk}"),
        }
    }

    /// The save is the first of those that are not judged yet; those that stay go to the end.
    fn judge_version(&mut self, chunk: &ChunkReport) {
        let mut save = self.saves.remove(0);
        let row = self.row("Accounts", &save.key);
        let states = std::mem::take(&mut row.states);
        let is_ours = |save: &super::rows::Save, state: &Cells| save.doubtful && save.is_in(state);
        match &chunk.outcome {
            Outcome::Applied => {
                let taken = states.iter().any(|state| save.goes_on(state) || is_ours(&save, state));
                assert!(taken, "{chunk}: {save:?} over {states:?}");
                row.states = vec![save.cells()];
            }
            Outcome::Rejected(Error::Conflict { .. }) => {
                row.states = states
                    .into_iter()
                    .filter(|state| !save.goes_on(state) && !is_ours(&save, state))
                    .collect();
                assert!(!row.states.is_empty(), "{chunk}: {save:?}");
            }
            Outcome::NotSent(_) => row.states = states,
            Outcome::Unknown(_) => {
                row.states = states.clone();
                if states.iter().any(|state| save.goes_on(state)) {
                    row.states.push(save.cells());
                }
                save.doubtful = true;
            }
            _ => panic!("{chunk}"),
        }
        if !chunk.outcome.is_acknowledged() {
            self.saves.push(save);
        }
    }

    /// Holds the counters that the unit calls unknown to the model's.
    pub(super) fn expect_unknown(&self, work: &UnitOfWork) {
        let shown = |(place, number): (Place, i64)| (row(&place), number);
        let mut unknown: Vec<_> = work.unknown_counters().map(shown).collect();
        let mut expected: Vec<_> = self
            .rows
            .iter()
            .flat_map(|((family, key), row)| {
                row.unknown.values().map(|number| (((*family).to_owned(), key.clone()), *number))
            })
            .collect();
        unknown.sort();
        expected.sort();
        assert_eq!(unknown, expected);
    }
}

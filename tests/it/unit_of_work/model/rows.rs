//! What each row may hold, and what waits for it.

use std::collections::BTreeMap;

use super::shapes::{Account, Shape};
use super::store::Store;

/// The columns of a row by their names, as they print; the names in super columns with that in front.
pub(super) type Cells = BTreeMap<String, String>;

/// A value that no server takes for text, as it prints.
pub(super) const POISON: &str = "poison";

#[derive(Clone, Debug)]
pub(super) enum Change {
    Put(String, String),
    Delete(String),
    DeleteRange(String, String),
    DeletePrefix(String),
    DeleteAll,
}

/// All names of counters.
const COUNTERS: [&str; 5] = ["hits", "errors", "(1, landed)", "(2, landed)", "(3, landed)"];

/// In front of the name of a counter that was deleted, in a state: on Cassandra it stays so.
const GRAVE: &str = "deleted: ";

#[derive(Debug)]
pub(super) struct Row {
    is_counter: bool,
    /// What may be stored: one state, or several as long as nobody knows.
    pub(super) states: Vec<Cells>,
    pub(super) changes: Vec<Change>,
    /// What waits to be added to counters.
    pub(super) adds: BTreeMap<String, i64>,
    /// What was sent, and may have been added.
    pub(super) unknown: BTreeMap<String, i64>,
}

/// An object with a version that waits.
#[derive(Debug)]
pub(super) struct Save {
    pub(super) key: String,
    /// 0 where there must be none.
    pub(super) expected: i64,
    pub(super) account: Account,
    pub(super) doubtful: bool,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) rows: BTreeMap<(&'static str, String), Row>,
    pub(super) saves: Vec<Save>,
    /// Whether no call that was cut off may still take effect.
    pub(super) is_settled: bool,
}

impl Default for Model {
    fn default() -> Self {
        Model { rows: BTreeMap::new(), saves: Vec::new(), is_settled: true }
    }
}

impl Change {
    fn reaches(&self, name: &str) -> bool {
        match self {
            Change::Put(at, _) | Change::Delete(at) => at == name,
            Change::DeleteRange(start, finish) => **start <= *name && *name <= **finish,
            Change::DeletePrefix(prefix) => name.starts_with(prefix),
            Change::DeleteAll => true,
        }
    }

    fn apply(&self, cells: &mut Cells) {
        cells.retain(|name, _| name.starts_with(GRAVE) || !self.reaches(name));
        if let Change::Put(name, value) = self {
            cells.insert(name.clone(), value.clone());
        }
    }
}

impl Row {
    fn of(family: &str) -> Row {
        let (changes, adds, unknown) = Default::default();
        let is_counter = ["Hits", "Landings"].contains(&family);
        Row { is_counter, states: vec![Cells::new()], changes, adds, unknown }
    }

    /// Whether a counter is to be deleted.
    pub(super) fn deletes(&self, counter: &str) -> bool {
        self.changes.iter().any(|change| change.reaches(counter))
    }

    /// A deletion takes what waits for the counters that it reaches, too.
    pub(super) fn delete(&mut self, change: Change) {
        self.adds.retain(|name, _| !change.reaches(name));
        self.changes.push(change);
    }

    pub(super) fn delete_all(&mut self) {
        self.delete(Change::DeleteAll);
    }

    /// The state after all changes that wait.
    pub(super) fn changed(&self, state: &Cells) -> Cells {
        let mut state = state.clone();
        self.changes.iter().for_each(|change| change.apply(&mut state));
        let graves = COUNTERS.iter().filter(|name| self.is_counter && self.deletes(name));
        state.extend(graves.map(|name| (format!("{GRAVE}{name}"), String::new())));
        state
    }

    /// The state after all additions that wait.
    pub(super) fn added(&self, state: &Cells) -> Cells {
        let mut state = state.clone();
        let lives = |name: &String| !state.contains_key(&format!("{GRAVE}{name}"));
        let adds: Vec<_> = self.adds.iter().filter(|(name, _)| lives(name)).collect();
        for (name, number) in adds {
            let before: i64 = state.get(name).map_or(0, |value| value.parse().expect("a counter"));
            state.insert(name.clone(), (before + number).to_string());
        }
        state
    }

    /// Whether what waits can only be refused.
    pub(super) fn is_poisoned(&self) -> bool {
        self.changed(&Cells::new()).values().any(|value| value == POISON)
    }

    pub(super) fn may_become(&mut self, state: impl Fn(&Row, &Cells) -> Cells) {
        let new: Vec<Cells> = self.states.iter().map(|before| state(self, before)).collect();
        self.states.extend(new);
        self.states.sort();
        self.states.dedup();
    }

    pub(super) fn becomes(&mut self, state: impl Fn(&Row, &Cells) -> Cells) {
        self.states = self.states.iter().map(|before| state(self, before)).collect();
        self.states.sort();
        self.states.dedup();
    }

    /// The one state, where it is known.
    pub(super) fn state(&self) -> Option<&Cells> {
        if let [state] = &self.states[..] { Some(state) } else { None }
    }
}

impl Model {
    pub(super) fn row(&mut self, family: &'static str, key: &str) -> &mut Row {
        self.rows.entry((family, key.to_owned())).or_insert_with(|| Row::of(family))
    }

    pub(super) fn insert<T: Shape>(&mut self, key: &str, object: &T) {
        let row = self.row(T::FAMILY, key);
        let cells = object.cells().into_iter();
        row.changes.extend(cells.filter_map(|(name, value)| Some(Change::Put(name, value?))));
    }

    pub(super) fn save<T: Shape>(&mut self, key: &str, object: &T) {
        let row = self.row(T::FAMILY, key);
        row.changes.extend(object.cells().into_iter().map(|(name, value)| match value {
            Some(value) => Change::Put(name, value),
            None => Change::Delete(name),
        }));
    }

    pub(super) fn remove<T: Shape>(&mut self, key: &str, object: &T) {
        self.row(T::FAMILY, key).delete(match object.prefix() {
            prefix if prefix.is_empty() => Change::DeleteAll,
            prefix if T::FAMILY == "Readings" => Change::Delete(prefix),
            prefix => Change::DeletePrefix(prefix),
        });
    }

    pub(super) fn remove_account(&mut self, key: &str) {
        self.saves.retain(|save| save.key != key);
        self.row("Accounts", key).delete_all();
    }

    pub(super) fn discard(&mut self) {
        self.saves.clear();
        for row in self.rows.values_mut() {
            row.changes.clear();
            row.adds.clear();
            row.unknown.clear();
        }
    }

    pub(super) fn resend_unknown(&mut self) {
        for row in self.rows.values_mut() {
            for (name, number) in std::mem::take(&mut row.unknown) {
                *row.adds.entry(name).or_default() += number;
            }
        }
    }

    pub(super) fn forget_unknown(&mut self) {
        self.rows.values_mut().for_each(|row| row.unknown.clear());
    }

    /// The rows of the plain column family that can only be refused.
    pub(super) fn poisoned(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|(_, row)| row.is_poisoned());
        rows.map(|((_, key), _)| key.clone()).collect()
    }

    /// The accounts with a save that waits and can only be refused.
    pub(super) fn stale(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for ((_, key), row) in self.rows.iter().filter(|((family, _), _)| *family == "Accounts") {
            let Some(save) = self.saves.iter().find(|save| save.key == *key) else { continue };
            let goes = |state: &Cells| save.goes_on(state) || save.doubtful && save.is_in(state);
            if !row.states.iter().any(goes) {
                stale.push(key.clone());
            }
        }
        stale
    }

    /// Holds what is stored to what may be.
    pub(super) fn compare(&mut self, store: &Store, at_the_end: bool) {
        for ((family, key), row) in &mut self.rows {
            let actual = store.row(family, key);
            let is_actual =
                |state: &&Cells| state.iter().filter(|(name, _)| !name.starts_with(GRAVE)).eq(actual.iter());
            let found: Vec<Cells> = row.states.iter().filter(is_actual).cloned().collect();
            assert!(!found.is_empty(), "{family} {key} holds {actual:?}, one of {:?} expected", row.states);
            if self.is_settled {
                row.states = found;
            }
            assert!(!at_the_end || row.changes.is_empty() && row.adds.is_empty(), "{family} {key}: {row:?}");
        }
    }
}

impl Save {
    pub(super) fn cells(&self) -> Cells {
        self.account.cells().into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Whether it may be written over this.
    pub(super) fn goes_on(&self, state: &Cells) -> bool {
        state.get("version").map_or("0", |version| version) == self.expected.to_string()
    }

    /// Whether it is this.
    pub(super) fn is_in(&self, state: &Cells) -> bool {
        *state == self.cells()
    }
}

//! Random writes, deletions, counts, expiry, reads and restarts against a plain model of the rules.

mod calls;
mod model;
mod random;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cassa::wire::{Column, ColumnOrSuperColumn, ConsistencyLevel, KeyRange, KsDef, methods};
use cassa::{EmbeddedServer, ManualClock};
use tempfile::TempDir;

use self::model::{Row, Shown, Wanted, Which};
use self::random::{Change, FAMILIES, Family, KEYS, Random};
use super::raw::{Client, bytes, keyspace_definition};

const OPERATIONS: u64 = 2000;
const RESTART_EVERY: u64 = 700;
const GC_GRACE: Duration = Duration::from_secs(864_000);
const ONE: ConsistencyLevel = ConsistencyLevel::One;

fn seed() -> u64 {
    let given = std::env::var("CASSA_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64 | 1
    });
    eprintln!("to run this again: CASSA_SEED={seed}");
    seed
}

/// A server, and what it should hold.
struct Twins {
    random: Random,
    directory: TempDir,
    clock: ManualClock,
    server: Option<EmbeddedServer>,
    client: Client,
    model: BTreeMap<(&'static str, &'static str), Row>,
    /// For the messages.
    at: String,
}

impl Twins {
    fn new(seed: u64) -> Twins {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = ManualClock::new();
        let server = Twins::start(&directory, &clock);
        let mut client = Client::of(&server);
        let cf_defs = FAMILIES.map(|family| calls::definition("Model", family)).to_vec();
        let ks_def = KsDef { cf_defs, ..keyspace_definition("Model") };
        client.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
        let rows = FAMILIES.iter().flat_map(|family| KEYS.map(|key| ((family.name, key), Row::default())));
        Twins {
            random: Random(seed),
            directory,
            clock,
            server: Some(server),
            client: client.use_keyspace("Model"),
            model: rows.collect(),
            at: String::new(),
        }
    }

    fn start(directory: &TempDir, clock: &ManualClock) -> EmbeddedServer {
        EmbeddedServer::builder().path(directory.path()).clock(clock).start().expect("a server")
    }

    fn restart(&mut self) {
        drop(self.server.take());
        let server = Twins::start(&self.directory, &self.clock);
        self.client = Client::of(&server).use_keyspace("Model");
        self.server = Some(server);
    }

    fn now(&self) -> i64 {
        self.clock.now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() as i64
    }

    fn row(&mut self, family: Family, key: &'static str) -> &mut Row {
        self.model.get_mut(&(family.name, key)).expect("a row of the model")
    }

    /// Changes one row by a call of its own.
    fn call_alone(&mut self) {
        let (family, key, now) = (self.random.family(), self.random.key(), self.now());
        let change = self.random.change(family);
        if calls::call_alone(&mut self.client, family, key, &change) {
            let mut batch = Row::default();
            change.apply(&mut batch, now);
            self.row(family, key).apply(batch);
        }
    }

    /// Changes a few rows of a few column families in a batch.
    fn batch(&mut self) {
        let now = self.now();
        let mut rows: BTreeMap<&'static str, BTreeMap<&'static str, (Family, Row, Vec<_>)>> = BTreeMap::new();
        for _ in 0..1 + self.random.below(3) {
            let (family, key) = (self.random.family(), self.random.key());
            let families = rows.entry(key).or_default();
            let (_, batch, mutations) =
                families.entry(family.name).or_insert_with(|| (family, Row::default(), Vec::new()));
            for _ in 0..1 + self.random.below(10) {
                let change = self.random.change(family);
                change.apply(batch, now);
                mutations.push(calls::mutation(family, &change));
            }
        }
        let counters = rows.values().flat_map(BTreeMap::values).any(|(family, ..)| family.counters);
        let atomic = !counters && self.random.below(2) == 0;
        let mut mutation_map = Vec::new();
        for (key, families) in rows {
            let mut of_key = Vec::new();
            for (name, (family, batch, mutations)) in families {
                self.row(family, key).apply(batch);
                of_key.push((name.to_owned(), mutations));
            }
            mutation_map.push((bytes(key), of_key));
        }
        let applied = if atomic {
            self.client.call(&methods::AtomicBatchMutate { mutation_map, consistency_level: ONE })
        } else {
            self.client.call(&methods::BatchMutate { mutation_map, consistency_level: ONE })
        };
        applied.expect("the batch is applied");
    }

    /// Reads a row in one of the ways there are, and compares.
    fn read(&mut self) {
        let (family, key, now) = (self.random.family(), self.random.key(), self.now());
        let wanted = self.random.wanted(family);
        let expected = self.row(family, key).read(now, &wanted);
        let count = wanted.count(&expected);
        let (column_parent, predicate) = (calls::parent(family, &wanted), calls::predicate(&wanted));
        let (key, keys) = (bytes(key), vec![bytes(key)]);
        let at = format!("{}: {family:?} {key:?} {wanted:?}", self.at);
        let client = &mut self.client;
        match self.random.below(4) {
            0 => {
                let call = methods::GetCount { key, column_parent, predicate, consistency_level: ONE };
                assert_eq!(client.call(&call), Ok(count as i32), "{at}");
            }
            1 => {
                let call = methods::MultigetCount { keys, column_parent, predicate, consistency_level: ONE };
                assert_eq!(client.call(&call), Ok(vec![(key, count as i32)]), "{at}");
            }
            2 => {
                let call = methods::MultigetSlice { keys, column_parent, predicate, consistency_level: ONE };
                let mut rows = client.call(&call).expect("rows");
                let (_, columns) = rows.pop().expect("a row");
                assert_eq!(calls::shown(wanted.super_column.as_ref(), columns), expected, "{at}");
            }
            _ => {
                let call = methods::GetSlice { key, column_parent, predicate, consistency_level: ONE };
                let columns = client.call(&call).expect("a slice");
                assert_eq!(calls::shown(wanted.super_column.as_ref(), columns), expected, "{at}");
            }
        }
    }

    /// Reads all rows of a column family, and compares.
    fn scan(&mut self) {
        let (family, now) = (self.random.family(), self.now());
        let wanted = self.random.wanted(family);
        let (column_parent, predicate) = (calls::parent(family, &wanted), calls::predicate(&wanted));
        let range = || KeyRange {
            start_key: Some(Bytes::new()),
            end_key: Some(Bytes::new()),
            count: 1_000_000,
            ..KeyRange::default()
        };
        let call =
            methods::GetRangeSlices { column_parent, predicate, range: range(), consistency_level: ONE };
        let rows = self.client.call(&call).expect("rows");
        let at = format!("{}: all rows of {family:?} {wanted:?}", self.at);
        self.compare_rows(family, &wanted, now, rows, &at);

        let all =
            Which::Slice { start: String::new(), finish: String::new(), reversed: false, count: usize::MAX };
        let whole = Wanted { is_super: family.is_super, super_column: None, which: all };
        let call = methods::GetPagedSlice {
            column_family: family.name.to_owned(),
            range: range(),
            start_column: Bytes::new(),
            consistency_level: ONE,
        };
        let rows = self.client.call(&call).expect("rows");
        self.compare_rows(family, &whole, now, rows, &at);
    }

    fn compare_rows(
        &self,
        family: Family,
        wanted: &Wanted,
        now: i64,
        rows: Vec<cassa::wire::KeySlice>,
        at: &str,
    ) {
        let there = |key: &&str| self.model[&(family.name, *key)].is_there();
        let expected: Vec<(Bytes, Vec<Shown>)> = KEYS
            .into_iter()
            .filter(there)
            .map(|key| (bytes(key), self.model[&(family.name, key)].read(now, wanted)))
            .collect();
        let mut got: Vec<(Bytes, Vec<Shown>)> = rows
            .into_iter()
            .map(|row| (row.key, calls::shown(wanted.super_column.as_ref(), row.columns)))
            .collect();
        got.sort_by_key(calls::key_of);
        assert_eq!(got, expected, "{at}");
    }
}

#[test]
fn rows_are_what_a_plain_model_says() {
    let seed = seed();
    let mut twins = Twins::new(seed);
    for operation in 1..=OPERATIONS {
        twins.at = format!("operation {operation}, seed {seed}");
        match twins.random.below(8) {
            0..=2 => twins.batch(),
            _ => twins.call_alone(),
        }
        if twins.random.below(4) == 0 {
            let pause = twins.random.below(30);
            twins.clock.advance(Duration::from_secs(pause));
        }
        if operation % RESTART_EVERY == 0 {
            twins.restart();
        }
        twins.read();
        if operation % 50 == 0 {
            twins.scan();
        }
    }
}

/// What is read does not change when a row forgets its old deletions: what they hid stays away.
#[test]
fn rows_forget_deletions_and_nothing_comes_back() {
    let seed = seed();
    let mut twins = Twins::new(seed);
    for round in 1..=15 {
        for operation in 1..=60 {
            twins.at = format!("round {round}, operation {operation}, seed {seed}");
            match twins.random.below(4) {
                0 => twins.call_alone(),
                _ => twins.batch(),
            }
        }
        twins.clock.advance(GC_GRACE + Duration::from_secs(1));
        if round % 5 == 0 {
            twins.restart();
        }
        // each row is written once more, where no column is
        let now = twins.now();
        for family in FAMILIES {
            for key in KEYS {
                let names = vec!["zz".to_owned()];
                let super_column = family.is_super.then(|| "zz".to_owned());
                let change = Change::DeleteColumns { super_column, names, timestamp: 0 };
                assert!(calls::call_alone(&mut twins.client, family, key, &change));
                let mut batch = Row::default();
                change.apply(&mut batch, now);
                twins.row(family, key).apply(batch);
            }
        }
        for reading in 1..=60 {
            twins.at = format!("round {round}, reading {reading}, seed {seed}");
            twins.read();
        }
        twins.scan();
        for family in FAMILIES {
            let cfname = family.name.to_owned();
            twins.client.call(&methods::Truncate { cfname }).expect("truncated");
        }
        twins.model.values_mut().for_each(|row| *row = Row::default());
    }
}

#[test]
fn conditional_updates_are_what_a_map_says() {
    let seed = seed();
    let mut twins = Twins::new(seed);
    let mut model: BTreeMap<String, String> = BTreeMap::new();
    let mut last = 0;
    for operation in 1..=600 {
        let name = format!("n{}", twins.random.below(4));
        let value = format!("v{operation}");
        let column = |name: &str, value: &str| Column {
            name: bytes(name),
            value: Some(bytes(value)),
            ..Column::default()
        };
        let update = Column { timestamp: Some(1), ..column(&name, &value) };
        let (expected, applies, current) = match twins.random.below(4) {
            0 => (Vec::new(), model.is_empty(), model.iter().take(1).collect::<Vec<_>>()),
            1 => {
                let current = model.get_key_value(&name).into_iter().collect();
                (vec![column(&name, "another")], false, current)
            }
            _ => {
                let current: Vec<_> = model.get_key_value(&name).into_iter().collect();
                let expected: Vec<_> = current.iter().map(|(name, value)| column(name, value)).collect();
                let applies = !expected.is_empty() || model.is_empty();
                let current = if expected.is_empty() { model.iter().take(1).collect() } else { current };
                (expected, applies, current)
            }
        };
        let call = methods::Cas {
            key: bytes("k"),
            column_family: "S".to_owned(),
            expected: Some(expected),
            updates: vec![update],
            serial_consistency_level: ConsistencyLevel::Serial,
            commit_consistency_level: ONE,
        };
        let result = twins.client.call(&call).expect("an answer");
        assert_eq!(result.success, applies, "operation {operation}, seed {seed}");
        let shown = |columns: &[Column]| -> Vec<_> {
            columns.iter().map(|column| (column.name.clone(), column.value.clone())).collect()
        };
        let there: Vec<_> = current.iter().map(|(name, value)| (bytes(name), Some(bytes(value)))).collect();
        let values = result.current_values.as_deref().map(shown);
        assert_eq!(values, (!applies).then_some(there), "operation {operation}, seed {seed}");
        if applies {
            model.insert(name.clone(), value);
            last = newer(&mut twins.client, &name, last);
        }
        match twins.random.below(40) {
            0 => twins.restart(),
            1 if !model.is_empty() => {
                // a deletion of the server's time: the row is empty again
                last += 1;
                let column_path =
                    cassa::wire::ColumnPath { column_family: "S".to_owned(), ..Default::default() };
                let call =
                    methods::Remove { key: bytes("k"), column_path, timestamp: last, consistency_level: ONE };
                twins.client.call(&call).expect("removed");
                twins.clock.advance(Duration::from_secs(1));
                model.clear();
            }
            _ => {}
        }
    }
}

/// The timestamp of a column that was just written, which must be greater than the last one.
fn newer(client: &mut Client, name: &str, last: i64) -> i64 {
    let column_path = cassa::wire::ColumnPath {
        column_family: "S".to_owned(),
        super_column: None,
        column: Some(bytes(name)),
    };
    let call = methods::Get { key: bytes("k"), column_path, consistency_level: ONE };
    let ColumnOrSuperColumn { column, .. } = client.call(&call).expect("the column");
    let timestamp = column.and_then(|column| column.timestamp).expect("a timestamp");
    assert!(timestamp > last, "{timestamp} after {last}");
    timestamp
}

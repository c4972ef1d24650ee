//! Random writes, deletions, reads and restarts against a plain model of the rules.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cassa::EmbeddedServer;
use cassa::wire::{Column, ConsistencyLevel, Mutation, SlicePredicate, methods};

use super::raw::{Client, all, bytes, deleted, names, slice, written};

const KEYS: [&str; 4] = ["k0", "k1", "k2", "k3"];
/// Enough names of enough bytes for rows of several chunks.
const NAMES: u64 = 70;
const TTL: i32 = 100_000;
const OPERATIONS: u64 = 2500;
const RESTART_EVERY: u64 = 600;

/// A generator of which one number gives all others.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn key(&mut self) -> &'static str {
        KEYS[self.below(KEYS.len() as u64) as usize]
    }

    fn name(&mut self) -> String {
        format!("n{:02}", self.below(NAMES))
    }

    /// A name that no column has, or an open bound.
    fn bound(&mut self) -> String {
        if self.below(6) == 0 { String::new() } else { self.name() + "~" }
    }

    fn timestamp(&mut self) -> i64 {
        self.below(60) as i64
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Cell {
    timestamp: i64,
    /// `None` for a deletion.
    value: Option<String>,
    ttl: Option<i32>,
}

#[derive(Debug, Default)]
struct Row {
    touched: bool,
    deleted: Option<i64>,
    ranges: Vec<(String, String, i64)>,
    cells: BTreeMap<String, Cell>,
}

impl Row {
    fn write(&mut self, name: &str, new: Cell) {
        self.touched = true;
        let Some(old) = self.cells.get(name) else {
            self.cells.insert(name.to_owned(), new);
            return;
        };
        let strength = |cell: &Cell| (cell.timestamp, cell.value.is_none(), cell.value.clone());
        if strength(&new) > strength(old) {
            self.cells.insert(name.to_owned(), new);
        }
    }

    fn live(&self) -> Vec<(String, String, i64, Option<i32>)> {
        let is_deleted = |name: &str, timestamp: i64| {
            self.deleted.is_some_and(|deleted| timestamp <= deleted)
                || self.ranges.iter().any(|(start, finish, deleted)| {
                    name >= start.as_str()
                        && (finish.is_empty() || name <= finish.as_str())
                        && timestamp <= *deleted
                })
        };
        self.cells
            .iter()
            .filter(|(name, cell)| !is_deleted(name, cell.timestamp))
            .filter_map(|(name, cell)| Some((name.clone(), cell.value.clone()?, cell.timestamp, cell.ttl)))
            .collect()
    }

    fn read(&self, predicate: &SlicePredicate) -> Vec<(String, String, i64, Option<i32>)> {
        let mut live = self.live();
        if let Some(names) = &predicate.column_names {
            live.retain(|(name, ..)| names.iter().any(|wanted| wanted == name.as_bytes()));
        } else if let Some(range) = &predicate.slice_range {
            let (low, high) =
                if range.reversed { (&range.finish, &range.start) } else { (&range.start, &range.finish) };
            live.retain(|(name, ..)| name.as_bytes() >= low && (high.is_empty() || name.as_bytes() <= high));
            if range.reversed {
                live.reverse();
            }
            live.truncate(range.count as usize);
        }
        live
    }
}

fn shown(columns: Vec<Column>) -> Vec<(String, String, i64, Option<i32>)> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).expect("text");
    let shown = |column: Column| {
        let value = column.value.map(text).expect("a value");
        (text(column.name), value, column.timestamp.expect("a timestamp"), column.ttl)
    };
    columns.into_iter().map(shown).collect()
}

fn value(random: &mut Random) -> String {
    // a few values, so that timestamps tie with equal and with other ones; some of them large
    let letter = char::from(b'a' + random.below(3) as u8);
    let length = match random.below(40) {
        0 => 6000,
        1..=20 => 250,
        _ => 3,
    };
    letter.to_string().repeat(length)
}

fn mutation(random: &mut Random, row: &mut Row) -> Mutation {
    let timestamp = random.timestamp();
    match random.below(30) {
        0 => {
            row.touched = true;
            row.deleted = row.deleted.max(Some(timestamp - 30));
            deleted(timestamp - 30, None)
        }
        1..=2 => {
            row.touched = true;
            let (one, other) = (random.bound(), random.bound());
            let (start, finish) = if !other.is_empty() && one > other { (other, one) } else { (one, other) };
            row.ranges.push((start.clone(), finish.clone(), timestamp - 10));
            deleted(timestamp - 10, Some(slice(&start, &finish, false, 100)))
        }
        3..=7 => {
            let name = random.name();
            row.write(&name, Cell { timestamp, value: None, ttl: None });
            deleted(timestamp, Some(names([name.as_str()])))
        }
        kind => {
            let (name, value) = (random.name(), value(random));
            let ttl = (kind == 8).then_some(TTL);
            row.write(&name, Cell { timestamp, value: Some(value.clone()), ttl });
            written(Column { name: bytes(name), value: Some(bytes(value)), timestamp: Some(timestamp), ttl })
        }
    }
}

fn predicate(random: &mut Random) -> SlicePredicate {
    if random.below(3) == 0 {
        let wanted: Vec<String> = (0..random.below(5)).map(|_| random.name()).collect();
        return names(wanted.iter().map(String::as_str));
    }
    let bound = |random: &mut Random| if random.below(3) == 0 { String::new() } else { random.name() };
    let (one, other, reversed) = (bound(random), bound(random), random.below(2) == 0);
    let wrong = !one.is_empty() && !other.is_empty() && (one > other) != reversed && one != other;
    let (start, finish) = if wrong { (other, one) } else { (one, other) };
    slice(&start, &finish, reversed, random.below(30) as i32)
}

#[test]
fn rows_are_what_a_plain_model_says() {
    let seed = std::env::var("CASSA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64 | 1
    });
    eprintln!("to run this again: CASSA_SEED={seed}");
    let mut random = Random(seed);
    let directory = tempfile::tempdir().expect("a directory");
    let start = || EmbeddedServer::builder().path(directory.path()).start().expect("a server");
    let mut server = start();
    let mut client = Client::of(&server).with_keyspace("Model", &[("S", "UTF8Type")]);
    let mut model: BTreeMap<&str, Row> = KEYS.into_iter().map(|key| (key, Row::default())).collect();

    for operation in 1..=OPERATIONS {
        let mut rows: Vec<(Bytes, Vec<Mutation>)> = Vec::new();
        for _ in 0..1 + random.below(2) {
            let key = random.key();
            if rows.iter().all(|(other, _)| other != key) {
                let row = model.get_mut(key).expect("a key of the model");
                let mutations = (0..1 + random.below(12)).map(|_| mutation(&mut random, row)).collect();
                rows.push((bytes(key), mutations));
            }
        }
        client.batch("S", rows);
        if operation % RESTART_EVERY == 0 {
            server.stop();
            server = start();
            client = Client::of(&server).use_keyspace("Model");
        }
        let (key, wanted) = (random.key(), predicate(&mut random));
        let expected = model[key].read(&wanted);
        let got = shown(client.get_slice("S", key, wanted.clone()));
        assert_eq!(got, expected, "operation {operation}, seed {seed}: {key} {wanted:?}");
        let call = methods::GetCount {
            key: bytes(key),
            column_parent: cassa::wire::ColumnParent { column_family: "S".to_owned(), super_column: None },
            predicate: wanted.clone(),
            consistency_level: ConsistencyLevel::One,
        };
        assert_eq!(client.call(&call), Ok(expected.len() as i32), "operation {operation}, seed {seed}");
        if operation % 50 == 0 {
            let wanted = if operation % 100 == 0 { all() } else { predicate(&mut random) };
            let mut expected: Vec<_> = model
                .iter()
                .filter(|(_, row)| row.touched)
                .map(|(key, row)| (bytes(key), row.read(&wanted)))
                .collect();
            let mut got: Vec<_> =
                client.rows("S", wanted).into_iter().map(|(key, columns)| (key, shown(columns))).collect();
            expected.sort_by(|one, other| one.0.cmp(&other.0));
            got.sort_by(|one, other| one.0.cmp(&other.0));
            assert_eq!(got, expected, "operation {operation}, seed {seed}: all rows");
        }
    }
}

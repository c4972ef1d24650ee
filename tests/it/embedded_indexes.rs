//! Secondary indexes: random writes, deletions, expiry and restarts against a plain model, and what becomes of
//! an index when its column family changes.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cassa::wire::{
    CfDef, Column, ColumnDef, ColumnParent, ConsistencyLevel, Exception, IndexClause, IndexExpression,
    IndexOperator, IndexType, KeyRange, Mutation, SlicePredicate, methods,
};
use cassa::{EmbeddedServer, ManualClock};

use super::raw::{Client, all, bytes, column, deleted, keyspace_definition, names, slice, written};

const KEYS: u64 = 24;
const VALUES: [&str; 4] = ["AK", "CA", "TX", "UT"];
const GC_GRACE: i64 = 50;
const OPERATIONS: u64 = 700;
const RESTART_EVERY: u64 = 300;

fn indexed(name: &str, class: &str, index: bool) -> ColumnDef {
    ColumnDef {
        name: bytes(name),
        validation_class: class.to_owned(),
        index_type: index.then_some(IndexType::Keys),
        ..ColumnDef::default()
    }
}

fn users(state: bool, born: bool) -> CfDef {
    CfDef {
        keyspace: "Indexed".to_owned(),
        name: "Users".to_owned(),
        comparator_type: Some("UTF8Type".to_owned()),
        column_metadata: Some(vec![
            indexed("born", "LongType", born),
            indexed("state", "UTF8Type", state),
            indexed("score", "LongType", false),
        ]),
        default_validation_class: Some("UTF8Type".to_owned()),
        gc_grace_seconds: Some(GC_GRACE as i32),
        ..CfDef::default()
    }
}

fn expression(column: &str, op: IndexOperator, value: impl AsRef<[u8]>) -> IndexExpression {
    IndexExpression { column_name: bytes(column), op, value: bytes(value) }
}

fn parent() -> ColumnParent {
    ColumnParent { column_family: "Users".to_owned(), super_column: None }
}

fn try_find(
    client: &mut Client,
    expressions: Vec<IndexExpression>,
    start_key: &[u8],
    count: i32,
    column_predicate: SlicePredicate,
) -> Result<Vec<(Bytes, Vec<Bytes>)>, Exception> {
    let index_clause = IndexClause { expressions, start_key: bytes(start_key), count };
    let (column_parent, consistency_level) = (parent(), ConsistencyLevel::One);
    let call = methods::GetIndexedSlices { column_parent, index_clause, column_predicate, consistency_level };
    let rows = client.call(&call)?;
    let names = |columns: Vec<cassa::wire::ColumnOrSuperColumn>| {
        columns.into_iter().map(|one| one.column.expect("a column").name).collect()
    };
    Ok(rows.into_iter().map(|row| (row.key, names(row.columns))).collect())
}

fn find(client: &mut Client, expressions: Vec<IndexExpression>) -> Vec<Bytes> {
    let rows = try_find(client, expressions, b"", 1000, names(["nothing"])).expect("rows");
    assert!(rows.iter().all(|(_, columns)| columns.is_empty()));
    rows.into_iter().map(|(key, _)| key).collect()
}

/// The rows of a range that a filter admits.
fn filtered(client: &mut Client, expressions: Vec<IndexExpression>, start: &[u8]) -> Vec<Bytes> {
    let range = KeyRange {
        start_key: Some(bytes(start)),
        end_key: Some(Bytes::new()),
        count: 1000,
        row_filter: Some(expressions),
        ..KeyRange::default()
    };
    let (column_parent, consistency_level) = (parent(), ConsistencyLevel::One);
    let call = methods::GetRangeSlices { column_parent, predicate: all(), range, consistency_level };
    client.call(&call).expect("rows").into_iter().map(|row| row.key).collect()
}

/// All row keys, in the order of their tokens.
fn ring(client: &mut Client) -> Vec<Bytes> {
    client.rows("Users", names(["nothing"])).into_iter().map(|(key, _)| key).collect()
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

#[derive(Clone, Debug)]
struct Cell {
    timestamp: i64,
    value: Option<Vec<u8>>,
    expiry: Option<i64>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    deleted: i64,
    ranges: Vec<(&'static str, &'static str, i64)>,
    cells: BTreeMap<&'static str, Cell>,
}

impl Row {
    fn write(&mut self, name: &'static str, new: Cell) {
        let strength = |cell: &Cell| (cell.timestamp, cell.value.is_none(), cell.value.clone());
        let stays = self.cells.get(name).is_some_and(|old| match strength(old).cmp(&strength(&new)) {
            // of equal cells the later expiry counts, and the old one where one of them never expires
            Ordering::Equal => old.expiry.is_none() || new.expiry.is_none() || old.expiry >= new.expiry,
            order => order == Ordering::Greater,
        });
        if !stays {
            self.cells.insert(name, new);
        }
    }

    fn cell(&self, name: &str) -> Option<&Cell> {
        let cell = self.cells.get(name)?;
        let ranged = self.ranges.iter().any(|(start, finish, timestamp)| {
            *start < name && name < *finish && cell.timestamp <= *timestamp
        });
        (cell.timestamp > self.deleted && !ranged).then_some(cell)
    }

    fn live(&self, name: &str, now: i64) -> Option<&[u8]> {
        let cell = self.cell(name).filter(|cell| cell.expiry.is_none_or(|expiry| now < expiry))?;
        cell.value.as_deref()
    }

    /// What Cassandra compares in a filter: within gc_grace, also a value that has expired.
    fn stored(&self, name: &str, now: i64) -> Option<&[u8]> {
        let kept = |cell: &&Cell| cell.expiry.is_none_or(|expiry| expiry >= now - GC_GRACE);
        self.cell(name).filter(kept)?.value.as_deref()
    }
}

/// A random change of a row, in the model and as a mutation.
fn change(random: &mut Random, row: &mut Row, timestamp: i64, now: i64) -> Mutation {
    match random.below(12) {
        0 => {
            row.deleted = row.deleted.max(timestamp);
            deleted(timestamp, None)
        }
        1 => {
            // bounds that no column has, so that nothing meets there
            let (start, finish) = [("a", "z"), ("bo", "bz"), ("sp", "t")][random.below(3) as usize];
            row.ranges.push((start, finish, timestamp));
            deleted(timestamp, Some(slice(start, finish, false, 1)))
        }
        2..=3 => {
            let name = ["born", "state"][random.below(2) as usize];
            row.write(name, Cell { timestamp, value: None, expiry: None });
            deleted(timestamp, Some(names([name])))
        }
        kind => {
            let (name, value) = if random.below(2) == 0 {
                ("state", VALUES[random.below(4) as usize].as_bytes().to_vec())
            } else {
                ("born", (1970 + random.below(4) as i64).to_be_bytes().to_vec())
            };
            let ttl = (kind == 4).then(|| 1 + random.below(20) as i32);
            let expiry = ttl.map(|ttl| now + i64::from(ttl));
            row.write(name, Cell { timestamp, value: Some(value.clone()), expiry });
            written(Column { name: bytes(name), value: Some(bytes(value)), timestamp: Some(timestamp), ttl })
        }
    }
}

#[test]
fn indexes_find_what_a_plain_model_says() {
    let seed = std::env::var("CASSA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64 | 1
    });
    eprintln!("to run this again: CASSA_SEED={seed}");
    let mut random = Random(seed);
    let directory = tempfile::tempdir().expect("a directory");
    let clock = ManualClock::new();
    let mut now = 0_i64;
    let start = || EmbeddedServer::builder().path(directory.path()).clock(&clock).start().expect("a server");
    let mut server = start();
    let mut client = Client::of(&server);
    client.call(&methods::SystemAddKeyspace { ks_def: keyspace_definition("Indexed") }).expect("it is new");
    let mut client = client.use_keyspace("Indexed");
    // the second index comes when there are rows already
    client.call(&methods::SystemAddColumnFamily { cf_def: users(true, false) }).expect("it is new");
    let mut born = false;
    let mut model: BTreeMap<Bytes, Row> = BTreeMap::new();

    for operation in 1..=OPERATIONS {
        let mut rows: BTreeMap<Bytes, Vec<Mutation>> = BTreeMap::new();
        for _ in 0..1 + random.below(3) {
            let key = bytes(format!("u{:02}", random.below(KEYS)));
            let row = model.entry(key.clone()).or_default();
            // timestamps tie and go back
            let timestamp = 1 + operation as i64 / 4 + random.below(6) as i64;
            rows.entry(key).or_default().push(change(&mut random, row, timestamp, now));
        }
        client.batch("Users", rows.into_iter().collect());
        if random.below(4) == 0 {
            let seconds = random.below(4);
            clock.advance(std::time::Duration::from_secs(seconds));
            now += seconds as i64;
        }
        if operation % 90 == 0 {
            server.compact().expect("compacted");
        }
        if operation % RESTART_EVERY == 0 {
            server.stop();
            server = start();
            client = Client::of(&server).use_keyspace("Indexed");
        }
        if operation % 230 == 0 {
            born = !born;
            client.call(&methods::SystemUpdateColumnFamily { cf_def: users(true, born) }).expect("altered");
        }
        let state = VALUES[random.below(4) as usize];
        let year = (1970 + random.below(4) as i64).to_be_bytes();
        let by_state = |row: &Row| row.live("state", now) == Some(state.as_bytes());
        let by_year = |row: &Row| row.live("born", now) == Some(&year[..]);
        let order = ring(&mut client);
        let expect = |admits: &dyn Fn(&Row) -> bool| -> Vec<Bytes> {
            order.iter().filter(|key| model.get(*key).is_some_and(admits)).cloned().collect()
        };
        let say = format!("operation {operation}, seed {seed}");
        let state_is = || expression("state", IndexOperator::Eq, state);
        let year_is = || expression("born", IndexOperator::Eq, year);
        assert_eq!(find(&mut client, vec![state_is()]), expect(&by_state), "{say}: {state}");
        // the first comparison goes by its index, the second looks at what is stored
        let both = |row: &Row| by_year(row) && row.stored("state", now) == Some(state.as_bytes());
        if born {
            assert_eq!(find(&mut client, vec![year_is()]), expect(&by_year), "{say}");
            assert_eq!(find(&mut client, vec![year_is(), state_is()]), expect(&both), "{say}");
        }
        let from = &order[random.below(order.len() as u64) as usize];
        let after: Vec<Bytes> = order.iter().skip_while(|key| *key != from).cloned().collect();
        let mut expected = expect(&by_state);
        expected.retain(|key| after.contains(key));
        assert_eq!(filtered(&mut client, vec![state_is()], from), expected, "{say}: from {from:?}");
        let limited = try_find(&mut client, vec![state_is()], from, 2, all()).expect("rows");
        let keys: Vec<Bytes> = limited.into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, expected[..expected.len().min(2)], "{say}: two from {from:?}");
    }
}

fn client() -> (EmbeddedServer, Client) {
    let server = EmbeddedServer::start().expect("a server");
    let mut client = Client::of(&server);
    client.call(&methods::SystemAddKeyspace { ks_def: keyspace_definition("Indexed") }).expect("it is new");
    let mut client = client.use_keyspace("Indexed");
    client.call(&methods::SystemAddColumnFamily { cf_def: users(true, false) }).expect("it is new");
    (server, client)
}

fn state_is(state: &str) -> Vec<IndexExpression> {
    vec![expression("state", IndexOperator::Eq, state)]
}

#[test]
fn an_index_comes_and_goes_with_its_column_family() {
    let (_server, mut client) = client();
    // wide rows, in which the column stands behind many others
    for row in 0..300 {
        let filler = (0..60).map(|i| written(column(format!("c{i:02}"), [b'v'; 100], 1)));
        let state = written(column("state", VALUES[row % 4], 1));
        let born = written(column("born", 1970_i64.to_be_bytes(), 1));
        let filler = filler.take(if row % 50 == 0 { 60 } else { 1 });
        client.batch("Users", vec![(bytes(format!("row{row}")), filler.chain([state, born]).collect())]);
    }
    assert_eq!(find(&mut client, state_is("TX")).len(), 75);
    let year = || vec![expression("born", IndexOperator::Eq, 1970_i64.to_be_bytes())];
    let update = |client: &mut Client, cf_def| client.call(&methods::SystemUpdateColumnFamily { cf_def });
    let none = try_find(&mut client, year(), b"", 10, all());
    assert!(matches!(none, Err(Exception::InvalidRequest(_))), "{none:?}");
    update(&mut client, users(true, true)).expect("another index");
    assert_eq!(find(&mut client, year()).len(), 300);
    update(&mut client, users(false, true)).expect("without the first");
    let none = try_find(&mut client, state_is("TX"), b"", 10, all());
    assert!(matches!(none, Err(Exception::InvalidRequest(_))), "{none:?}");
    // written while there is no index
    client.insert("Users", "row0", column("state", "TX", 2));
    update(&mut client, users(true, true)).expect("made anew");
    assert_eq!(find(&mut client, state_is("TX")).len(), 76);
    client.call(&methods::Truncate { cfname: "Users".to_owned() }).expect("truncated");
    assert_eq!(find(&mut client, state_is("TX")), [] as [Bytes; 0]);
    assert_eq!(find(&mut client, year()), [] as [Bytes; 0]);
    client.insert("Users", "again", column("state", "TX", 1));
    assert_eq!(find(&mut client, state_is("TX")), ["again"]);

    let drop = methods::SystemDropColumnFamily { column_family: "Users".to_owned() };
    client.call(&drop).expect("dropped");
    client.call(&methods::SystemAddColumnFamily { cf_def: users(true, false) }).expect("made anew");
    assert_eq!(find(&mut client, state_is("TX")), [] as [Bytes; 0]);
}

#[test]
fn a_filter_compares_by_the_class_of_the_column() {
    let (_server, mut client) = client();
    for score in [-2_i64, -1, 0, 1, 2] {
        let key = bytes(score.to_string());
        let score = written(column("score", score.to_be_bytes(), 1));
        client.batch("Users", vec![(key, vec![score, written(column("state", "TX", 1))])]);
    }
    client.insert("Users", "none", column("state", "TX", 1));
    use IndexOperator::{Eq, Gt, Gte, Lt, Lte};
    for (operator, expected) in [
        (Eq, &["0"][..]),
        (Gt, &["1", "2"]),
        (Gte, &["0", "1", "2"]),
        (Lt, &["-1", "-2"]),
        (Lte, &["-1", "-2", "0"]),
    ] {
        let compared = || expression("score", operator, 0_i64.to_be_bytes());
        let mut found = filtered(&mut client, vec![compared()], b"");
        found.sort();
        assert_eq!(found, expected, "{operator:?}");
        let mut found = find(&mut client, vec![state_is("TX").remove(0), compared()]);
        found.sort();
        assert_eq!(found, expected, "{operator:?}");
    }
}

#[test]
fn clauses_are_checked() {
    let (_server, mut client) = client();
    client.insert("Users", "k", column("state", "TX", 1));
    let long = "x".repeat(65_536);
    for refused in [
        vec![],
        vec![expression("score", IndexOperator::Eq, 1_i64.to_be_bytes())],
        vec![expression("state", IndexOperator::Gte, "TX")],
        vec![expression("unknown", IndexOperator::Eq, "TX")],
        vec![expression("state", IndexOperator::Eq, "TX"), expression("score", IndexOperator::Eq, "short")],
        vec![expression("state", IndexOperator::Eq, &long)],
        vec![IndexExpression { column_name: bytes(b"\xff"), ..expression("", IndexOperator::Eq, "") }],
    ] {
        let answer = try_find(&mut client, refused, b"", 10, all());
        assert!(matches!(answer, Err(Exception::InvalidRequest(_))), "{answer:?}");
    }
    assert_eq!(try_find(&mut client, state_is("TX"), b"", 0, all()), Ok(vec![]));
    assert!(try_find(&mut client, state_is("TX"), b"", -1, all()).is_err());

    // values up to the limit are found whole
    let (one, other) = ("x".repeat(65_534), "x".repeat(65_533) + "y");
    client.insert("Users", "one", column("state", &one, 1));
    client.insert("Users", "other", column("state", &other, 1));
    assert_eq!(find(&mut client, state_is(&one)), ["one"]);
    assert_eq!(find(&mut client, state_is(&other)), ["other"]);
    let refused = client.try_insert("Users", "k", column("state", "x".repeat(65_535), 2));
    assert!(matches!(&refused, Err(Exception::InvalidRequest(why)) if why.contains("65535")), "{refused:?}");
    client.insert("Users", "k", column("score ", "x".repeat(65_535), 2));
}

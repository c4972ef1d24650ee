//! Writers that know what they have written, each on rows of its own.

use std::collections::BTreeMap;

use bytes::Bytes;
use cassa::wire::methods::{
    Add, BatchMutate, DescribeKeyspace, GetIndexedSlices, GetRangeSlices, Insert, Remove,
    SystemAddColumnFamily, SystemAddKeyspace, SystemDropColumnFamily, Truncate,
};
use cassa::wire::{
    CfDef, Column, ColumnDef, ColumnOrSuperColumn, ColumnParent, ColumnPath, ConsistencyLevel, CounterColumn,
    Deletion, IndexClause, IndexExpression, IndexOperator, IndexType, KeyRange, KeySlice, KsDef, Mutation,
    SlicePredicate, SliceRange,
};
use cassa::{Connection, Error};

use crate::state::Known;

pub(crate) const KEYSPACE: &str = "Crash";

/// A writer of rows that no other touches.
pub(crate) trait Writer: Send {
    /// Makes one call.
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error>;

    /// Holds what the server has to what the writer knows.
    fn check(&mut self, connection: &mut Connection);
}

/// Makes the keyspace of all writers.
pub(crate) fn create(connection: &mut Connection) {
    let family = |name: &str| CfDef { keyspace: KEYSPACE.into(), name: name.into(), ..CfDef::default() };
    let counters = CfDef { default_validation_class: Some("CounterColumnType".into()), ..family("Counters") };
    let state = ColumnDef {
        name: text("state"),
        validation_class: "UTF8Type".into(),
        index_type: Some(IndexType::Keys),
        index_name: Some("by_state".into()),
        index_options: None,
    };
    let indexed = CfDef { column_metadata: Some(vec![state]), ..family("Indexed") };
    let plain = ["Singles", "Batches", "Batches2", "Deletions", "Truncated"];
    let cf_defs = plain.into_iter().map(family).chain([counters, indexed]).collect();
    let ks_def = KsDef {
        name: KEYSPACE.into(),
        strategy_class: "SimpleStrategy".into(),
        strategy_options: Some(vec![("replication_factor".into(), "1".into())]),
        cf_defs,
        ..KsDef::default()
    };
    connection.call(&SystemAddKeyspace { ks_def }).expect("created");
}

/// All of them, as they run beside each other.
pub(crate) fn all() -> Vec<Box<dyn Writer>> {
    vec![
        Box::new(Singles::default()),
        Box::new(Batches::default()),
        Box::new(Counters::default()),
        Box::new(Deletions::default()),
        Box::new(Indexed::default()),
        Box::new(Schema::default()),
        Box::new(Truncations::default()),
    ]
}

fn text(text: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(text.as_ref())
}

fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.into(), super_column: None }
}

fn everything() -> SlicePredicate {
    let slice_range =
        SliceRange { start: Bytes::new(), finish: Bytes::new(), reversed: false, count: i32::MAX };
    SlicePredicate { column_names: None, slice_range: Some(slice_range) }
}

fn column(name: &str, value: impl AsRef<[u8]>, timestamp: u64) -> Column {
    Column { name: text(name), value: Some(text(value)), timestamp: Some(timestamp as i64), ttl: None }
}

fn insert(connection: &mut Connection, family: &str, key: &str, column: Column) -> Result<(), Error> {
    connection.call(&Insert {
        key: text(key),
        column_parent: parent(family),
        column,
        consistency_level: ConsistencyLevel::One,
    })
}

/// Of one row: its key, and the mutations in each column family.
type Row = (Bytes, Vec<(String, Vec<Mutation>)>);

fn batch(connection: &mut Connection, rows: Vec<Row>) -> Result<(), Error> {
    connection.call(&BatchMutate { mutation_map: rows, consistency_level: ConsistencyLevel::One })
}

fn written(column: Column) -> Mutation {
    let column_or_supercolumn = Some(ColumnOrSuperColumn { column: Some(column), ..Default::default() });
    Mutation { column_or_supercolumn, deletion: None }
}

fn added(name: &str, value: i64) -> Mutation {
    let counter_column = Some(CounterColumn { name: text(name), value });
    let column_or_supercolumn = Some(ColumnOrSuperColumn { counter_column, ..Default::default() });
    Mutation { column_or_supercolumn, deletion: None }
}

/// Key and columns of all rows that have columns.
fn rows(connection: &mut Connection, family: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let range = KeyRange {
        start_key: Some(Bytes::new()),
        end_key: Some(Bytes::new()),
        start_token: None,
        end_token: None,
        count: i32::MAX,
        row_filter: None,
    };
    let slices = connection.call(&GetRangeSlices {
        column_parent: parent(family),
        predicate: everything(),
        range,
        consistency_level: ConsistencyLevel::One,
    });
    by_key(slices.expect("a range"))
}

fn by_key(slices: Vec<KeySlice>) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let cell = |cell: ColumnOrSuperColumn| match (cell.column, cell.counter_column) {
        (Some(column), _) => (text(&column.name), text(&column.value.unwrap_or_default())),
        (_, Some(counter)) => (text(&counter.name), counter.value.to_string()),
        _ => panic!("a column or a counter"),
    };
    let row = |slice: KeySlice| (text(&slice.key), slice.columns.into_iter().map(cell).collect());
    slices.into_iter().map(row).filter(|(_, columns): &(_, BTreeMap<_, _>)| !columns.is_empty()).collect()
}

/// Rows one after the other: those there are must be the first ones, without a gap.
pub(crate) struct Singles(Known<u64>);

impl Default for Singles {
    fn default() -> Self {
        Singles(Known::new(0))
    }
}

impl Singles {
    /// How many rows were acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        *self.0.now()
    }

    /// How many rows there are.
    pub(crate) fn found(connection: &mut Connection) -> u64 {
        let rows = rows(connection, "Singles");
        for n in 0..rows.len() {
            let row = rows.get(&format!("single {n:08}"));
            let row = row.unwrap_or_else(|| panic!("row {n} of {} is missing", rows.len()));
            assert_eq!(row.get("n"), Some(&n.to_string()), "row {n}");
        }
        rows.len() as u64
    }
}

impl Writer for Singles {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let n = *self.0.now();
        self.0.change(n + 1, || {
            insert(connection, "Singles", &format!("single {n:08}"), column("n", n.to_string(), 1))
        })
    }

    fn check(&mut self, connection: &mut Connection) {
        self.0.check("rows one by one", Singles::found(connection));
    }
}

/// Writes a large row.
pub(crate) fn large(connection: &mut Connection, n: u64, value: &[u8]) -> Result<(), Error> {
    insert(connection, "Singles", &format!("large {n:08}"), column("large", value, 1))
}

/// How many large rows there are.
pub(crate) fn count_large(connection: &mut Connection) -> u64 {
    rows(connection, "Singles").into_keys().filter(|key| key.starts_with("large")).count() as u64
}

/// Groups of rows in two column families, each group overwritten as a whole.
struct Batches {
    groups: Known<BTreeMap<u64, u64>>,
    next: u64,
}

const GROUPS: u64 = 20;

impl Default for Batches {
    fn default() -> Self {
        Batches { groups: Known::new(BTreeMap::new()), next: 0 }
    }
}

impl Writer for Batches {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let (n, group) = (self.next, self.next % GROUPS);
        let mut next = self.groups.now().clone();
        next.insert(group, n);
        self.groups.change(next, || {
            let row = |i| {
                let cells = vec![written(column("n", n.to_string(), n))];
                let families = ["Batches", "Batches2"].map(|family| (family.to_owned(), cells.clone()));
                (text(format!("group {group:02} {i}")), families.into())
            };
            batch(connection, (0..8).map(row).collect())
        })
    }

    fn check(&mut self, connection: &mut Connection) {
        let mut groups: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for family in ["Batches", "Batches2"] {
            for (key, columns) in rows(connection, family) {
                groups
                    .entry(key[6..8].parse().expect("a group"))
                    .or_default()
                    .push(columns["n"].parse().expect("a number"));
            }
        }
        let whole = groups.into_iter().map(|(group, numbers)| {
            assert!(
                numbers.len() == 16 && numbers.iter().all(|n| *n == numbers[0]),
                "half a batch in group {group}: {numbers:?}"
            );
            (group, numbers[0])
        });
        self.groups.check("batches", whole.collect());
    }
}

/// Counters, one by one and several in a batch.
struct Counters {
    sums: Known<BTreeMap<String, i64>>,
    next: i64,
}

impl Default for Counters {
    fn default() -> Self {
        Counters { sums: Known::new(BTreeMap::new()), next: 0 }
    }
}

impl Writer for Counters {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let (delta, name) = (self.next % 17 + 1, format!("counter {}", self.next % 5));
        let mut next = self.sums.now().clone();
        if self.next % 3 == 0 {
            for i in 0..5 {
                *next.entry(format!("counter {i}")).or_default() += delta;
            }
            return self.sums.change(next, || {
                let row = |i| {
                    let cells = vec![added("sum", delta)];
                    (text(format!("counter {i}")), vec![("Counters".to_owned(), cells)])
                };
                batch(connection, (0..5).map(row).collect())
            });
        }
        *next.entry(name.clone()).or_default() += delta;
        self.sums.change(next, || {
            connection.call(&Add {
                key: text(name),
                column_parent: parent("Counters"),
                column: CounterColumn { name: text("sum"), value: delta },
                consistency_level: ConsistencyLevel::One,
            })
        })
    }

    fn check(&mut self, connection: &mut Connection) {
        let sums = rows(connection, "Counters").into_iter();
        let sums = sums.map(|(key, columns)| (key, columns["sum"].parse().expect("a number")));
        self.sums.check("counters", sums.collect());
    }
}

/// Rows that come and go: by column, by row, by a range of columns.
struct Deletions {
    rows: Known<BTreeMap<String, BTreeMap<String, String>>>,
    next: u64,
}

impl Default for Deletions {
    fn default() -> Self {
        Deletions { rows: Known::new(BTreeMap::new()), next: 0 }
    }
}

impl Writer for Deletions {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let n = self.next;
        let key = format!("row {:02}", n.wrapping_mul(2_654_435_761) % 30);
        let mut next = self.rows.now().clone();
        let row = next.entry(key.clone()).or_default();
        let mutations = match n % 5 {
            0 => {
                row.remove("a");
                vec![deletion(n, Some(names(&["a"])))]
            }
            1 => {
                row.clear();
                vec![deletion(n, None)]
            }
            2 => {
                row.retain(|name, _| !("b".."d").contains(&name.as_str()) && name != "d");
                vec![deletion(n, Some(between("b", "d")))]
            }
            _ => {
                let names = ["a", "b", "c", "d", "e"];
                row.extend(names.map(|name| (name.to_owned(), n.to_string())));
                names.map(|name| written(column(name, n.to_string(), n))).into()
            }
        };
        if row.is_empty() {
            next.remove(&key);
        }
        self.rows.change(next, || {
            if n % 5 == 1 {
                // the other way to delete a row
                return connection.call(&Remove {
                    key: text(key),
                    column_path: ColumnPath {
                        column_family: "Deletions".into(),
                        super_column: None,
                        column: None,
                    },
                    timestamp: n as i64,
                    consistency_level: ConsistencyLevel::One,
                });
            }
            batch(connection, vec![(text(key), vec![("Deletions".to_owned(), mutations)])])
        })
    }

    fn check(&mut self, connection: &mut Connection) {
        let found = rows(connection, "Deletions");
        self.rows.check("rows with deletions", found);
    }
}

fn deletion(timestamp: u64, predicate: Option<SlicePredicate>) -> Mutation {
    let deletion = Deletion { timestamp: Some(timestamp as i64), super_column: None, predicate };
    Mutation { column_or_supercolumn: None, deletion: Some(deletion) }
}

fn names(names: &[&str]) -> SlicePredicate {
    SlicePredicate { column_names: Some(names.iter().map(text).collect()), slice_range: None }
}

fn between(start: &str, finish: &str) -> SlicePredicate {
    let slice_range = SliceRange { start: text(start), finish: text(finish), reversed: false, count: 100 };
    SlicePredicate { column_names: None, slice_range: Some(slice_range) }
}

/// Rows of an indexed column: the index must name the rows that have the value, and no others.
struct Indexed {
    rows: Known<BTreeMap<String, BTreeMap<String, String>>>,
    next: u64,
}

const STATES: [&str; 4] = ["new", "open", "done", "lost"];

impl Default for Indexed {
    fn default() -> Self {
        Indexed { rows: Known::new(BTreeMap::new()), next: 0 }
    }
}

impl Writer for Indexed {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let n = self.next;
        let key = format!("row {:02}", n.wrapping_mul(2_654_435_761) % 40);
        let mut next = self.rows.now().clone();
        let mutation = if n.is_multiple_of(7) {
            next.remove(&key);
            deletion(n, None)
        } else {
            let state = STATES[(n / 3 % 4) as usize];
            next.insert(key.clone(), BTreeMap::from([("state".to_owned(), state.to_owned())]));
            written(column("state", state, n))
        };
        self.rows.change(next, || {
            batch(connection, vec![(text(key), vec![("Indexed".to_owned(), vec![mutation])])])
        })
    }

    fn check(&mut self, connection: &mut Connection) {
        let found = rows(connection, "Indexed");
        for state in STATES {
            let mut expected = found.clone();
            expected.retain(|_, columns| columns["state"] == state);
            let expression =
                IndexExpression { column_name: text("state"), op: IndexOperator::Eq, value: text(state) };
            let slices = connection.call(&GetIndexedSlices {
                column_parent: parent("Indexed"),
                index_clause: IndexClause {
                    expressions: vec![expression],
                    start_key: Bytes::new(),
                    count: 1000,
                },
                column_predicate: everything(),
                consistency_level: ConsistencyLevel::One,
            });
            assert_eq!(by_key(slices.expect("a slice")), expected, "the index and the rows, {state}");
        }
        self.rows.check("indexed rows", found);
    }
}

/// Column families that come and go.
struct Schema {
    families: Known<Vec<String>>,
    next: u64,
}

impl Default for Schema {
    fn default() -> Self {
        Schema { families: Known::new(Vec::new()), next: 0 }
    }
}

impl Writer for Schema {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let mut next = self.families.now().clone();
        if next.len() > 3 {
            let column_family = next.remove(0);
            return self
                .families
                .change(next, || connection.call(&SystemDropColumnFamily { column_family }).map(|_| ()));
        }
        self.next += 1;
        let name = format!("Made{}", self.next);
        next.push(name.clone());
        let cf_def = CfDef { keyspace: KEYSPACE.into(), name: name.clone(), ..CfDef::default() };
        self.families.change(next, || connection.call(&SystemAddColumnFamily { cf_def }).map(|_| ()))?;
        insert(connection, &name, "row", column("n", "1", 1))
    }

    fn check(&mut self, connection: &mut Connection) {
        let described = connection.call(&DescribeKeyspace { keyspace: KEYSPACE.into() }).expect("described");
        let names = described.cf_defs.into_iter().map(|family| family.name);
        let mut made: Vec<String> = names.filter(|name| name.starts_with("Made")).collect();
        made.sort_by_key(|name| name[4..].parse::<u64>().expect("a number"));
        self.families.check("column families", made.clone());
        for name in made {
            rows(connection, &name); // it can be read
        }
    }
}

/// A column family that is emptied again and again.
struct Truncations {
    keys: Known<Vec<String>>,
    next: u64,
}

impl Default for Truncations {
    fn default() -> Self {
        Truncations { keys: Known::new(Vec::new()), next: 0 }
    }
}

impl Writer for Truncations {
    fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let mut next = self.keys.now().clone();
        if next.len() == 20 {
            return self
                .keys
                .change(Vec::new(), || connection.call(&Truncate { cfname: "Truncated".into() }));
        }
        self.next += 1;
        let key = format!("{:08}", self.next);
        next.push(key.clone());
        self.keys.change(next, || insert(connection, "Truncated", &key, column("n", "1", 1)))
    }

    fn check(&mut self, connection: &mut Connection) {
        let found = rows(connection, "Truncated").into_keys().collect();
        self.keys.check("a column family that is truncated", found);
    }
}

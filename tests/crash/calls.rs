//! The calls that writers make, and what they ask of the server.

use std::collections::BTreeMap;

use bytes::Bytes;
use cassa::wire::methods::{BatchMutate, GetIndexedSlices, GetRangeSlices, Insert};
use cassa::wire::{
    Column, ColumnOrSuperColumn, ColumnParent, ConsistencyLevel, CounterColumn, Deletion, IndexClause,
    IndexExpression, IndexOperator, KeyRange, KeySlice, Mutation, SlicePredicate, SliceRange,
};
use cassa::{Connection, Error};

/// The columns of rows, by row key and name.
pub(crate) type Rows = BTreeMap<String, BTreeMap<String, String>>;

pub(crate) fn text(text: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(text.as_ref())
}

pub(crate) fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.into(), super_column: None }
}

pub(crate) fn everything() -> SlicePredicate {
    let slice_range =
        SliceRange { start: Bytes::new(), finish: Bytes::new(), reversed: false, count: i32::MAX };
    SlicePredicate { column_names: None, slice_range: Some(slice_range) }
}

pub(crate) fn column(name: &str, value: impl AsRef<[u8]>, timestamp: u64) -> Column {
    Column { name: text(name), value: Some(text(value)), timestamp: Some(timestamp as i64), ttl: None }
}

pub(crate) fn insert(
    connection: &mut Connection,
    family: &str,
    key: &str,
    column: Column,
) -> Result<(), Error> {
    connection.call(&Insert {
        key: text(key),
        column_parent: parent(family),
        column,
        consistency_level: ConsistencyLevel::One,
    })
}

/// Of one row: its key, and the mutations in each column family.
pub(crate) type Row = (Bytes, Vec<(String, Vec<Mutation>)>);

pub(crate) fn batch(connection: &mut Connection, rows: Vec<Row>) -> Result<(), Error> {
    connection.call(&BatchMutate { mutation_map: rows, consistency_level: ConsistencyLevel::One })
}

pub(crate) fn written(column: Column) -> Mutation {
    let column_or_supercolumn = Some(ColumnOrSuperColumn { column: Some(column), ..Default::default() });
    Mutation { column_or_supercolumn, deletion: None }
}

pub(crate) fn added(name: &str, value: i64) -> Mutation {
    let counter_column = Some(CounterColumn { name: text(name), value });
    let column_or_supercolumn = Some(ColumnOrSuperColumn { counter_column, ..Default::default() });
    Mutation { column_or_supercolumn, deletion: None }
}

pub(crate) fn deletion(timestamp: u64, predicate: Option<SlicePredicate>) -> Mutation {
    let deletion = Deletion { timestamp: Some(timestamp as i64), super_column: None, predicate };
    Mutation { column_or_supercolumn: None, deletion: Some(deletion) }
}

pub(crate) fn names(names: &[&str]) -> SlicePredicate {
    SlicePredicate { column_names: Some(names.iter().map(text).collect()), slice_range: None }
}

pub(crate) fn between(start: &str, finish: &str) -> SlicePredicate {
    let slice_range = SliceRange { start: text(start), finish: text(finish), reversed: false, count: 100 };
    SlicePredicate { column_names: None, slice_range: Some(slice_range) }
}

/// Key and columns of all rows that have columns.
pub(crate) fn rows(connection: &mut Connection, family: &str) -> Result<Rows, Error> {
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
    Ok(by_key(slices?))
}

/// Key and columns of the rows that the index names for a value.
pub(crate) fn rows_with(
    connection: &mut Connection,
    family: &str,
    column: &str,
    value: &str,
) -> Result<Rows, Error> {
    let expression = IndexExpression { column_name: text(column), op: IndexOperator::Eq, value: text(value) };
    let index_clause =
        IndexClause { expressions: vec![expression], start_key: Bytes::new(), count: i32::MAX };
    let slices = connection.call(&GetIndexedSlices {
        column_parent: parent(family),
        index_clause,
        column_predicate: everything(),
        consistency_level: ConsistencyLevel::One,
    });
    Ok(by_key(slices?))
}

fn by_key(slices: Vec<KeySlice>) -> Rows {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let cell = |cell: ColumnOrSuperColumn| match (cell.column, cell.counter_column) {
        (Some(column), _) => (text(&column.name), text(&column.value.unwrap_or_default())),
        (_, Some(counter)) => (text(&counter.name), counter.value.to_string()),
        _ => panic!("a column or a counter"),
    };
    let row = |slice: KeySlice| (text(&slice.key), slice.columns.into_iter().map(cell).collect());
    slices.into_iter().map(row).filter(|(_, columns): &(_, BTreeMap<_, _>)| !columns.is_empty()).collect()
}

/// Writes a large row.
pub(crate) fn large(connection: &mut Connection, n: u64, value: &[u8]) -> Result<(), Error> {
    insert(connection, "Singles", &format!("large {n:08}"), column("large", value, 1))
}

/// How many large rows there are.
pub(crate) fn count_large(connection: &mut Connection) -> u64 {
    rows(connection, "Singles").expect("a range").into_keys().filter(|key| key.starts_with("large")).count()
        as u64
}

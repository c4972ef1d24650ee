//! The calls that write and read what the model has.

use bytes::Bytes;
use cassa::wire::{
    Column, ColumnOrSuperColumn, ColumnParent, ColumnPath, ConsistencyLevel, CounterColumn,
    CounterSuperColumn, Deletion, Mutation, SlicePredicate, SliceRange, SuperColumn, methods,
};

use super::super::raw::{Client, bytes};
use super::model::{Name, Shown, Wanted, Which};
use super::random::{Change, Family};

const ONE: ConsistencyLevel = ConsistencyLevel::One;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn column(name: &str, value: &str, timestamp: i64, ttl: Option<i32>) -> Column {
    Column { name: bytes(name), value: Some(bytes(value)), timestamp: Some(timestamp), ttl }
}

/// A change as a mutation of a batch.
pub(super) fn mutation(family: Family, change: &Change) -> Mutation {
    let written = |written| Mutation { column_or_supercolumn: Some(written), deletion: None };
    let deleted = |timestamp: i64, super_column: Option<&String>, predicate| Mutation {
        column_or_supercolumn: None,
        deletion: Some(Deletion {
            timestamp: (!family.counters).then_some(timestamp),
            super_column: super_column.map(bytes),
            predicate,
        }),
    };
    match change {
        Change::Write { name: (super_column, name), value, timestamp, ttl } => {
            let column = column(name, value, *timestamp, *ttl);
            written(if family.is_super {
                let super_column = SuperColumn { name: bytes(super_column), columns: vec![column] };
                ColumnOrSuperColumn { super_column: Some(super_column), ..Default::default() }
            } else {
                ColumnOrSuperColumn { column: Some(column), ..Default::default() }
            })
        }
        Change::Add { name: (super_column, name), delta } => {
            let counter = CounterColumn { name: bytes(name), value: *delta };
            written(if family.is_super {
                let counters = CounterSuperColumn { name: bytes(super_column), columns: vec![counter] };
                ColumnOrSuperColumn { counter_super_column: Some(counters), ..Default::default() }
            } else {
                ColumnOrSuperColumn { counter_column: Some(counter), ..Default::default() }
            })
        }
        Change::DeleteColumns { super_column, names, timestamp } => {
            let column_names = Some(names.iter().map(bytes).collect());
            let predicate = SlicePredicate { column_names, slice_range: None };
            deleted(*timestamp, super_column.as_ref(), Some(predicate))
        }
        Change::DeleteRange { super_column, start, finish, timestamp } => {
            let range =
                SliceRange { start: bytes(start), finish: bytes(finish), reversed: false, count: 100 };
            let predicate = SlicePredicate { column_names: None, slice_range: Some(range) };
            deleted(*timestamp, super_column.as_ref(), Some(predicate))
        }
        Change::DeleteSuperColumn { name, timestamp } => deleted(*timestamp, Some(name), None),
        Change::DeleteRow { timestamp } => deleted(*timestamp, None, None),
    }
}

/// Makes a change by a call of its own, if there is one for it.
pub(super) fn call_alone(client: &mut Client, family: Family, key: &str, change: &Change) -> bool {
    let parent = |super_column: &str| ColumnParent {
        column_family: family.name.to_owned(),
        super_column: family.is_super.then(|| bytes(super_column)),
    };
    let mut remove = |super_column: Option<&String>, name: Option<&String>, timestamp: i64| {
        let path = ColumnPath {
            column_family: family.name.to_owned(),
            super_column: super_column.map(bytes),
            column: name.map(bytes),
        };
        let (key, consistency_level) = (bytes(key), ONE);
        if family.counters {
            client.call(&methods::RemoveCounter { key, path, consistency_level }).expect("removed");
        } else {
            let call = methods::Remove { key, column_path: path, timestamp, consistency_level };
            client.call(&call).expect("removed");
        }
    };
    match change {
        Change::Write { name: (super_column, name), value, timestamp, ttl } => {
            let column = column(name, value, *timestamp, *ttl);
            let column_parent = parent(super_column);
            let call = methods::Insert { key: bytes(key), column_parent, column, consistency_level: ONE };
            client.call(&call).expect("written");
        }
        Change::Add { name: (super_column, name), delta } => {
            let column = CounterColumn { name: bytes(name), value: *delta };
            let column_parent = parent(super_column);
            let call = methods::Add { key: bytes(key), column_parent, column, consistency_level: ONE };
            client.call(&call).expect("added");
        }
        Change::DeleteColumns { super_column, names, timestamp } if names.len() == 1 => {
            remove(super_column.as_ref(), names.first(), *timestamp);
        }
        Change::DeleteSuperColumn { name, timestamp } => remove(Some(name), None, *timestamp),
        Change::DeleteRow { timestamp } => remove(None, None, *timestamp),
        Change::DeleteColumns { .. } | Change::DeleteRange { .. } => return false,
    }
    true
}

pub(super) fn parent(family: Family, wanted: &Wanted) -> ColumnParent {
    let super_column = wanted.super_column.as_ref().map(bytes);
    ColumnParent { column_family: family.name.to_owned(), super_column }
}

pub(super) fn predicate(wanted: &Wanted) -> SlicePredicate {
    match &wanted.which {
        Which::Names(names) => {
            SlicePredicate { column_names: Some(names.iter().map(bytes).collect()), slice_range: None }
        }
        Which::Slice { start, finish, reversed, count } => {
            let slice_range = SliceRange {
                start: bytes(start),
                finish: bytes(finish),
                reversed: *reversed,
                count: *count as i32,
            };
            SlicePredicate { column_names: None, slice_range: Some(slice_range) }
        }
    }
}

/// The columns of a reply, one by one; those of a single super column do not say its name.
pub(super) fn shown(super_column: Option<&String>, columns: Vec<ColumnOrSuperColumn>) -> Vec<Shown> {
    let within = super_column.cloned().unwrap_or_default();
    let plain = |super_column: &str, column: Column| Shown {
        name: (super_column.to_owned(), text(&column.name)),
        value: text(column.value.as_deref().expect("a value")),
        timestamp: column.timestamp,
        ttl: column.ttl,
    };
    let counter = |super_column: &str, counter: CounterColumn| {
        let name: Name = (super_column.to_owned(), text(&counter.name));
        Shown { name, value: counter.value.to_string(), timestamp: None, ttl: None }
    };
    let mut shown = Vec::new();
    for one in columns {
        shown.extend(one.column.map(|column| plain(&within, column)));
        shown.extend(one.counter_column.map(|column| counter(&within, column)));
        if let Some(SuperColumn { name, columns }) = one.super_column {
            shown.extend(columns.into_iter().map(|column| plain(&text(&name), column)));
        }
        if let Some(CounterSuperColumn { name, columns }) = one.counter_super_column {
            shown.extend(columns.into_iter().map(|column| counter(&text(&name), column)));
        }
    }
    shown
}

/// A column family of the test, with no more than it needs.
pub(super) fn definition(keyspace: &str, family: Family) -> cassa::wire::CfDef {
    let utf8 = || Some("UTF8Type".to_owned());
    cassa::wire::CfDef {
        keyspace: keyspace.to_owned(),
        name: family.name.to_owned(),
        column_type: family.is_super.then(|| "Super".to_owned()),
        comparator_type: utf8(),
        subcomparator_type: if family.is_super { utf8() } else { None },
        default_validation_class: family.counters.then(|| "CounterColumnType".to_owned()),
        ..Default::default()
    }
}

pub(super) fn key_of(row: &(Bytes, Vec<Shown>)) -> Bytes {
    row.0.clone()
}

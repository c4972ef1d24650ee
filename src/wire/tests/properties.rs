//! Any mutations and any entries: what is written as it comes equals the table.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{kinds, owned};
use crate::wire::hot::{self, Rows, RowsMethod};
use crate::wire::methods::{self, GetRangeSlices};
use crate::wire::*;

fn some_bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..12).prop_map(Bytes::from)
}

fn some_column() -> impl Strategy<Value = Column> {
    let ttl = proptest::option::of(any::<i32>());
    (some_bytes(), some_bytes(), any::<i64>(), ttl).prop_map(|(name, value, timestamp, ttl)| Column {
        name,
        value: Some(value),
        timestamp: Some(timestamp),
        ttl,
    })
}

fn some_counter() -> impl Strategy<Value = CounterColumn> {
    (some_bytes(), any::<i64>()).prop_map(|(name, value)| CounterColumn { name, value })
}

fn some_entry() -> impl Strategy<Value = ColumnOrSuperColumn> {
    let none = ColumnOrSuperColumn::default;
    prop_oneof![
        some_column().prop_map(move |it| ColumnOrSuperColumn { column: Some(it), ..none() }),
        (some_bytes(), vec(some_column(), 0..4)).prop_map(move |(name, columns)| ColumnOrSuperColumn {
            super_column: Some(SuperColumn { name, columns }),
            ..none()
        }),
        some_counter().prop_map(move |it| ColumnOrSuperColumn { counter_column: Some(it), ..none() }),
        (some_bytes(), vec(some_counter(), 0..4)).prop_map(move |(name, columns)| ColumnOrSuperColumn {
            counter_super_column: Some(CounterSuperColumn { name, columns }),
            ..none()
        }),
    ]
}

fn some_mutation() -> impl Strategy<Value = Mutation> {
    let range = (some_bytes(), some_bytes(), any::<bool>(), any::<i32>());
    let predicate = prop_oneof![
        vec(some_bytes(), 0..4)
            .prop_map(|names| SlicePredicate { column_names: Some(names), slice_range: None }),
        range.prop_map(|(start, finish, reversed, count)| SlicePredicate {
            column_names: None,
            slice_range: Some(SliceRange { start, finish, reversed, count }),
        }),
    ];
    let deletion = (
        proptest::option::of(any::<i64>()),
        proptest::option::of(some_bytes()),
        proptest::option::of(predicate),
    )
        .prop_map(|(timestamp, super_column, predicate)| Deletion { timestamp, super_column, predicate });
    prop_oneof![
        3 => some_entry()
            .prop_map(|it| Mutation { column_or_supercolumn: Some(it), deletion: None }),
        1 => deletion.prop_map(|it| Mutation { column_or_supercolumn: None, deletion: Some(it) }),
    ]
}

type Mutations = Vec<(Bytes, Vec<(String, Vec<Mutation>)>)>;

fn some_mutations() -> impl Strategy<Value = Mutations> {
    vec((some_bytes(), vec(("[a-z]{0,5}", vec(some_mutation(), 0..5)), 0..3)), 0..4)
}

/// Writes the mutations as they come.
fn batch_of(mutations: &Mutations) -> hot::Batch {
    let mut batch = hot::Batch::default();
    for (key, families) in mutations {
        batch.row(key);
        for (family, mutations) in families {
            batch.family(family);
            mutations.iter().for_each(|mutation| append(&mut batch, mutation));
        }
    }
    batch
}

fn append(batch: &mut hot::Batch, mutation: &Mutation) {
    fn column(it: &Column) -> hot::Column<'_> {
        hot::Column { name: &it.name, value: it.value.as_deref(), timestamp: it.timestamp, ttl: it.ttl }
    }
    fn counter(it: &CounterColumn) -> hot::CounterColumn<'_> {
        hot::CounterColumn { name: &it.name, value: it.value }
    }
    fn predicate(it: &SlicePredicate) -> hot::SlicePredicate<'_> {
        hot::SlicePredicate {
            column_names: it.column_names.as_ref().map(|names| names.iter().map(|name| &name[..]).collect()),
            slice_range: it.slice_range.as_ref().map(|it| hot::SliceRange {
                start: &it.start,
                finish: &it.finish,
                reversed: it.reversed,
                count: it.count,
            }),
        }
    }
    if let Some(it) = &mutation.deletion {
        batch.deletion(&hot::Deletion {
            timestamp: it.timestamp,
            super_column: it.super_column.as_deref(),
            predicate: it.predicate.as_ref().map(predicate),
        });
    }
    let Some(entry) = &mutation.column_or_supercolumn else { return };
    if let Some(it) = &entry.column {
        batch.column(&it.name, it.value.as_deref().unwrap_or_default(), it.timestamp.unwrap_or(0), it.ttl);
    }
    if let Some(it) = &entry.counter_column {
        batch.counter(&it.name, it.value);
    }
    if let Some(it) = &entry.super_column {
        batch.super_column(&it.name, it.columns.iter().map(column));
    }
    if let Some(it) = &entry.counter_super_column {
        batch.counter_super_column(&it.name, it.columns.iter().map(counter));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_written_as_it_comes_equals_the_table(map in some_mutations(), more in some_mutations(), atomic: bool) {
        let mut batch = batch_of(&map);
        let mark = batch.mark();
        // what is taken back leaves nothing behind
        for (key, families) in &more {
            families.iter().flat_map(|(_, mutations)| mutations).for_each(|it| append(&mut batch, it));
            batch.row(key);
            batch.family("Planes");
        }
        batch.rewind(mark);
        let (mut out, mut table) = (Vec::new(), Vec::new());
        batch.encode(atomic, ConsistencyLevel::Quorum, 7, &mut out);
        prop_assert_eq!(batch.message_size(atomic), out.len() - 4);
        let consistency_level = ConsistencyLevel::Quorum;
        if atomic {
            encode_call(&methods::AtomicBatchMutate { mutation_map: map, consistency_level }, 7, &mut table);
        } else {
            encode_call(&methods::BatchMutate { mutation_map: map, consistency_level }, 7, &mut table);
        }
        prop_assert_eq!(&out, &table);
        let body = split_message(&out[4..])?.1;
        let mut again = Vec::new();
        if atomic {
            hot::AtomicBatchMutate::decode(body)?.encode(7, &mut again);
        } else {
            hot::BatchMutate::decode(body)?.encode(7, &mut again);
        }
        prop_assert_eq!(again, out);
    }

    #[test]
    fn entries_of_one_kind_are_read_as_by_the_table(kind in 0..4_usize, rows in vec((some_bytes(), vec(some_entry(), 0..12)), 0..4)) {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(key, mut columns)| {
                columns.retain(|it| kinds(&[KeySlice { key: Bytes::new(), columns: vec![it.clone()] }])[kind] == 1);
                KeySlice { key, columns }
            })
            .collect();
        let mut out = Vec::new();
        encode_reply::<GetRangeSlices>(&Ok(rows.clone()), 7, &mut out);
        let came = Rows::of(RowsMethod::GetRangeSlices, Bytes::from(out).slice(4..), 7)?.expect("rows");
        let key_slice = |r: hot::Row<'_>| KeySlice { key: r.share(r.key()), columns: owned(r) };
        prop_assert_eq!(came.iter().map(key_slice).collect::<Vec<_>>(), rows);
    }
}

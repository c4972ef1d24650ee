//! One very wide row, against a plain sorted map.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, Columns, FromValue};

use super::support::Keyspace;

const WIDTH: i64 = 100_000;
const ROW: &str = "wide";

type Model = BTreeMap<i64, i64>;

fn write(cf: &ColumnFamily, model: &mut Model, names: &[i64], version: i64) {
    for batch in names.chunks(3_000) {
        cf.write()
            .timestamp(version)
            .insert(ROW, batch.iter().map(|name| (*name, name * version)))
            .expect("written");
        model.extend(batch.iter().map(|name| (*name, name * version)));
    }
}

fn remove(cf: &ColumnFamily, model: &mut Model, range: RangeInclusive<i64>, version: i64) {
    let write = cf.write().timestamp(version).start(*range.start()).finish(*range.end());
    write.remove_range(ROW).expect("removed");
    model.retain(|name, _| !range.contains(name));
}

fn number<V: FromValue>(value: cassa::Value) -> V {
    V::from_value(value).expect("a number")
}

fn columns(found: Option<Columns>) -> Vec<(i64, i64)> {
    let found = found.into_iter().flatten();
    found.map(|column| (number(column.name), number(column.value))).collect()
}

/// Reads the whole row in both directions, and slices around the given places.
fn check(cf: &ColumnFamily, model: &Model, places: &[i64]) {
    let expected: Vec<(i64, i64)> = model.iter().map(|(name, value)| (*name, *value)).collect();
    let whole = |reversed: bool| -> Vec<(i64, i64)> {
        let select = if reversed { cf.select().reversed() } else { cf.select() };
        let columns = select.column_buffer_size(7_000).xget(ROW).map(|column| column.expect("a column"));
        columns.map(|column| (number(column.name), number(column.value))).collect()
    };
    assert!(whole(false) == expected, "forwards");
    let mut backwards = whole(true);
    backwards.reverse();
    assert!(backwards == expected, "backwards");
    assert_eq!(cf.get_count(ROW).expect("counted"), model.len());
    for &place in places {
        let near = |from: i64, to: i64| -> Vec<(i64, i64)> {
            model.range(from..=to).map(|(name, value)| (*name, *value)).collect()
        };
        let (from, to) = (place - 40, place + 40);
        let slice = cf.select().start(from).finish(to).get(ROW).expect("read");
        assert_eq!(columns(slice), near(from, to), "{from} to {to}");
        let first = cf.select().start(place).count(25).get(ROW).expect("read");
        let after: Vec<_> = near(place, WIDTH).into_iter().take(25).collect();
        assert_eq!(columns(first), after, "25 from {place}");
        let last = cf.select().start(place).reversed().count(25).get(ROW).expect("read");
        let before: Vec<_> = near(0, place).into_iter().rev().take(25).collect();
        assert_eq!(columns(last), before, "25 back from {place}");
        let named = cf.select().columns([place, place + 1, WIDTH + 7]).get(ROW).expect("read");
        assert_eq!(columns(named), near(place, place + 1), "{place} by name");
    }
}

#[test]
fn a_very_wide_row_is_what_was_written_in_whatever_order() {
    let keyspace = Keyspace::new();
    let definition = ColumnFamilyBuilder::new("Wide").key_validation_class(Class::Utf8);
    let cf = keyspace.column_family(definition.comparator(Class::Long).default_validation_class(Class::Long));
    let mut model = Model::new();
    let mut random = fastrand::Rng::with_seed(11);
    let places = [0, 1, 39, WIDTH / 3, WIDTH / 2 - 1, WIDTH / 2, 77_777, WIDTH - 2, WIDTH - 1];

    // in order, then the gaps in any order, then some anew
    let (mut scattered, in_order): (Vec<i64>, Vec<i64>) = (0..WIDTH).partition(|name| name % 6 == 1);
    write(&cf, &mut model, &in_order, 1);
    random.shuffle(&mut scattered);
    write(&cf, &mut model, &scattered, 2);
    check(&cf, &model, &places);
    random.shuffle(&mut scattered);
    write(&cf, &mut model, &scattered[..3_000], 3);

    // ranges within a chunk, over many, to the ends, and over one that is gone
    for range in
        [5..=5, 100..=140, 20_000..=50_000, 49_990..=50_010, 0..=2, WIDTH - 3..=WIDTH, 77_770..=77_776]
    {
        remove(&cf, &mut model, range, 4);
    }
    check(&cf, &model, &places);
    write(&cf, &mut model, &[0, 5, 120, 30_001, 50_000, WIDTH - 1], 5);
    let again: Vec<i64> = (20_000..50_000).step_by(97).collect();
    write(&cf, &mut model, &again, 5);
    check(&cf, &model, &[0, 5, 120, 30_001, 49_999, 50_001, WIDTH - 1]);
    cf.remove_row(ROW).expect("removed");
    assert!(cf.get(ROW).expect("read").is_none());
}

#[test]
fn a_column_of_ten_megabytes_stands_between_small_ones() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Large").comparator(Class::Long));
    let large: Vec<u8> = (0..10_000_000_u32).map(|i| (i % 251) as u8).collect();
    for name in 0..200_i64 {
        cf.insert(ROW, [(name, vec![name as u8; 50])]).expect("written");
    }
    cf.insert(ROW, [(100_i64, large.clone())]).expect("written");
    let select = || cf.select().column_buffer_size(60);
    for columns in [select().xget(ROW), select().reversed().xget(ROW)] {
        let columns: Vec<(i64, Vec<u8>)> = columns
            .map(|column| column.expect("a column"))
            .map(|column| (number(column.name), number(column.value)))
            .collect();
        assert_eq!(columns.len(), 200);
        for (name, value) in columns {
            assert!(if name == 100 { value == large } else { value == vec![name as u8; 50] }, "{name}");
        }
    }
    cf.insert(ROW, [(100_i64, b"small".to_vec())]).expect("written");
    let found = cf.select().start(99_i64).finish(101_i64).get(ROW).expect("read").expect("a row");
    let sizes = found.into_iter().map(|column| number::<Vec<u8>>(column.value).len());
    assert!(sizes.eq([50, 5, 50]));
}

//! Names that are more than bytes: composites, reversed, times; and types of the user's own.

use bytes::Bytes;
use cassa::{Class, ColumnFamilyBuilder, CustomType, Mismatch, OldPycassaDate, Value};
use chrono::{TimeZone, Utc};

use crate::support::Keyspace;

fn names(columns: Option<cassa::Columns>) -> Vec<Value> {
    columns.into_iter().flatten().map(|column| column.name).collect()
}

/// pycassa's users get these ends wrong: a prefix as the finish leaves out what begins with it.
#[test]
fn a_prefix_of_a_composite_takes_in_or_leaves_out_all_that_begins_with_it() {
    let keyspace = Keyspace::new();
    let class = Class::composite([Class::Utf8, Class::Long, Class::Utf8]);
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Log").comparator(class));
    let all: Vec<(&str, i64, &str)> =
        ["a", "b", "c"].iter().flat_map(|a| (1..=2).flat_map(|n| ["x", "y"].map(|z| (*a, n, z)))).collect();
    cf.insert("k", all.iter().map(|name| (*name, "v"))).expect("inserted");
    let packed =
        |range: &[(&str, i64, &str)]| range.iter().map(|name| Value::from(*name)).collect::<Vec<_>>();
    for page in [1, 2, 3, 100] {
        let select = || cf.select().column_buffer_size(page);
        let get = |select: cassa::Select<'_>| names(select.get("k").expect("read"));
        assert_eq!(get(select().start(("b",)).finish(("b",))), packed(&all[4..8]));
        assert_eq!(get(select().start(("b",))), packed(&all[4..]));
        assert_eq!(get(select().start_after(("b",))), packed(&all[8..]));
        assert_eq!(get(select().finish(("b",))), packed(&all[..8]));
        assert_eq!(get(select().finish_before(("b",))), packed(&all[..4]));
        assert_eq!(get(select().start_after(("a",)).finish_before(("c",))), packed(&all[4..8]));
        assert_eq!(get(select().start(("b", 2_i64)).finish(("b", 2_i64))), packed(&all[6..8]));
        assert_eq!(get(select().start_after(("b", 1_i64)).finish(("b",))), packed(&all[6..8]));
        assert_eq!(get(select().start(("b", 1_i64, "y")).finish_before(("c", 2_i64))), packed(&all[5..10]));
        let mut back = packed(&all[4..8]);
        back.reverse();
        assert_eq!(get(select().start(("b",)).finish(("b",)).reversed()), back);
        back = packed(&all[..4]);
        back.reverse();
        assert_eq!(get(select().start_after(("b",)).reversed()), back);
        assert_eq!(get(select().finish_before(("a",)).reversed()).len(), 8);
    }
    assert_eq!(cf.select().start(("b",)).finish(("b",)).get_count("k").expect("counted"), 4);
    assert_eq!(cf.select().start(("b",)).finish(("b",)).xget("k").count(), 4);
    cf.write().start(("a",)).finish(("a",)).remove_range("k").expect("removed");
    cf.batch()
        .write()
        .start_after(("b",))
        .finish_before(("c", 2_i64))
        .remove_range("k")
        .expect("queued")
        .send()
        .expect("sent");
    assert_eq!(names(cf.get("k").expect("read")), packed(&[&all[4..8], &all[10..]].concat()));
}

#[test]
fn a_moment_stands_for_all_uuids_of_it() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Log").comparator(Class::TimeUuid));
    let at = |minute| Utc.with_ymd_and_hms(2013, 1, 1, 5, minute, 0).single().expect("a time");
    for minute in [15, 17, 59] {
        for node in [1, 2] {
            let mut uuid = *cassa::lowest_time_uuid(at(minute)).expect("a uuid").as_bytes();
            uuid[8..].copy_from_slice(&[0x91, 0, 0, 0, 0, 0, 0, node]);
            cf.insert("N14228", [(uuid::Uuid::from_bytes(uuid), "x")]).expect("inserted");
        }
    }
    let count = |select: cassa::Select<'_>| select.get_count("N14228").expect("counted");
    assert_eq!(count(cf.select().start(at(17)).finish(at(17))), 2);
    assert_eq!(count(cf.select().start(at(15)).finish_before(at(59))), 4);
    assert_eq!(count(cf.select().start_after(at(15))), 4);
    assert_eq!(count(cf.select().start_after(at(59)).finish_before(at(15)).reversed()), 2);
}

fn numbers(columns: impl IntoIterator<Item = cassa::Result<cassa::Column>>) -> Vec<i64> {
    columns.into_iter().map(|column| i64::try_from(column.expect("read").name).expect("a number")).collect()
}

#[test]
fn names_in_a_reversed_order_page_both_ways() {
    let keyspace = Keyspace::new();
    let reversed = Class::reversed(Class::Long);
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Newest").comparator(reversed));
    cf.insert("k", (0..20_i64).map(|i| (i, "x"))).expect("inserted");
    let down: Vec<i64> = (0..20).rev().collect();
    for page in [1, 2, 3, 19, 20, 21] {
        let select = || cf.select().column_buffer_size(page);
        assert_eq!(numbers(select().xget("k")), down, "page {page}");
        assert_eq!(numbers(select().reversed().xget("k")), (0..20).collect::<Vec<_>>(), "page {page}");
        let slice = select().start(15_i64).finish(5_i64).get("k").expect("read").expect("there");
        assert_eq!(slice.len(), 11);
        assert_eq!(slice.as_slice()[0].name, 15);
    }
}

/// Cents, kept as a whole number.
#[derive(Debug)]
struct Money;

impl CustomType for Money {
    fn name(&self) -> &str {
        "Money"
    }
    fn class(&self) -> &Class {
        &Class::Long
    }
    fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        let amount = f64::try_from(value)?;
        Class::Long.pack(&Value::from((amount * 100.0).round() as i64), out)
    }
    fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        let cents = i64::try_from(Class::Long.unpack(bytes)?)?;
        Ok(Value::from(cents as f64 / 100.0))
    }
}

#[test]
fn types_of_the_user_s_own_pack_keys_names_and_values() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(
        ColumnFamilyBuilder::new("Prices").comparator(Class::Long).default_validation_class(Class::Long),
    );
    let prices = cf.clone().default_validation_class(Class::own(Money)).column_name_class(Class::own(Money));
    prices.insert("k", [(0.05, 12.34), (1.0, 0.5)]).expect("inserted");
    let row = prices.get("k").expect("read").expect("there");
    assert_eq!(row[&0.05], 12.34);
    assert_eq!(cf.get("k").expect("read").expect("there")[&5_i64], 1_234_i64);
    assert_eq!(prices.select().start(0.06).get("k").expect("read").expect("there").len(), 1);
    assert_eq!(prices.select().column_buffer_size(1).xget("k").count(), 2);
    let e = prices.insert("k", [(0.05, "much")]).expect_err("no number");
    assert!(e.to_string().contains("column 0.05"), "{e}");
}

#[test]
fn dates_of_the_first_pycassa_can_still_be_read() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Old");
    let moment = Utc.with_ymd_and_hms(2011, 5, 1, 12, 0, 0).single().expect("a time");
    cf.insert("k", [("at", moment.timestamp_micros().to_be_bytes())]).expect("inserted");
    let dates = cf.column_validator("at", Class::own(OldPycassaDate)).expect("a name");
    assert_eq!(dates.get("k").expect("read").expect("there")["at"], Value::Date(moment));
}

//! A schema that changes under a live handle.

use std::time::Duration;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, Error, Value, columns};

use crate::support::Keyspace;

fn planes(keyspace: &Keyspace, validator: Class) -> ColumnFamily {
    keyspace.column_family(
        ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).default_validation_class(validator),
    )
}

fn made_anew(keyspace: &Keyspace, validator: Class) -> ColumnFamily {
    keyspace.system.drop_column_family(&keyspace.name, "Planes").expect("dropped");
    planes(keyspace, validator)
}

fn says_so(e: &Error) {
    let Error::SchemaChanged { differences, .. } = e else { panic!("{e}") };
    let text = e.to_string();
    assert!(!differences.is_empty() && text.contains("column family Planes"), "{text}");
    assert!(text.contains("expected LongType, the schema has UTF8Type"), "{text}");
}

#[test]
fn what_does_not_fit_any_more_says_that_the_schema_has_changed() {
    let keyspace = Keyspace::new();
    let old = planes(&keyspace, Class::Long);
    old.insert("k", [("year", 2004)]).expect("inserted");
    let new = made_anew(&keyspace, Class::Utf8);

    // packed by the old class, it would be refused here
    says_so(&old.insert("k", [("model", "A320")]).expect_err("no number"));
    says_so(&old.batch().insert("k", [("model", "A320")]).expect_err("no number"));
    // not text, so refused by the server
    says_so(&old.insert("k", [("year", -1)]).expect_err("no text"));
    new.insert("k", [("model", "A320")]).expect("inserted");
    // not eight bytes, so refused when it is read
    says_so(&old.get("k").expect_err("no number"));
    says_so(&old.get_range().next().expect("a row").expect_err("no number"));
    says_so(&old.xget("k").next().expect("a column").expect_err("no number"));

    let mut old = old;
    let before = old.clone();
    assert!(old.reload_schema().expect("read"));
    assert_eq!(old.get("k").expect("read").expect("there")["model"], "A320");
    assert!(!old.reload_schema().expect("read"), "nothing has changed since");
    says_so(&before.get("k").expect_err("a clone has what it had"));
}

#[test]
fn a_batch_that_a_changed_schema_refuses_says_so_and_is_kept() {
    let keyspace = Keyspace::new();
    let old = planes(&keyspace, Class::Long);
    let batch = old.batch();
    batch.insert("k", [("year", -1)]).expect("queued");
    made_anew(&keyspace, Class::Utf8);
    says_so(&batch.send().expect_err("no text"));
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.discard(), 1);
}

#[test]
fn bytes_that_happen_to_fit_are_noticed_in_time() {
    let keyspace = Keyspace::new();
    let old = planes(&keyspace, Class::Long).schema_check(Some(Duration::ZERO));
    old.insert("k", [("a", 1)]).expect("inserted");
    let new = made_anew(&keyspace, Class::Utf8);
    new.insert("k", [("a", "8 bytes!")]).expect("inserted");
    says_so(&old.get("k").expect_err("it would read as a number"));
    says_so(&old.insert("k", [("a", 1)]).expect_err("it would be written as text"));
    says_so(&old.batch().insert("k", [("a", 1)]).expect_err("it would be written as text"));
    assert_eq!(new.get("k").expect("read").expect("there")["a"], "8 bytes!");
    let never = old.clone().schema_check(None);
    let misread = never.get("k").expect("read").expect("there");
    assert_eq!(misread["a"], Value::Long(i64::from_be_bytes(*b"8 bytes!")));
}

#[test]
fn a_column_that_gets_a_validator_is_a_change_and_a_comment_is_none() {
    let keyspace = Keyspace::new();
    let old = planes(&keyspace, Class::Bytes).schema_check(Some(Duration::ZERO));
    old.insert("k", [("year", "x")]).expect("inserted");
    let alter = |change: &dyn Fn(ColumnFamilyBuilder) -> ColumnFamilyBuilder| {
        keyspace.system.alter_column_family(&keyspace.name, "Planes", change).expect("altered");
    };
    alter(&|builder| builder.comment("those that fly").gc_grace_seconds(5));
    old.get("k").expect("nothing that matters has changed");
    alter(&|builder| builder.column("year", Class::Int32));
    let e = old.get("k").expect_err("a validator").to_string();
    assert!(e.contains(r#"the validator of column "year": expected none, the schema has Int32Type"#), "{e}");
}

#[test]
fn a_column_family_that_is_gone_is_named() {
    let keyspace = Keyspace::new();
    let cf = planes(&keyspace, Class::Utf8);
    keyspace.column_family("Flights");
    keyspace.system.drop_column_family(&keyspace.name, "Planes").expect("dropped");
    for e in [
        cf.get("k").expect_err("gone"),
        cf.insert("k", columns! { "a" => "1" }).expect_err("gone"),
        cf.get_range().next().expect("an error").expect_err("gone"),
        cf.truncate().expect_err("gone"),
    ] {
        assert!(matches!(&e, Error::NoSuchColumnFamily { known, .. } if known == &["Flights"]), "{e}");
    }
    // made anew with the same classes, it is as good as before
    let again = planes(&keyspace, Class::Utf8);
    again.insert("k", [("a", "1")]).expect("inserted");
    assert_eq!(cf.get("k").expect("read").expect("there")["a"], "1");
}

#[test]
fn what_never_fitted_is_still_the_caller_s_mistake() {
    let keyspace = Keyspace::new();
    let cf = planes(&keyspace, Class::Long);
    let e = cf.insert("k", [("a", "x")]).expect_err("no number");
    assert!(matches!(&e, Error::Type { .. }), "{e}");
    let e = cf.insert("", [("a", 1)]).expect_err("no key");
    assert!(matches!(&e, Error::InvalidRequest { .. }), "{e}");
}

//! What is refused, and what the errors say.

use bytes::Bytes;
use cassa::{Class, ColumnFamilyBuilder, ColumnFamilyMap, Error, Result};
use serde::{Deserialize, Serialize};

use super::{Cluster, Plane, plane};

#[test]
fn an_object_without_a_column_is_refused() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    struct Note {
        #[cassa(key)]
        id: i64,
        text: Option<String>,
    }
    let cluster = Cluster::start();
    let notes = cluster.map::<Note>();
    let error = notes.insert(&Note { id: 7, text: None }).expect_err("it must be refused");
    assert!(matches!(error, Error::NothingToWrite { .. }));
    assert_eq!(cluster.text(&error), "keyspace Flights, column family Note, row key 7: no column to write");
    assert_eq!(notes.get_range().count(), 0);
}

#[test]
fn every_difference_from_the_live_schema_is_named() {
    let cluster = Cluster::start();
    let definition = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Uuid)
        .comparator(Class::Utf8)
        .column("year", Class::Utf8)
        .column("model", Class::Utf8)
        .default_validation_class(Class::Double);
    cluster.create(definition);
    let error = cluster.pool.map::<Plane>().expect_err("it must be refused");
    let Error::SchemaMismatch { differences, .. } = &error else { panic!("{error}") };
    assert_eq!(differences.len(), 4);
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Planes: the struct it::mapper::Plane does not fit the schema: the class of the \
         row key (field `tailnum`): expected UTF8Type, the schema has UUIDType; the validator of field `year`: expected \
         Int32Type, the schema has UTF8Type; the validator of field `seats`: expected LongType, the schema has \
         DoubleType; the validator of field `tags`: expected UTF8Type, the schema has DoubleType"
    );
}

#[test]
fn a_column_family_that_is_not_there_is_named() {
    let cluster = Cluster::start();
    cluster.create("Airports");
    let error = cluster.pool.map::<Plane>().expect_err("it must be refused");
    assert_eq!(cluster.text(&error), "keyspace Flights has no column family Planes; it has Airports");
}

#[test]
fn errors_of_a_row_say_where() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    let raw = cluster.column_family("Planes").autopack(false);
    raw.insert("N1", [("year", Bytes::from_static(&[0, 0, 7, 0xd4]))])?;
    let error = planes.get("N1").expect_err("it must be refused");
    assert!(matches!(error, Error::MissingColumn { .. }));
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Planes, row key \"N1\", column \"model\": the column is missing, and field \
         `model` has no default"
    );

    planes.insert(&plane("N2"))?;
    raw.insert("N2", [("seats", (-1_i64).to_be_bytes())])?;
    let error = planes.get("N2").expect_err("it must be refused");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Planes, row key \"N2\", column \"seats\", field `seats`: invalid value: integer \
         `-1`, expected u16"
    );

    let error = planes.multiget(["N2"]).expect_err("it must be refused");
    assert!(matches!(error, Error::Field { .. }), "{error}");

    planes.insert(&plane("N3"))?;
    let (good, bad): (Vec<_>, Vec<_>) = planes.get_range().partition(|object| object.is_ok());
    assert_eq!((good.len(), bad.len()), (1, 2), "a row that is no object does not end the range");

    let error = planes.get(7).expect_err("it must be refused");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Planes, field `tailnum`: expected a value of UTF8Type, got an integer"
    );
    let error = planes.get("").expect_err("it must be refused");
    assert!(
        cluster.text(&error).ends_with("field `tailnum`: expected a row key, got an empty one"),
        "{error}"
    );
    Ok(())
}

#[test]
fn text_that_is_not_utf8_names_its_column_and_its_bytes_can_be_read() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    struct Texts {
        #[cassa(key)]
        id: i32,
        text: String,
    }
    /// The same column, as it stands.
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(name = "Texts")]
    struct Raw {
        #[cassa(key)]
        id: i32,
        #[cassa(validator = "UTF8Type")]
        text: Vec<u8>,
    }
    let cluster = Cluster::start();
    let definition =
        ColumnFamilyBuilder::new("Texts").comparator(Class::Utf8).key_validation_class(Class::Int32);
    cluster.create(definition);
    cluster.column_family("Texts").insert(7, [("text", Bytes::from_static(b"\xff\xfe"))])?;

    let error = cluster.pool.map::<Texts>()?.get(7).expect_err("it must be refused");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Texts, row key 7, column \"text\", field `text`: expected UTF-8 for UTF8Type, \
         got 2 bytes (fffe)"
    );
    assert_eq!(cluster.pool.map::<Raw>()?.get(7)?.expect("it is there").text, b"\xff\xfe");
    Ok(())
}

#[test]
fn a_value_that_does_not_fit_is_refused_before_it_is_sent() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    struct Narrow {
        #[cassa(key)]
        id: i64,
        #[cassa(validator = "Int32Type")]
        number: i64,
    }
    let cluster = Cluster::start();
    let narrow = cluster.map::<Narrow>();
    let error = narrow.insert(&Narrow { id: 1, number: 3_000_000_000 }).expect_err("it must be refused");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Narrow, row key 1, column \"number\", field `number`: expected an integer from \
         -2147483648 to 2147483647 for Int32Type, got 3000000000"
    );
    let objects = [Narrow { id: 2, number: 2 }, Narrow { id: 3, number: i64::MAX }];
    assert!(narrow.batch_insert(&objects).is_err());
    assert_eq!(narrow.get_range().count(), 0, "nothing of the batch was sent");
    let removed = Narrow { id: 1, number: i64::MAX };
    narrow.remove(&removed)?;
    Ok(())
}

#[test]
fn columns_that_are_no_fields_are_an_error_where_serde_says_so() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[cassa(key)]
        id: String,
        a: i32,
        b: Option<i32>,
    }
    let cluster = Cluster::start();
    let strict = cluster.map::<Strict>();
    let object = Strict { id: "x".into(), a: 1, b: None };
    strict.insert(&object)?;
    assert_eq!(strict.get("x")?, Some(object));
    cluster.column_family("Strict").insert("x", [("z", "unknown")])?;
    let error = strict.get("x").expect_err("it must be refused");
    assert!(
        cluster.text(&error).contains("row key \"x\", column \"z\", field `z`: the row has this column"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_struct_that_serde_sees_otherwise_is_refused() {
    /// `ColumnFamilyMap` derived, serde's traits by hand and wrong.
    #[derive(ColumnFamilyMap, Debug)]
    struct Pair {
        #[cassa(key)]
        #[expect(dead_code, reason = "only its name matters")]
        id: String,
        #[expect(dead_code, reason = "only its name matters")]
        value: i32,
    }
    impl Serialize for Pair {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str("a pair")
        }
    }
    impl<'de> Deserialize<'de> for Pair {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Pair, D::Error> {
            let value = i32::deserialize(deserializer)?;
            Ok(Pair { id: String::new(), value })
        }
    }
    let cluster = Cluster::start();
    let pairs = cluster.map::<Pair>();
    let error = pairs.insert(&Pair { id: "a".into(), value: 1 }).expect_err("it is a text");
    assert!(
        cluster.text(&error).ends_with("expected serde to write a struct with named fields, got a text"),
        "{error}"
    );
    let error = pairs.get("a").expect_err("it is an integer");
    assert!(matches!(error, Error::Mapping { .. }));
    assert!(
        cluster
            .text(&error)
            .ends_with("expected serde to read a struct with named fields, got another shape"),
        "{error}"
    );
}

//! Objects through a server and back.

use std::error::Error as _;
use std::net::IpAddr;

use bytes::Bytes;
use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, ConsistencyLevel, Error,
    Mapper, Result,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::support::Keyspace;

struct Cluster {
    keyspace: Keyspace,
    pool: ConnectionPool,
}

impl Cluster {
    fn start() -> Cluster {
        let keyspace = Keyspace::new();
        let pool = keyspace.pool();
        Cluster { keyspace, pool }
    }

    /// A mapper on the column family that its struct describes.
    fn map<T: ColumnFamilyMap>(&self) -> Mapper<T> {
        self.keyspace.system.create_column_family_for::<T>(&self.keyspace.name).expect("it is new");
        self.pool.map().expect("the struct fits its own column family")
    }

    fn create(&self, definition: impl Into<ColumnFamilyBuilder>) {
        self.keyspace.system.create_column_family(&self.keyspace.name, definition).expect("it is new");
    }

    fn column_family(&self, name: &str) -> ColumnFamily {
        ColumnFamily::open(&self.pool, name).expect("it was created")
    }

    /// An error with its sources, as a program prints it, on a keyspace `Flights`.
    fn text(&self, error: &Error) -> String {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text.replace(&self.keyspace.name, "Flights")
    }
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(name = "Planes")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
    model: String,
    #[serde(default)]
    #[cassa(validator = "LongType")]
    seats: u16,
    #[cassa(json)]
    tags: Option<Vec<String>>,
}

fn plane(tailnum: &str) -> Plane {
    Plane { tailnum: tailnum.into(), year: Some(1999), model: "737-824".into(), seats: 149, tags: None }
}

#[test]
fn is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Mapper<Plane>>();
    shared::<Mapper<std::cell::Cell<u8>>>();
}

#[test]
fn an_object_is_written_read_changed_and_removed() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    assert_eq!(planes.get("N14228")?, None);

    let mut object = Plane { tags: Some(vec!["jet".into()]), ..plane("N14228") };
    let first = planes.insert(&object)?;
    assert_eq!(planes.get("N14228")?, Some(object.clone()));

    object.seats = 150;
    let second = planes.insert(&object)?;
    assert!(second > first);
    assert_eq!(planes.get(&object.tailnum)?, Some(object.clone()));

    planes.remove(&object)?;
    assert_eq!(planes.get("N14228")?, None);
    assert_eq!(planes.get_range().count(), 0, "the ghost of the row is left out");

    planes.insert(&object)?;
    planes.remove_key("N14228")?;
    assert_eq!(planes.get(String::from("N14228"))?, None);
    Ok(())
}

#[test]
fn the_columns_are_those_of_the_schema() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    planes.insert(&Plane { tags: Some(vec!["jet".into()]), ..plane("N14228") })?;
    let columns = cluster.column_family("Planes").get("N14228")?.expect("it was inserted");
    assert_eq!(columns["year"], 1999);
    assert_eq!(columns["seats"], 149_i64);
    assert_eq!(columns["model"], "737-824");
    assert_eq!(columns["tags"], r#"["jet"]"#);

    cluster.column_family("Planes").insert("N1", cassa::columns! { "model" => "A320", "owner" => "x" })?;
    let expected = Plane { tailnum: "N1".into(), year: None, model: "A320".into(), seats: 0, tags: None };
    assert_eq!(planes.get("N1")?, Some(expected));
    assert_eq!(planes.column_family().name(), "Planes");
    Ok(())
}

#[test]
fn many_objects_in_one_call() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>().write_consistency_level(ConsistencyLevel::Quorum);
    let objects: Vec<Plane> = (0..1_000).map(|i| plane(&format!("N{i}"))).collect();
    planes.batch_insert(&objects)?;

    let mut all = planes.get_range().collect::<Result<Vec<_>>>()?;
    all.sort_by(|a, b| a.tailnum.cmp(&b.tailnum));
    let mut expected = objects.clone();
    expected.sort_by(|a, b| a.tailnum.cmp(&b.tailnum));
    assert_eq!(all, expected);

    let some = planes.multiget(["N7", "nowhere", "N3", "N999", "N7"])?;
    assert_eq!(some.iter().map(|plane| &*plane.tailnum).collect::<Vec<_>>(), ["N7", "N3", "N999"]);

    let twice = [Plane { seats: 2, ..plane("N0") }, Plane { seats: 1, ..plane("N0") }];
    planes.batch_insert(&twice)?;
    assert_eq!(planes.get("N0")?.map(|plane| plane.seats), Some(1), "of two with one key the later one wins");
    Ok(())
}

#[test]
fn none_leaves_the_older_value_or_deletes_it() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(nulls = "delete")]
    struct Deleting {
        #[cassa(key)]
        id: i64,
        a: Option<i32>,
        b: Option<i32>,
    }
    let cluster = Cluster::start();

    let planes = cluster.map::<Plane>();
    planes.insert(&plane("N1"))?;
    planes.insert(&Plane { year: None, ..plane("N1") })?;
    assert_eq!(planes.get("N1")?.expect("it is there").year, Some(1999));

    let deleting = cluster.map::<Deleting>();
    deleting.insert(&Deleting { id: 1, a: Some(1), b: Some(2) })?;
    deleting.insert(&Deleting { id: 1, a: Some(3), b: None })?;
    assert_eq!(deleting.get(1)?, Some(Deleting { id: 1, a: Some(3), b: None }));
    Ok(())
}

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
fn what_is_written_expires() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(ttl = 3600)]
    struct Session {
        #[cassa(key)]
        id: Uuid,
        user: String,
    }
    let cluster = Cluster::start();
    let id = Uuid::from_u128(1);
    cluster.map().insert(&Session { id, user: "ann".into() })?;
    let columns = cluster.column_family("Session").get(id)?.expect("it lives for an hour");
    assert_eq!(columns.as_slice()[0].ttl, Some(3600));
    Ok(())
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
fn a_row_with_a_column_that_is_only_written_is_an_object() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    struct Login {
        #[cassa(key)]
        user: String,
        #[serde(skip_deserializing)]
        password: String,
        seen: Option<i64>,
    }
    let cluster = Cluster::start();
    let logins = cluster.map::<Login>();
    logins.insert(&Login { user: "ann".into(), password: "secret".into(), seen: None })?;
    let expected = Login { user: "ann".into(), password: String::new(), seen: None };
    assert_eq!(logins.get("ann")?, Some(expected));
    assert_eq!(logins.get_range().count(), 1);
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

#[test]
fn a_struct_that_borrows_can_be_written() -> Result<()> {
    #[derive(Serialize, ColumnFamilyMap)]
    #[cassa(name = "Planes")]
    struct Borrowed<'a> {
        #[cassa(key)]
        tailnum: &'a str,
        model: &'a str,
    }
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    let model = String::from("A320");
    cluster.pool.map()?.insert(&Borrowed { tailnum: "N1", model: &model })?;
    assert_eq!(planes.get("N1")?.expect("it was inserted").model, model);
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Everything {
    #[cassa(key)]
    key: Uuid,
    string: String,
    character: char,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    i128: i128,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    u128: u128,
    big: BigInt,
    f32: f32,
    f64: f64,
    boolean: bool,
    time: DateTime<Utc>,
    naive: NaiveDateTime,
    address: IpAddr,
    vec: Vec<u8>,
    bytes: Bytes,
    option: Option<String>,
    #[cassa(json)]
    json: Vec<(String, Option<i32>)>,
}

fn everything() -> impl Strategy<Value = Everything> {
    let time = || {
        let of = |milliseconds| DateTime::<Utc>::from_timestamp_millis(milliseconds).expect("it is in range");
        (-62_167_219_200_000_i64..253_402_300_800_000).prop_map(of)
    };
    let texts = (any::<u128>(), ".{0,40}", any::<char>(), any::<Option<String>>());
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), any::<i128>());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), any::<u128>());
    let others = (any::<f32>(), any::<f64>(), any::<bool>(), time(), time(), any::<IpAddr>());
    let bytes = (any::<Vec<u8>>(), any::<Vec<u8>>(), any::<Vec<u8>>());
    (texts, signed, unsigned, others, bytes, any::<Vec<(String, Option<i32>)>>()).prop_map(
        |(texts, signed, unsigned, others, bytes, json)| Everything {
            key: Uuid::from_u128(texts.0),
            string: texts.1,
            character: texts.2,
            option: texts.3,
            i8: signed.0,
            i16: signed.1,
            i32: signed.2,
            i64: signed.3,
            i128: signed.4,
            u8: unsigned.0,
            u16: unsigned.1,
            u32: unsigned.2,
            u64: unsigned.3,
            u128: unsigned.4,
            f32: others.0,
            f64: others.1,
            boolean: others.2,
            time: others.3,
            naive: others.4.naive_utc(),
            address: others.5,
            big: BigInt::from_signed_bytes_be(&bytes.0),
            vec: bytes.1,
            bytes: Bytes::from(bytes.2),
            json,
        },
    )
}

#[test]
fn get_after_insert_gives_the_same_object() {
    let cluster = Cluster::start();
    let mapper = cluster.map::<Everything>();
    proptest!(ProptestConfig::with_cases(64), |(object in everything())| {
        let fail = |error: Error| TestCaseError::fail(cluster.text(&error));
        mapper.remove(&object).map_err(fail)?;
        mapper.insert(&object).map_err(fail)?;
        prop_assert_eq!(mapper.get(object.key).map_err(fail)?, Some(object));
    });
}

//! Every type of field in both layouts, there and back through a server.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use bigdecimal::BigDecimal;
use bytes::Bytes;
use cassa::{ColumnFamilyMap, Error, FieldClass, PlainColumns, Typed};
use chrono::{DateTime, NaiveDateTime, Utc};
use num_bigint::BigInt;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::Cluster;

/// A float that equals another by its bits, so that a NaN equals itself.
#[derive(Clone, Copy, Serialize, Deserialize, Debug)]
struct Double(f64);

#[derive(Clone, Copy, Serialize, Deserialize, Debug)]
struct Float(f32);

impl PartialEq for Double {
    fn eq(&self, other: &Double) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Float) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Typed for Double {
    const CLASS: FieldClass = f64::CLASS;
}

impl Typed for Float {
    const CLASS: FieldClass = f32::CLASS;
}

/// A type of the user's own, with a form of its own: cents in three bytes and a sign.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Money(i32);

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_le_bytes())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        <[u8; 4]>::deserialize(deserializer).map(i32::from_le_bytes).map(Money)
    }
}

impl Typed for Money {
    const CLASS: FieldClass = <[u8]>::CLASS;
}

#[derive(Clone, Copy, Serialize, Deserialize, PartialEq, Debug)]
enum Engine {
    Jet,
    TurboProp,
}

#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
enum Owner {
    Nobody,
    Person { name: String, shares: u8 },
    Firm(String),
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(part)]
struct Inner<T> {
    one: T,
    other: Option<T>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(part)]
struct Everything {
    string: String,
    cow: Cow<'static, str>,
    boxed: Box<str>,
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
    decimal: BigDecimal,
    float: Float,
    double: Double,
    boolean: bool,
    uuid: Uuid,
    time: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cassa(validator = "TimestampType")]
    fast: DateTime<Utc>,
    naive: NaiveDateTime,
    address: IpAddr,
    v4: Ipv4Addr,
    vec: Vec<u8>,
    array: [u8; 5],
    bytes: Bytes,
    money: Money,
    pair: (i64, String),
    triple: (Uuid, bool, BigInt),
    option: Option<String>,
    number: Option<i64>,
    #[cassa(validator = "UTF8Type")]
    engine: Engine,
    #[cassa(validator = "IntegerType")]
    numbered: Option<Engine>,
    #[cassa(json)]
    owner: Owner,
    #[cassa(json)]
    json: Option<Vec<(String, Option<i32>)>>,
    #[cassa(flatten(prefix = "in_"))]
    inner: Inner<i32>,
    #[cassa(flatten(prefix = "maybe_"))]
    maybe: Option<Inner<String>>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Row {
    #[cassa(key)]
    key: Uuid,
    #[cassa(flatten)]
    all: Everything,
    #[cassa(rest)]
    rest: BTreeMap<String, i64>,
    #[cassa(ttl)]
    ttl: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Supers {
    #[cassa(key)]
    key: Uuid,
    #[cassa(key)]
    number: i16,
    #[cassa(super_column)]
    name: (i64, String),
    #[cassa(flatten)]
    all: Everything,
    #[cassa(ttl)]
    ttl: Option<u32>,
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let of = |milliseconds| DateTime::<Utc>::from_timestamp_millis(milliseconds).expect("it is in range");
    (-62_167_219_200_000_i64..253_402_300_800_000).prop_map(of)
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        Just(Owner::Nobody),
        any::<(String, u8)>().prop_map(|(name, shares)| Owner::Person { name, shares }),
        any::<String>().prop_map(Owner::Firm),
    ]
}

fn everything() -> impl Strategy<Value = Everything> {
    let texts = (".{0,40}", any::<String>(), any::<String>(), any::<char>(), any::<Option<String>>());
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), any::<i128>(), any::<Option<i64>>());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), any::<u128>());
    // Any bits, so that every NaN comes.
    let floats = (any::<u32>(), any::<u64>(), any::<bool>(), any::<[u8; 9]>(), -30_i64..30);
    let others = (time(), time(), time(), any::<IpAddr>(), any::<Ipv4Addr>(), any::<u128>(), any::<i32>());
    let bytes = (any::<Vec<u8>>(), any::<[u8; 5]>(), any::<Vec<u8>>(), any::<Vec<u8>>());
    let tuples = (any::<(i64, String)>(), any::<(u128, bool, i128)>());
    let enums = (any::<bool>(), any::<Option<bool>>(), owner(), any::<Option<Vec<(String, Option<i32>)>>>());
    let inner = (any::<(i32, Option<i32>)>(), any::<Option<(String, Option<String>)>>());
    (texts, signed, unsigned, floats, others, bytes, tuples, enums, inner).prop_map(
        |(texts, signed, unsigned, floats, others, bytes, tuples, enums, inner)| {
            let engine = |jet| if jet { Engine::Jet } else { Engine::TurboProp };
            Everything {
                string: texts.0,
                cow: texts.1.into(),
                boxed: texts.2.into(),
                character: texts.3,
                option: texts.4,
                i8: signed.0,
                i16: signed.1,
                i32: signed.2,
                i64: signed.3,
                i128: signed.4,
                number: signed.5,
                u8: unsigned.0,
                u16: unsigned.1,
                u32: unsigned.2,
                u64: unsigned.3,
                u128: unsigned.4,
                float: Float(f32::from_bits(floats.0)),
                double: Double(f64::from_bits(floats.1)),
                boolean: floats.2,
                decimal: BigDecimal::new(BigInt::from_signed_bytes_be(&floats.3), floats.4),
                time: others.0,
                fast: others.1,
                naive: others.2.naive_utc(),
                address: others.3,
                v4: others.4,
                uuid: Uuid::from_u128(others.5),
                money: Money(others.6),
                big: BigInt::from_signed_bytes_be(&bytes.0),
                array: bytes.1,
                vec: bytes.2,
                bytes: Bytes::from(bytes.3),
                pair: tuples.0,
                triple: (Uuid::from_u128(tuples.1.0), tuples.1.1, tuples.1.2.into()),
                engine: engine(enums.0),
                numbered: enums.1.map(engine),
                owner: enums.2,
                json: enums.3,
                inner: Inner { one: inner.0.0, other: inner.0.1 },
                maybe: inner.1.map(|(one, other)| Inner { one, other }),
            }
        },
    )
}

fn rest() -> impl Strategy<Value = BTreeMap<String, i64>> {
    // No name of a field begins so.
    proptest::collection::btree_map("~.{0,12}", any::<i64>(), 0..5)
}

fn ttl() -> impl Strategy<Value = Option<u32>> {
    proptest::option::of(100_u32..100_000_000) // Cassandra stores no expiry after 2038
}

fn comes_back<T>(
    object: &T,
    id: impl Serialize,
    cluster: &Cluster,
    mapper: &cassa::Mapper<T>,
) -> Result<(), TestCaseError>
where
    T: PlainColumns + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let fail = |error: Error| TestCaseError::fail(cluster.text(&error));
    mapper.remove(object).map_err(fail)?;
    mapper.insert(object).map_err(fail)?;
    let read = mapper.get(id).map_err(fail)?;
    prop_assert_eq!(read.as_ref(), Some(object));
    Ok(())
}

#[test]
fn get_after_insert_gives_the_same_row() {
    let cluster = Cluster::start();
    let mapper = cluster.map::<Row>();
    proptest!(ProptestConfig::with_cases(64), |(all in everything(), rest in rest(), ttl in ttl(), key: u128)| {
        let row = Row { key: Uuid::from_u128(key), all, rest, ttl };
        comes_back(&row, row.key, &cluster, &mapper)?;
    });
}

#[test]
fn get_after_insert_gives_the_same_super_column() {
    let cluster = Cluster::start();
    let mapper = cluster.map::<Supers>();
    proptest!(ProptestConfig::with_cases(64), |(all in everything(), ttl in ttl(), id: (u128, i16, i64, String))| {
        let object = Supers { key: Uuid::from_u128(id.0), number: id.1, name: (id.2, id.3), all, ttl };
        let name = (object.name.0, &object.name.1);
        comes_back(&object, (object.key, object.number, name), &cluster, &mapper)?;
    });
}

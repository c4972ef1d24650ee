use std::ops::Bound;

use bytes::Bytes;
use num_bigint::BigInt;
use serde_json::Value as Json;

use super::{recorded, unhex};
use crate::marshal::{Class, Value};

const VECTORS: &str = include_str!("../../../tests/data/marshal_vectors.jsonl");

#[test]
fn recorded_values_pack_to_the_recorded_bytes_and_back() {
    let vectors = recorded(VECTORS, "type");
    assert_eq!(vectors.len(), 167);
    for (class, vector) in vectors {
        let bytes = unhex(&vector["hex"]);
        let value = value(&class, &vector["value"]);
        match vector["slice"].as_str() {
            None => {
                assert_eq!(class.packed(&value).as_ref(), Ok(&bytes), "{class}: {vector}");
                assert_eq!(class.unpack(&Bytes::from(bytes)), Ok(value), "{class}: {vector}");
            }
            Some(end) => {
                let bound =
                    if included(&vector["value"]) { Bound::Included } else { Bound::Excluded }(&value);
                let packed =
                    if end == "start" { class.packed_lower(bound) } else { class.packed_upper(bound) };
                assert_eq!(packed, Ok(bytes), "{class}: {vector}");
            }
        }
    }
}

/// pycassa marks an end that is left out on the last component.
fn included(tagged: &Json) -> bool {
    let last = tagged["composite"].as_array().and_then(|parts| parts.last());
    last.and_then(|part| part["inclusive"].as_bool()).unwrap_or(true)
}

#[test]
fn recorded_integers_pack_from_every_variant_that_holds_them() {
    for (class, vector) in recorded(VECTORS, "type") {
        let Some(number) = vector["value"]["long"].as_str() else { continue };
        let big: BigInt = number.parse().expect("an integer");
        let mut variants = vec![Value::from(big.clone())];
        variants.extend(i64::try_from(&big).ok().map(Value::Long));
        variants.extend(i64::try_from(&big).ok().map(Value::Counter));
        variants.extend(i32::try_from(&big).ok().map(Value::Int32));
        for variant in variants {
            assert_eq!(class.packed(&variant), Ok(unhex(&vector["hex"])), "{class}: {variant}");
        }
    }
}

/// The recorded value in the variant that belongs to its class.
fn value(class: &Class, tagged: &Json) -> Value {
    if let Some(inner) = tagged.get("component") {
        return value(class, inner);
    }
    let (tag, json) = tagged.as_object().and_then(|object| object.iter().next()).expect("one tagged value");
    let text = || json.as_str().expect("a text");
    match (class, tag.as_str()) {
        (Class::Long, "long") => Value::Long(text().parse().expect("a long")),
        (Class::Int32, "long") => Value::Int32(text().parse().expect("an int")),
        (Class::Integer, "long") => Value::Integer(text().parse().expect("an integer")),
        (Class::Utf8, "text") => Value::Utf8(text().into()),
        (Class::Ascii, "text") => Value::Ascii(text().into()),
        (Class::Bytes, "bytes") => Value::Bytes(unhex(json).into()),
        (Class::Double, "double") => Value::Double(text().parse().expect("a double")),
        (Class::Float, "float") => Value::Float(text().parse().expect("a float")),
        (Class::Boolean, "bool") => Value::Boolean(json.as_bool().expect("a boolean")),
        (Class::Date, "date_ms") => Value::Date(time(text())),
        (Class::Timestamp | Class::TimeUuid, "date_ms") => Value::Timestamp(time(text())),
        (Class::TimeUuid, "uuid") => Value::TimeUuid(text().parse().expect("a UUID")),
        (Class::Uuid, "uuid") => Value::Uuid(text().parse().expect("a UUID")),
        (Class::LexicalUuid, "uuid") => Value::LexicalUuid(text().parse().expect("a UUID")),
        (Class::Decimal, "decimal") => Value::Decimal(text().parse().expect("a decimal")),
        (Class::Composite(classes), "composite") => {
            let parts = classes.iter().zip(json.as_array().expect("components"));
            Value::Composite(parts.map(|(class, part)| value(class, part)).collect())
        }
        (Class::DynamicComposite(aliases), "dynamic") => {
            let component = |part: &Json| {
                let kind = part[0].as_str().expect("an alias or a class");
                match aliases.iter().find(|(alias, _)| [*alias] == *kind.as_bytes()) {
                    Some((alias, class)) => (char::from(*alias).into(), value(class, &part[1])),
                    None => (kind.into(), value(&Class::parse(kind).expect("a class"), &part[1])),
                }
            };
            Value::DynamicComposite(json.as_array().expect("components").iter().map(component).collect())
        }
        other => panic!("a vector that this test does not know: {other:?}"),
    }
}

fn time(milliseconds: &str) -> chrono::DateTime<chrono::Utc> {
    let milliseconds = milliseconds.parse().expect("milliseconds");
    chrono::DateTime::from_timestamp_millis(milliseconds).expect("a time that chrono holds")
}

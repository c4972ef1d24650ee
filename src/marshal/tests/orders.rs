use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{encoded, recorded, unhex};
use crate::marshal::{Class, Value, varint};

const ORDERS: &str = include_str!("../../../tests/data/marshal_orders.jsonl");

fn names(list: &Json) -> Vec<Vec<u8>> {
    list.as_array().expect("a list of names").iter().map(unhex).collect()
}

fn recorded_orders() -> Vec<(Class, Json)> {
    let orders = recorded(ORDERS, "class");
    assert_eq!(orders.len(), 16);
    orders
}

#[test]
fn names_are_ordered_as_cassandra_returned_them() {
    for (class, record) in recorded_orders() {
        // no name at all comes before every other
        let mut order = vec![Vec::new()];
        order.extend(names(&record["order"]));
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                assert_eq!(class.compare(a, b), i.cmp(&j), "{class}: {a:02x?} {b:02x?}");
                assert_eq!(
                    encoded(&class, a).cmp(&encoded(&class, b)),
                    i.cmp(&j),
                    "{class}: {a:02x?} {b:02x?}"
                );
            }
        }
    }
}

#[test]
fn names_that_cassandra_took_for_the_same_are_equal() {
    let mut pairs = 0;
    for (class, record) in recorded_orders() {
        for pair in record["same"].as_array().expect("a list of pairs") {
            let pair = names(pair);
            assert_eq!(class.compare(&pair[0], &pair[1]), Ordering::Equal, "{class}: {pair:02x?}");
            assert_eq!(encoded(&class, &pair[0]), encoded(&class, &pair[1]), "{class}: {pair:02x?}");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 5);
}

#[test]
fn names_that_cassandra_refused_are_not_accepted() {
    for (class, record) in recorded_orders() {
        for name in names(&record["rejected"]) {
            assert!(class.validate(&name).is_err(), "{class}: {name:02x?}");
        }
        for name in names(&record["order"]) {
            assert_eq!(class.validate(&name), Ok(()), "{class}");
        }
    }
}

#[test]
fn every_nan_is_the_same_name_and_the_last_one() {
    for nan in [
        f64::NAN.to_be_bytes(),
        (-f64::NAN).to_be_bytes(),
        [0xff; 8],
        (0x7ff0_0000_0000_0001_u64).to_be_bytes(),
    ] {
        assert_eq!(Class::Double.compare(&nan, &f64::NAN.to_be_bytes()), Ordering::Equal);
        assert_eq!(Class::Double.compare(&nan, &f64::INFINITY.to_be_bytes()), Ordering::Greater);
    }
    for nan in [f32::NAN.to_be_bytes(), (-f32::NAN).to_be_bytes(), [0xff; 4], 0x7f80_0001_u32.to_be_bytes()] {
        assert_eq!(Class::Float.compare(&nan, &f32::NAN.to_be_bytes()), Ordering::Equal);
        assert_eq!(Class::Float.compare(&nan, &f32::INFINITY.to_be_bytes()), Ordering::Greater);
    }
}

#[test]
fn integers_of_any_length_keep_their_order_in_the_encoding() {
    let power = |length: usize, first: u8| [vec![first], vec![0; length - 1]].concat();
    // below zero from far to near, then above zero from near to far, across the lengths where the head changes
    let lengths = [1, 2, 126, 127, 128, 255, 256, 300, 65_535];
    let negative = lengths.iter().rev().map(|length| power(*length, 0x80));
    let positive = lengths.iter().map(|length| power(*length, 0x01));
    let order: Vec<Vec<u8>> = negative.chain(positive).collect();
    for (i, a) in order.iter().enumerate() {
        for (j, b) in order.iter().enumerate() {
            assert_eq!(Class::Integer.compare(a, b), i.cmp(&j), "{i} {j}");
            assert_eq!(encoded(&Class::Integer, a).cmp(&encoded(&Class::Integer, b)), i.cmp(&j), "{i} {j}");
        }
    }
}

#[test]
fn the_rest_of_a_time_uuid_is_signed_and_of_a_uuid_unsigned() {
    let uuid = |last: u8| [0, 0, 0, 1, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0, last];
    let (small, large) = (uuid(0x7f), uuid(0x80));
    assert_eq!(Class::TimeUuid.compare(&small, &large), Ordering::Greater);
    assert_eq!(Class::Uuid.compare(&small, &large), Ordering::Less);
    assert_eq!(Class::LexicalUuid.compare(&small, &large), Ordering::Less);
}

/// The names of the columns in a reply, as the transcripts print them.
fn returned(result: &Json) -> Option<Vec<Vec<u8>>> {
    let name = |entry: &Json| match &entry["column"]["name"] {
        Json::String(text) => Some(text.clone().into_bytes()),
        Json::Object(hex) => Some(unhex(&hex["hex"])),
        _ => None,
    };
    result.as_array()?.iter().map(name).collect()
}

/// Every slice that Cassandra returned is in the order of its comparator, forwards or backwards, and lies between the
/// ends that were asked for.
#[test]
fn recorded_slices_are_in_order_and_between_their_ends() {
    let files = [
        include_str!("../../../tests/data/transcripts/ordering_simple.jsonl"),
        include_str!("../../../tests/data/transcripts/ordering_composites.jsonl"),
    ];
    let (mut slices, mut names) = (0, 0);
    for file in files {
        let mut classes = std::collections::HashMap::new();
        for line in file.lines() {
            let line: Json = serde_json::from_str(line).expect("a line of JSON");
            let args = &line["args"];
            let definitions = args["ks_def"]["cf_defs"].as_array().into_iter().flatten();
            for definition in definitions.chain([&args["cf_def"]]) {
                if let (Some(name), Some(class)) =
                    (definition["name"].as_str(), definition["comparator_type"].as_str())
                {
                    classes.insert(name.to_owned(), Class::parse(class).expect("a class"));
                }
            }
            let (Some("get_slice"), Some(range)) =
                (line["method"].as_str(), args["predicate"]["slice_range"].as_object())
            else {
                continue;
            };
            let (Some(mut order), Some(family)) =
                (returned(&line["result"]), args["column_parent"]["column_family"].as_str())
            else {
                continue;
            };
            let class = &classes[family];
            let bytes = |end: &Json| match end {
                Json::String(text) => text.clone().into_bytes(),
                hex => unhex(&hex["hex"]),
            };
            let (mut start, mut finish) = (bytes(&range["start"]), bytes(&range["finish"]));
            if range["reversed"].as_bool() == Some(true) {
                order.reverse();
                std::mem::swap(&mut start, &mut finish);
            }
            let before = |a: &[u8], b: &[u8], least: Ordering| {
                let came = (class.compare(a, b), encoded(class, a).cmp(&encoded(class, b)));
                assert_eq!(came.0, came.1, "{class} {a:02x?} {b:02x?}");
                assert!(came.0 <= least, "{class} {a:02x?} {b:02x?}");
            };
            for pair in order.windows(2) {
                before(&pair[0], &pair[1], Ordering::Less);
            }
            for name in &order {
                before(&start, name, Ordering::Equal);
                if !finish.is_empty() {
                    before(name, &finish, Ordering::Equal);
                }
            }
            slices += 1;
            names += order.len();
        }
    }
    assert!(slices > 100 && names > 1_000, "only {slices} slices with {names} names");
}

#[test]
fn decimals_of_any_scale_are_ordered_by_their_number() {
    let decimal = |unscaled: i64, scale: i32| {
        let mut bytes = scale.to_be_bytes().to_vec();
        bytes.extend(varint::minimal(&unscaled.to_be_bytes()));
        bytes
    };
    let order = [
        decimal(-1, i32::MIN),
        decimal(-12, 0),
        decimal(-11, 0),
        decimal(-1, 0),
        decimal(-1, 1),
        decimal(-1, i32::MAX),
        decimal(0, 0),
        decimal(1, i32::MAX),
        decimal(11, i32::MAX),
        decimal(99, 3),
        decimal(1, 1),
        decimal(1001, 4),
        decimal(101, 3),
        decimal(1, 0),
        decimal(10, i32::MIN),
    ];
    for (i, a) in order.iter().enumerate() {
        for (j, b) in order.iter().enumerate() {
            assert_eq!(Class::Decimal.compare(a, b), i.cmp(&j), "{a:02x?} {b:02x?}");
            assert_eq!(
                encoded(&Class::Decimal, a).cmp(&encoded(&Class::Decimal, b)),
                i.cmp(&j),
                "{a:02x?} {b:02x?}"
            );
        }
        assert!(encoded(&Class::Decimal, a).len() < 16);
    }
    for (a, b) in
        [(decimal(10, 1), decimal(1, 0)), (decimal(0, 5), decimal(0, -5)), (decimal(-100, 2), decimal(-1, 0))]
    {
        assert_eq!(Class::Decimal.compare(&a, &b), Ordering::Equal);
        assert_eq!(encoded(&Class::Decimal, &a), encoded(&Class::Decimal, &b));
    }
}

/// The digits of such numbers would take minutes.
#[test]
fn long_decimals_are_compared_without_their_digits() {
    let decimal = |scale: i32, length: usize, last: u8| {
        let mut bytes = scale.to_be_bytes().to_vec();
        bytes.resize(4 + length, 0x5a);
        bytes.push(last);
        bytes
    };
    let long = decimal(0, 4 << 20, 0);
    for (scale, order) in [(i32::MIN, Ordering::Less), (-1, Ordering::Less), (1, Ordering::Greater)] {
        assert_eq!(Class::Decimal.compare(&long, &decimal(scale, 4 << 20, 0)), order, "{scale}");
    }
    // of about the same size: one as a number of 240 thousand digits, one by its scale
    let number = decimal(0, 100_000, 1);
    let one = [&(-240_824_i32).to_be_bytes()[..], &[1]].concat();
    assert_eq!(Class::Decimal.compare(&number, &one), Class::Decimal.compare(&one, &number).reverse());
    assert_eq!(Class::Decimal.compare(&number, &decimal(0, 100_000, 2)), Ordering::Less);
}

/// By hand, as Cassandra 2.1 orders components of different types: by the short names of their classes.
#[test]
fn components_of_a_dynamic_composite_are_ordered_by_type_and_then_by_value() {
    let class = Class::parse("DynamicCompositeType(a=>AsciiType,l=>LongType,r=>LongType(reversed=true))")
        .expect("a class");
    let name = |parts: &[(&str, i64)]| {
        let component = |(kind, number): &(&str, i64)| match *kind {
            "a" => ('a'.into(), Value::from(number.to_string())),
            one if one.len() == 1 => (one.chars().next().expect("an alias").into(), Value::from(*number)),
            name => (name.into(), Value::from(*number)),
        };
        class.packed(&Value::DynamicComposite(parts.iter().map(component).collect())).expect("a name")
    };
    let order = [
        vec![],
        name(&[("a", 9)]),
        name(&[("Int32Type", 1)]),
        name(&[("l", -5)]),
        name(&[("LongType", 3)]),
        name(&[("l", 3), ("a", 1)]),
        name(&[("l", 3), ("org.apache.cassandra.db.marshal.LongType", 1)]),
        name(&[("l", 4)]),
        name(&[("r", 7)]),
        name(&[("r", 3)]),
    ];
    for (i, a) in order.iter().enumerate() {
        for (j, b) in order.iter().enumerate() {
            assert_eq!(class.compare(a, b), i.cmp(&j), "{a:02x?} {b:02x?}");
            assert_eq!(encoded(&class, a).cmp(&encoded(&class, b)), i.cmp(&j), "{a:02x?} {b:02x?}");
        }
    }
}

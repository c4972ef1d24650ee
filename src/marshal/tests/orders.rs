use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{encoded, recorded, unhex};
use crate::marshal::Class;

const ORDERS: &str = include_str!("../../../tests/data/marshal_orders.jsonl");

fn names(list: &Json) -> Vec<Vec<u8>> {
    list.as_array().expect("a list of names").iter().map(unhex).collect()
}

fn recorded_orders() -> Vec<(Class, Json)> {
    let (orders, skipped) = recorded(ORDERS, "class");
    assert_eq!((orders.len(), skipped), (15, 1));
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
    assert_eq!(pairs, 4);
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

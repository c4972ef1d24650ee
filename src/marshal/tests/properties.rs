use std::cmp::Ordering;

use bytes::Bytes;
use chrono::DateTime;
use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::encoded;
use crate::marshal::{Class, Value};

fn class() -> impl Strategy<Value = Class> {
    let custom = "[A-Za-z][A-Za-z0-9_.+&-]{0,20}(\\([A-Za-z0-9,=>: ]{0,20}\\))?"
        .prop_map(|name| Class::parse(&name).expect("the shape of a class name"));
    prop_oneof![9 => select(&Class::KNOWN[..]), 1 => custom]
}

/// Milliseconds that chrono can hold.
fn milliseconds() -> impl Strategy<Value = i64> {
    let (first, last) = (DateTime::<chrono::Utc>::MIN_UTC, DateTime::<chrono::Utc>::MAX_UTC);
    prop_oneof![first.timestamp_millis()..=last.timestamp_millis(), -2_000..2_000_i64]
}

/// Big integers of every length, with the borders of a byte among them.
fn integer() -> impl Strategy<Value = BigInt> {
    let border = (0..300_u32, -2..=2, any::<bool>()).prop_map(|(bits, off, negative)| {
        let power = BigInt::from(1) << bits;
        (if negative { -power } else { power }) + off
    });
    prop_oneof![border, vec(any::<u8>(), 0..40).prop_map(|bytes| BigInt::from_signed_bytes_be(&bytes))]
}

fn value_of(class: &Class) -> BoxedStrategy<Value> {
    let time = milliseconds().prop_map(|ms| DateTime::from_timestamp_millis(ms).expect("chrono holds it"));
    let uuid = any::<u128>().prop_map(Uuid::from_u128);
    let own = match class {
        Class::Ascii => "[\\x00-\\x7f]{0,20}".prop_map(Value::Ascii).boxed(),
        Class::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Class::Bytes | Class::Custom(_) => return vec(any::<u8>(), 0..20).prop_map(Value::from).boxed(),
        Class::Counter => any::<i64>().prop_map(Value::Counter).boxed(),
        Class::Date => time.prop_map(Value::Date).boxed(),
        Class::Timestamp => time.prop_map(Value::Timestamp).boxed(),
        Class::Double => any::<f64>().prop_map(Value::Double).boxed(),
        Class::Float => any::<f32>().prop_map(Value::Float).boxed(),
        Class::Inet => prop_oneof![
            any::<u32>().prop_map(|bits| Value::from(std::net::Ipv4Addr::from_bits(bits))),
            any::<u128>().prop_map(|bits| Value::from(std::net::Ipv6Addr::from_bits(bits))),
        ]
        .boxed(),
        Class::Int32 => any::<i32>().prop_map(Value::Int32).boxed(),
        Class::Integer => integer().prop_map(Value::Integer).boxed(),
        Class::LexicalUuid => uuid.prop_map(Value::LexicalUuid).boxed(),
        Class::Long => any::<i64>().prop_map(Value::Long).boxed(),
        Class::TimeUuid => any::<u128>()
            .prop_map(|bits| Value::TimeUuid(Uuid::from_u128(bits & !(0xf << 76) | 1 << 76)))
            .boxed(),
        Class::Utf8 => any::<String>().prop_map(Value::Utf8).boxed(),
        Class::Uuid => uuid.prop_map(Value::Uuid).boxed(),
    };
    match class {
        Class::Ascii | Class::Utf8 => own,
        _ => prop_oneof![20 => own, 1 => Just(Value::Empty)].boxed(),
    }
}

fn class_and_value() -> impl Strategy<Value = (Class, Value)> {
    class().prop_flat_map(|class| (Just(class.clone()), value_of(&class)))
}

/// Any bytes, of lengths that classes have and of others, from few different bytes so that many are nearly the same.
fn any_name() -> impl Strategy<Value = Vec<u8>> {
    let byte = || prop_oneof![4 => select(&[0x00, 0x01, 0x10, 0x40, 0x7f, 0x80, 0xff][..]), 1 => any::<u8>()];
    let length = select(&[0_usize, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17][..]);
    let wide = length.prop_flat_map(move |length| vec(byte(), length));
    let common =
        select(&[f64::NAN, -f64::NAN, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE][..]);
    prop_oneof![
        6 => wide,
        1 => common.clone().prop_map(|number| number.to_be_bytes().to_vec()),
        1 => common.prop_map(|number| (number as f32).to_be_bytes().to_vec()),
    ]
}

/// Names that a class accepts.
fn names_of<const N: usize>() -> impl Strategy<Value = (Class, [Vec<u8>; N])> {
    class().prop_flat_map(|class| {
        let name = || {
            let accepting = class.clone();
            let packing = class.clone();
            let packed =
                value_of(&class).prop_map(move |value| packing.packed(&value).expect("a value of the class"));
            let accepted = any_name().prop_map(move |mut name| {
                match accepting {
                    Class::TimeUuid if name.len() == 16 => name[6] = name[6] & 0x0f | 0x10,
                    _ => {}
                }
                if accepting.validate(&name).is_ok() { name } else { Vec::new() }
            });
            prop_oneof![1 => packed, 4 => accepted]
        };
        (Just(class.clone()), std::array::from_fn(|_| name().boxed()))
    })
}

/// UUIDs of version 1 mostly, many of them at the same time.
fn uuid_bits() -> impl Strategy<Value = Uuid> {
    let time = prop_oneof![(0..64_u32).prop_map(|bit| 1_u64 << bit), select(&[0, u64::MAX][..])];
    let byte = select(&[0x00, 0x01, 0x7f, 0x80, 0xff][..]);
    let version = prop_oneof![8 => Just(1_u64), 2 => select(&[0_u64, 2, 4, 15][..])];
    (time, version, prop::array::uniform8(byte)).prop_map(|(time, version, rest)| {
        Uuid::from_u64_pair(time & !0xf000 | version << 12, u64::from_be_bytes(rest))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_class_reads_what_it_prints(class in class()) {
        prop_assert_eq!(Class::parse(&class.to_string()), Ok(class.clone()));
        prop_assert_eq!(Class::parse(&class.qualified()), Ok(class));
    }

    #[test]
    fn any_text_is_a_class_or_an_error(text in "\\PC{0,30}|[A-Za-z(),=> .]{0,30}") {
        if let Ok(class) = Class::parse(&text) {
            prop_assert_eq!(Class::parse(&class.to_string()), Ok(class));
        }
    }

    #[test]
    fn a_value_comes_back_as_it_was_packed((class, value) in class_and_value()) {
        let bytes = class.packed(&value)?;
        prop_assert_eq!(class.validate(&bytes), Ok(()));
        let back = class.unpack(&Bytes::from(bytes.clone()))?;
        // by their bytes too, because a NaN is not equal to itself
        prop_assert_eq!(class.packed(&back)?, bytes);
        match (&value, &back) {
            (Value::Double(a), Value::Double(b)) => prop_assert_eq!(a.to_bits(), b.to_bits()),
            (Value::Float(a), Value::Float(b)) => prop_assert_eq!(a.to_bits(), b.to_bits()),
            _ => prop_assert_eq!(value, back),
        }
    }

    #[test]
    fn a_value_packs_into_any_class_as_accepted_bytes_or_not_at_all(
        class in class(),
        (_, value) in class_and_value(),
    ) {
        let mut out = vec![1, 2, 3];
        match class.pack(&value, &mut out) {
            Ok(()) => prop_assert_eq!(class.validate(&out[3..]), Ok(())),
            Err(mismatch) => {
                prop_assert_eq!(out, [1, 2, 3]);
                prop_assert_eq!(mismatch.class(), &class);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(class in class(), bytes in any_name()) {
        let valid = class.validate(&bytes).is_ok();
        match class.unpack(&Bytes::from(bytes.clone())) {
            Ok(value) => {
                prop_assert!(valid);
                // one value has one packed form, apart from the spellings of truth and of an integer
                if !matches!(class, Class::Boolean | Class::Integer) {
                    prop_assert_eq!(class.packed(&value)?, bytes);
                }
            }
            Err(_) if valid => prop_assert!(matches!(class, Class::Utf8 | Class::Date | Class::Timestamp)),
            Err(_) => {}
        }
    }

    #[test]
    fn comparison_is_a_total_order_on_any_bytes(class in class(), names in [any_name(), any_name(), any_name()]) {
        let [a, b, c] = names;
        prop_assert_eq!(class.compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(class.compare(&a, &b), class.compare(&b, &a).reverse());
        let (ab, bc) = (class.compare(&a, &b), class.compare(&b, &c));
        if ab == bc || bc == Ordering::Equal {
            prop_assert_eq!(class.compare(&a, &c), ab);
        } else if ab == Ordering::Equal {
            prop_assert_eq!(class.compare(&a, &c), bc);
        }
        prop_assert_eq!(class.compare(&[], &a) == Ordering::Equal, a.is_empty());
        prop_assert_ne!(class.compare(&[], &a), Ordering::Greater);
    }

    #[test]
    fn the_encoding_orders_names_as_comparison_does((class, [a, b]) in names_of::<2>()) {
        prop_assert_eq!(encoded(&class, &a).cmp(&encoded(&class, &b)), class.compare(&a, &b));
    }

    #[test]
    fn integers_are_ordered_by_their_number(a in integer(), b in integer(), padding in 0..3_usize) {
        let packed = |number: &BigInt| Class::Integer.packed(&Value::from(number));
        let (name, other) = (packed(&a)?, packed(&b)?);
        let sign = if a < BigInt::from(0) { 0xff } else { 0x00 };
        let spelled = [vec![sign; padding], name].concat();
        prop_assert_eq!(Class::Integer.compare(&spelled, &other), a.cmp(&b));
        prop_assert_eq!(encoded(&Class::Integer, &spelled).cmp(&encoded(&Class::Integer, &other)), a.cmp(&b));
    }

    #[test]
    fn uuids_are_ordered_by_their_parts(a in uuid_bits(), b in uuid_bits()) {
        let compare = |class: Class, a: Uuid, b: Uuid| class.compare(a.as_bytes(), b.as_bytes());
        let halves = |uuid: Uuid| {
            let (high, low) = uuid.as_u64_pair();
            (high.cast_signed(), low.cast_signed())
        };
        prop_assert_eq!(compare(Class::LexicalUuid, a, b), halves(a).cmp(&halves(b)));

        let time = |uuid: Uuid| uuid.get_timestamp().map_or(0, |time| time.to_gregorian().0);
        let parts = |uuid: Uuid| (uuid.get_version_num(), time(uuid), uuid.as_u128());
        prop_assert_eq!(compare(Class::Uuid, a, b), parts(a).cmp(&parts(b)));

        if a.get_version_num() == 1 && b.get_version_num() == 1 {
            let parts = |uuid: Uuid| {
                let [_, _, _, _, _, _, _, _, rest @ ..] = uuid.into_bytes();
                (time(uuid), rest.map(u8::cast_signed))
            };
            prop_assert_eq!(compare(Class::TimeUuid, a, b), parts(a).cmp(&parts(b)));
        }
    }

    #[test]
    fn numbers_are_ordered_by_their_value(a in any::<f64>(), b in any::<f64>(), i in any::<i64>(), j in any::<i64>()) {
        prop_assert_eq!(Class::Double.compare(&a.to_be_bytes(), &b.to_be_bytes()), a.total_cmp(&b));
        prop_assert_eq!(Class::Long.compare(&i.to_be_bytes(), &j.to_be_bytes()), i.cmp(&j));
        prop_assert_eq!(Class::Timestamp.compare(&i.to_be_bytes(), &j.to_be_bytes()), i.cmp(&j));
        prop_assert_eq!(
            Class::Date.compare(&i.to_be_bytes(), &j.to_be_bytes()),
            i.cast_unsigned().cmp(&j.cast_unsigned())
        );
    }
}

//! Classes, values of them, and names, some of which are broken.

use bigdecimal::BigDecimal;
use chrono::DateTime;
use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::ops::Bound;
use uuid::Uuid;

use crate::marshal::{Class, ComponentType, Value};

pub(super) fn class() -> impl Strategy<Value = Class> {
    let custom = "[A-Za-z][A-Za-z0-9_.+&-]{0,20}(\\([A-Za-z0-9,=>: ]{0,20}\\))?"
        .prop_filter_map("a class without a variant", |name| {
            Class::parse(&name).ok().filter(|class| matches!(class, Class::Custom(_)))
        });
    let leaf = prop_oneof![9 => select(&Class::KNOWN[..]), 1 => custom];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let aliases = proptest::collection::btree_map(proptest::char::range('a', 'z'), inner.clone(), 0..3);
        prop_oneof![
            4 => vec(inner.clone(), 1..4).prop_map(Class::composite),
            3 => inner.clone().prop_map(Class::reversed),
            1 => inner.clone().prop_map(|class| Class::Frozen(class.into())),
            1 => inner.clone().prop_map(|class| Class::List(class.into())),
            1 => inner.clone().prop_map(|class| Class::Set(class.into())),
            1 => [inner.clone(), inner.clone()].prop_map(|pair| Class::Map(pair.into())),
            2 => aliases.prop_map(|aliases| {
                let alias = |(alias, class)| (u8::try_from(alias).expect("a letter"), class);
                Class::DynamicComposite(aliases.into_iter().map(alias).collect())
            }),
        ]
    })
}

/// Milliseconds that chrono can hold.
fn milliseconds() -> impl Strategy<Value = i64> {
    let (first, last) = (DateTime::<chrono::Utc>::MIN_UTC, DateTime::<chrono::Utc>::MAX_UTC);
    prop_oneof![first.timestamp_millis()..=last.timestamp_millis(), -2_000..2_000_i64]
}

/// Big integers of every length, with the borders of a byte among them.
pub(super) fn integer() -> impl Strategy<Value = BigInt> {
    let border = (0..300_u32, -2..=2, any::<bool>()).prop_map(|(bits, off, negative)| {
        let power = BigInt::from(1) << bits;
        (if negative { -power } else { power }) + off
    });
    prop_oneof![border, vec(any::<u8>(), 0..40).prop_map(|bytes| BigInt::from_signed_bytes_be(&bytes))]
}

pub(super) fn value_of(class: &Class) -> BoxedStrategy<Value> {
    let time = milliseconds().prop_map(|ms| DateTime::from_timestamp_millis(ms).expect("chrono holds it"));
    let uuid = any::<u128>().prop_map(Uuid::from_u128);
    let own = match class {
        Class::Ascii => "[\\x00-\\x7f]{0,20}".prop_map(|text| Value::Ascii(text.into())).boxed(),
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
        Class::Utf8 => any::<String>().prop_map(|text| Value::Utf8(text.into())).boxed(),
        Class::Uuid => uuid.prop_map(Value::Uuid).boxed(),
        Class::Empty => return Just(Value::Empty).boxed(),
        Class::Decimal => (integer(), prop_oneof![any::<i32>(), -3..3])
            .prop_map(|(unscaled, scale)| Value::Decimal(BigDecimal::new(unscaled, scale.into())))
            .boxed(),
        Class::Reversed(class) | Class::Frozen(class) => return value_of(class),
        Class::Own(own) => return value_of(own.class()),
        Class::Composite(classes) => {
            let parts: Vec<_> = classes.iter().map(value_of).collect();
            (1..=parts.len()).prop_flat_map(move |n| parts[..n].to_vec()).prop_map(Value::Composite).boxed()
        }
        Class::DynamicComposite(aliases) => {
            vec(component(aliases), 1..4).prop_map(Value::DynamicComposite).boxed()
        }
        Class::List(class) => vec(value_of(class), 0..4).prop_map(Value::List).boxed(),
        Class::Set(class) => vec(value_of(class), 0..4).prop_map(Value::Set).boxed(),
        Class::Map(classes) => {
            vec((value_of(&classes[0]), value_of(&classes[1])), 0..4).prop_map(Value::Map).boxed()
        }
    };
    match class {
        Class::Ascii | Class::Utf8 => own,
        _ => prop_oneof![20 => own, 1 => Just(Value::Empty)].boxed(),
    }
}

fn component(aliases: &[(u8, Class)]) -> BoxedStrategy<(ComponentType, Value)> {
    let named = select(&Class::KNOWN[..])
        .prop_flat_map(|class| (Just(ComponentType::from(&class)), value_of(&class)))
        .boxed();
    let alias = |(alias, class): &(u8, Class)| {
        (Just(ComponentType::from(char::from(*alias))), value_of(class)).boxed()
    };
    proptest::strategy::Union::new(aliases.iter().map(alias).chain([named])).boxed()
}

pub(super) fn class_and_value() -> impl Strategy<Value = (Class, Value)> {
    class().prop_flat_map(|class| (Just(class.clone()), value_of(&class)))
}

/// Any bytes, of lengths that classes have and of others, from few different bytes so that many are nearly the same.
pub(super) fn any_name() -> impl Strategy<Value = Vec<u8>> {
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

/// A class, and names of it: packed values, ends of slices, some with a wrong byte, a part missing or too much, and any
/// bytes.
pub(super) fn names_of<const N: usize>() -> impl Strategy<Value = (Class, [Vec<u8>; N])> {
    class().prop_flat_map(|class| (Just(class.clone()), std::array::from_fn(|_| name_of(class.clone()))))
}

fn name_of(class: Class) -> BoxedStrategy<Vec<u8>> {
    let packed = (value_of(&class), 0..5)
        .prop_map(move |(value, end)| match end {
            0 => class.packed_lower(Bound::Included(&value)),
            1 => class.packed_upper(Bound::Included(&value)),
            _ => class.packed(&value),
        })
        .prop_map(|packed| packed.expect("a value of the class"))
        .boxed();
    let damaged = (packed.clone(), any::<prop::sample::Index>(), 0..4, any::<u8>()).prop_map(
        |(mut name, at, how, byte)| {
            match how {
                _ if name.is_empty() => name.push(byte),
                0 => name.truncate(at.index(name.len())),
                1 => name.push(byte),
                2 => name.insert(0, byte),
                _ => {
                    let at = at.index(name.len());
                    name[at] = byte;
                }
            }
            name
        },
    );
    prop_oneof![4 => packed, 2 => damaged, 4 => any_name()].boxed()
}

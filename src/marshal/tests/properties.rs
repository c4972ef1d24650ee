use std::cmp::Ordering;
use std::ops::Bound;

use bytes::Bytes;
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::encoded;
use super::strategies::{class, class_and_value, integer, names_of, value_of};
use crate::marshal::{Class, Value};

/// UUIDs of version 1 mostly, many of them at the same time.
fn uuid_bits() -> impl Strategy<Value = Uuid> {
    let time = prop_oneof![(0..64_u32).prop_map(|bit| 1_u64 << bit), select(&[0, u64::MAX][..])];
    let byte = select(&[0x00, 0x01, 0x7f, 0x80, 0xff][..]);
    let version = prop_oneof![8 => Just(1_u64), 2 => select(&[0_u64, 2, 4, 15][..])];
    (time, version, prop::array::uniform8(byte)).prop_map(|(time, version, rest)| {
        Uuid::from_u64_pair(time & !0xf000 | version << 12, u64::from_be_bytes(rest))
    })
}

/// Whether a composite in this value has no component.
fn hollow(value: &Value) -> bool {
    match value {
        Value::Composite(parts) => parts.is_empty() || parts.iter().any(hollow),
        Value::DynamicComposite(parts) => parts.iter().any(|(_, part)| hollow(part)),
        Value::List(items) | Value::Set(items) => items.iter().any(hollow),
        Value::Map(entries) => entries.iter().any(|(key, value)| hollow(key) || hollow(value)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

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

    /// Numbers that are about alike: one is the other at another scale, and a little more or less.
    #[test]
    fn decimals_are_compared_as_their_forms_are(
        number in integer(), scale in any::<i32>(), more in 0..40_u32, change in -2..3_i32, cut in 0..3_u32,
    ) {
        let decimal = |scale: i32, unscaled: &BigInt| {
            let mut bytes = scale.to_be_bytes().to_vec();
            bytes.extend(unscaled.to_signed_bytes_be());
            bytes
        };
        let grown = (&number * BigInt::from(10).pow(more) + change) / BigInt::from(10).pow(cut);
        let one = decimal(scale, &number);
        let other = decimal(scale.wrapping_add_unsigned(more), &grown);
        let order = Class::Decimal.compare(&one, &other);
        prop_assert_eq!(order, encoded(&Class::Decimal, &one).cmp(&encoded(&Class::Decimal, &other)));
        prop_assert_eq!(Class::Decimal.compare(&other, &one), order.reverse());
    }

    /// A comparator may get more components: the names that there are keep their forms.
    #[test]
    fn names_keep_their_forms_under_more_components(
        (classes, name) in prop::collection::vec(class(), 1..4)
            .prop_filter("of components", |classes| {
                !classes.iter().any(|class| matches!(class, Class::Counter))
            })
            .prop_flat_map(|classes| {
                let name = value_of(&Class::composite(classes.clone()));
                (Just(classes), name)
            }),
        added in class(),
    ) {
        let before = Class::composite(classes.clone());
        let after = Class::composite(classes.into_iter().chain([added]).collect::<Vec<_>>());
        let name = before.packed(&name)?;
        prop_assert_eq!(after.validate(&name), Ok(()));
        prop_assert_eq!(encoded(&before, &name), encoded(&after, &name));
    }

    #[test]
    fn a_value_comes_back_as_it_was_packed((class, value) in class_and_value()) {
        let bytes = class.packed(&value)?;
        prop_assert_eq!(class.validate(&bytes), Ok(()));
        let back = class.unpack(&Bytes::from(bytes.clone()))?;
        prop_assert_eq!(class.packed(&back)?, bytes);
        // a NaN is not equal to itself
        if format!("{value:?}").contains("NaN") {
            prop_assert_eq!(format!("{value:?}"), format!("{back:?}"));
        } else {
            prop_assert_eq!(value, back);
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
                prop_assert_eq!(mismatch.class(), class.base());
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused((class, [bytes]) in names_of::<1>()) {
        let valid = class.validate(&bytes).is_ok();
        let may_differ = |class: &Class| {
            let text = class.to_string();
            ["Boolean", "Integer", "Decimal", "Composite", "List", "Set", "Map"].iter().any(|it| text.contains(it))
        };
        match class.unpack(&Bytes::from(bytes.clone())) {
            Ok(value) => {
                prop_assert!(valid);
                // Cassandra accepts the mark of a static name with nothing behind it; no value makes that
                if hollow(&value) {
                    prop_assert!(class.packed(&value).is_err());
                    return Ok(());
                }
                let again = class.packed(&value)?;
                // one value has one packed form, apart from the spellings of truth and of numbers, and how composites
                // end
                if !may_differ(&class) {
                    prop_assert_eq!(again, bytes);
                } else {
                    prop_assert_eq!(class.validate(&again), Ok(()));
                }
            }
            Err(_) if valid => {
                let text = class.to_string();
                let time_or_text = ["UTF8", "Date", "Timestamp"].iter().any(|it| text.contains(it));
                prop_assert!(time_or_text || text.contains("Dynamic"), "{}", text);
            }
            Err(_) => {}
        }
    }

    #[test]
    fn comparison_is_a_total_order_on_any_bytes((class, [a, b, c]) in names_of::<3>()) {
        prop_assert_eq!(class.compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(class.compare(&a, &b), class.compare(&b, &a).reverse());
        let (ab, bc) = (class.compare(&a, &b), class.compare(&b, &c));
        if ab == bc || bc == Ordering::Equal {
            prop_assert_eq!(class.compare(&a, &c), ab);
        } else if ab == Ordering::Equal {
            prop_assert_eq!(class.compare(&a, &c), bc);
        }
        if !class.to_string().contains("EmptyType") {
            prop_assert_eq!(class.compare(&[], &a) == Ordering::Equal, a.is_empty());
        }
        prop_assert_ne!(class.compare(&[], &a), Ordering::Greater);
    }

    #[test]
    fn the_encoding_orders_any_bytes_as_comparison_does((class, [a, b]) in names_of::<2>()) {
        prop_assert_eq!(encoded(&class, &a).cmp(&encoded(&class, &b)), class.compare(&a, &b));
        let reversed = Class::reversed(class.clone());
        if !a.is_empty() && !b.is_empty() {
            prop_assert_eq!(reversed.compare(&a, &b), class.compare(&b, &a));
        }
        prop_assert_eq!(encoded(&reversed, &a).cmp(&encoded(&reversed, &b)), reversed.compare(&a, &b));
    }

    /// A prefix, included, takes in exactly the names that begin with its values; excluded, none of them.
    #[test]
    fn a_prefix_bounds_the_names_that_begin_with_it(
        (class, value, prefix) in class()
            .prop_filter("a composite", |class| matches!(class.base(), Class::Composite(_)))
            .prop_flat_map(|class| (Just(class.clone()), value_of(&class), value_of(&class))),
    ) {
        let (Value::Composite(values), Value::Composite(first)) = (&value, &prefix) else { return Ok(()) };
        let Class::Composite(classes) = class.base() else { return Ok(()) };
        let name = class.packed(&value)?;
        let begins = values.len() >= first.len()
            && classes.iter().zip(values).zip(first).all(|((class, a), b)| {
                let packed = |value| class.packed(value).expect("a value of the class");
                class.compare(&packed(a), &packed(b)).is_eq()
            });
        let at = |bound: Vec<u8>| class.compare(&name, &bound);
        let above_low = at(class.packed_lower(Bound::Included(&prefix))?).is_ge();
        let below_high = at(class.packed_upper(Bound::Included(&prefix))?).is_le();
        prop_assert_eq!(above_low && below_high, begins);
        if begins {
            prop_assert!(at(class.packed_lower(Bound::Excluded(&prefix))?).is_lt());
            prop_assert!(at(class.packed_upper(Bound::Excluded(&prefix))?).is_gt());
        }
    }

    /// Against the crate's own comparison, where the scales are small.
    #[test]
    fn decimals_are_ordered_by_their_number(a in integer(), b in integer(), s in -9..9_i64, t in -9..9_i64) {
        let (a, b) = (bigdecimal::BigDecimal::new(a, s), bigdecimal::BigDecimal::new(b, t));
        let packed = |number: &bigdecimal::BigDecimal| Class::Decimal.packed(&Value::from(number));
        let (one, other) = (packed(&a)?, packed(&b)?);
        prop_assert_eq!(Class::Decimal.compare(&one, &other), a.cmp(&b));
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

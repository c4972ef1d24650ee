use std::ops::Bound::{self, Excluded, Included, Unbounded};

use chrono::{DateTime, Utc};

use crate::marshal::{Class, ComponentType, Value, highest_time_uuid, lowest_time_uuid};

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_357_016_400_000).expect("a time")
}

#[test]
fn ends_of_plain_names_are_the_names_and_cannot_be_left_out() {
    let value = Value::from("a");
    assert_eq!(Class::Utf8.packed_lower(Included(&value)), Ok(b"a".to_vec()));
    assert_eq!(Class::Utf8.packed_upper(Included(&value)), Ok(b"a".to_vec()));
    assert_eq!(Class::Utf8.packed_lower(Unbounded), Ok(Vec::new()));
    assert_eq!(
        Class::Utf8.packed_upper(Excluded(&value)).expect_err("not a composite").to_string(),
        "expected an end that is included for UTF8Type, got the text \"a\", excluded"
    );
}

#[test]
fn a_moment_stands_for_its_first_or_last_uuid() {
    let moment = Value::from(time());
    let (low, high) =
        (lowest_time_uuid(time()).expect("in reach"), highest_time_uuid(time()).expect("in reach"));
    let cases: [(bool, Bound<&Value>, _); 4] = [
        (true, Included(&moment), low),
        (true, Excluded(&moment), high),
        (false, Included(&moment), high),
        (false, Excluded(&moment), low),
    ];
    let reversed = Class::reversed(Class::TimeUuid);
    for (lower, bound, uuid) in cases {
        let (class, other) = (Class::TimeUuid, if uuid == low { high } else { low });
        let packed =
            |class: &Class| if lower { class.packed_lower(bound) } else { class.packed_upper(bound) };
        assert_eq!(packed(&class), Ok(uuid.as_bytes().to_vec()));
        // backwards the later one comes first
        assert_eq!(packed(&reversed), Ok(other.as_bytes().to_vec()));
        let composite = Class::composite([Class::TimeUuid, Class::Utf8]);
        let prefix = Value::Composite(vec![moment.clone()]);
        let bound = if matches!(bound, Included(_)) { Included(&prefix) } else { Excluded(&prefix) };
        let packed = if lower { composite.packed_lower(bound) } else { composite.packed_upper(bound) };
        assert_eq!(packed.expect("a moment")[2..18], uuid.as_bytes()[..]);
    }
}

#[test]
fn dynamic_composites_have_ends_on_any_component() {
    let class = Class::parse("DynamicCompositeType(a=>AsciiType)").expect("a class");
    let parts = |parts: &[(ComponentType, &str)]| {
        Value::DynamicComposite(parts.iter().map(|(kind, text)| (kind.clone(), (*text).into())).collect())
    };
    let one = parts(&[('a'.into(), "x")]);
    let two = parts(&[('a'.into(), "x"), ("UTF8Type".into(), "y")]);
    assert_eq!(class.packed_lower(Included(&one)), Ok(b"\x80a\0\x01x\xff".to_vec()));
    assert_eq!(class.packed_upper(Excluded(&one)), Ok(b"\x80a\0\x01x\xff".to_vec()));
    assert_eq!(class.packed_upper(Included(&one)), Ok(b"\x80a\0\x01x\x01".to_vec()));
    assert_eq!(class.packed_lower(Excluded(&two)), Ok(b"\x80a\0\x01x\0\0\x08UTF8Type\0\x01y\x01".to_vec()));
    assert!(class.packed_lower(Included(&parts(&[('z'.into(), "x")]))).is_err());
}

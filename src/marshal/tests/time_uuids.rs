use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::marshal::{Class, Value, highest_time_uuid, lowest_time_uuid};

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[test]
fn the_bounds_enclose_every_uuid_of_the_moment_and_no_other() {
    let at = moment("2013-01-01T05:17:00.000000100Z");
    let (low, high) = (lowest_time_uuid(at).expect("in range"), highest_time_uuid(at).expect("in range"));
    let compare = |a: Uuid, b: Uuid| Class::TimeUuid.compare(a.as_bytes(), b.as_bytes());
    for rest in [[0x80; 8], [0xbf, 0xff, 0, 1, 2, 3, 4, 5], [0x9f, 0x7f, 0x7f, 0x80, 0xff, 0, 0, 0x7f]] {
        let mut bytes = *low.as_bytes();
        bytes[8..].copy_from_slice(&rest);
        let other = Uuid::from_bytes(bytes);
        assert_ne!(compare(low, other), Ordering::Greater);
        assert_ne!(compare(high, other), Ordering::Less);
    }
    let step = TimeDelta::nanoseconds(100);
    let before = highest_time_uuid(at - step).expect("in range");
    let after = lowest_time_uuid(at + step).expect("in range");
    assert_eq!((compare(before, low), compare(high, after)), (Ordering::Less, Ordering::Less));
    for bound in [low, high] {
        assert_eq!(bound.get_version_num(), 1);
        assert_eq!(Class::TimeUuid.packed(&Value::from(bound)).as_deref(), Ok(&bound.as_bytes()[..]));
    }
}

#[test]
fn a_moment_that_no_uuid_reaches_is_an_error() {
    let first = moment("1582-10-15T00:00:00Z");
    assert_eq!(
        lowest_time_uuid(first).expect("the first").to_string(),
        "00000000-0000-1000-8080-808080808080"
    );
    let before = lowest_time_uuid(first - TimeDelta::nanoseconds(100)).expect_err("too early");
    assert_eq!(
        before.to_string(),
        "expected a time between 1582-10-15 and the year 5236 for TimeUUIDType, \
         got the time 1582-10-14T23:59:59.999999900Z"
    );
    assert!(highest_time_uuid(moment("5236-03-31T21:21:00Z")).is_ok());
    assert!(highest_time_uuid(moment("5236-03-31T21:21:01Z")).is_err());
    assert!(lowest_time_uuid(DateTime::<Utc>::MAX_UTC).is_err());
    assert!(lowest_time_uuid(DateTime::<Utc>::MIN_UTC).is_err());
}

use bytes::Bytes;
use chrono::DateTime;

use crate::marshal::{Class, CustomType, IntermediateDate, Mismatch, OldPycassaDate, Value};

fn time(milliseconds: i64) -> Value {
    Value::Date(DateTime::from_timestamp_millis(milliseconds).expect("a time"))
}

#[test]
fn the_dates_of_the_first_pycassa_are_read_and_written() {
    let (old, between) = (Class::own(OldPycassaDate), Class::own(IntermediateDate));
    let moment = time(1_314_014_400_123);
    let (micros, millis) = (1_314_014_400_123_000_i64.to_be_bytes(), 1_314_014_400_123_i64.to_be_bytes());
    assert_eq!(old.packed(&moment), Ok(micros.to_vec()));
    assert_eq!(old.unpack(&Bytes::copy_from_slice(&micros)), Ok(moment.clone()));
    assert_eq!(between.packed(&moment), Ok(millis.to_vec()));
    for bytes in [micros, millis] {
        assert_eq!(between.unpack(&Bytes::copy_from_slice(&bytes)), Ok(moment.clone()));
    }
    // the last and the first of each kind, as Python's datetime tells them apart
    let read = |number: i64| between.unpack(&Bytes::copy_from_slice(&number.to_be_bytes()));
    assert_eq!(read(253_402_300_799_999), Ok(time(253_402_300_799_999)));
    assert_eq!(read(253_402_300_800_000), Ok(time(253_402_300_800)));
    assert_eq!(read(-62_135_596_800_000), Ok(time(-62_135_596_800_000)));
    for class in [&old, &between] {
        assert_eq!(class.unpack(&Bytes::new()), Ok(Value::Empty));
        assert_eq!(class.packed(&Value::Empty), Ok(Vec::new()));
        assert!(class.unpack(&Bytes::from_static(b"abc")).is_err());
        assert!(class.packed(&Value::from("today")).is_err());
        assert_eq!(class.to_string(), "DateType");
        assert_eq!(class.qualified(), "org.apache.cassandra.db.marshal.DateType");
        assert!(class.validate(b"abc").is_err());
    }
    assert_ne!(old, between);
    assert_ne!(old, Class::Date);
    assert_eq!(old, Class::own(OldPycassaDate));
}

/// Appends, and then fails.
#[derive(Debug)]
struct Fails;

impl CustomType for Fails {
    fn name(&self) -> &str {
        "Fails"
    }

    fn pack(&self, _: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        out.push(1);
        Class::Long.pack(&Value::from("no"), out)
    }

    fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        Class::Long.unpack(bytes)
    }
}

#[test]
fn a_type_that_fails_leaves_nothing_behind() {
    let class = Class::composite([Class::own(Fails), Class::Utf8]);
    let mut out = vec![7];
    let error = class.pack(&Value::from((1, "a")), &mut out).expect_err("it fails");
    assert_eq!(
        error.to_string(),
        "expected a LongType, in component 1 of CompositeType(BytesType,UTF8Type), got the text \"no\""
    );
    assert_eq!(out, [7]);
}

//! The dates of pycassa's first versions.

use bytes::Bytes;
use chrono::DateTime;

use super::{Class, CustomType, Mismatch, Value};

/// The dates that pycassa 1.2.0 to 1.5.0 wrote: microseconds since 1970 in the 8 bytes of a `DateType`. Other clients
/// take them for times far in the future.
///
/// ```
/// use cassa::{Class, OldPycassaDate, Value};
/// use chrono::{TimeZone, Utc};
///
/// let moment = Utc.with_ymd_and_hms(2011, 8, 22, 12, 0, 0).single().expect("a time");
/// let packed = Class::own(OldPycassaDate).packed(&Value::from(moment))?;
/// assert_eq!(packed, (moment.timestamp_micros()).to_be_bytes());
/// # Ok::<(), cassa::Mismatch>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldPycassaDate;

/// Reads both the dates of [`OldPycassaDate`] and those that everyone writes, milliseconds; writes milliseconds. For
/// data on its way from one to the other, as pycassa's `IntermediateDateType`.
///
/// As in pycassa, a number is taken as microseconds if as milliseconds it were a time outside the years 1 to 9999: so old
/// dates are told from new ones from January 1978 on.
///
/// ```
/// use cassa::{Class, IntermediateDate, OldPycassaDate, Value};
/// use chrono::{TimeZone, Utc};
///
/// let moment = Value::from(Utc.with_ymd_and_hms(2011, 8, 22, 12, 0, 0).single().expect("a time"));
/// let class = Class::own(IntermediateDate);
/// for writer in [Class::own(OldPycassaDate), Class::Date] {
///     assert_eq!(class.unpack(&writer.packed(&moment)?.into())?, moment);
/// }
/// assert_eq!(class.packed(&moment)?, Class::Date.packed(&moment)?);
/// # Ok::<(), cassa::Mismatch>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntermediateDate;

/// The years 1 to 9999, in milliseconds since 1970.
const MILLISECONDS: std::ops::Range<i64> = -62_135_596_800_000..253_402_300_800_000;

impl CustomType for OldPycassaDate {
    fn name(&self) -> &str {
        "OldPycassaDateType"
    }

    fn class(&self) -> &Class {
        &Class::Date
    }

    fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        match value {
            Value::Date(time) | Value::Timestamp(time) => {
                out.extend_from_slice(&time.timestamp_micros().to_be_bytes());
                Ok(())
            }
            other => Class::Date.pack(other, out),
        }
    }

    fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        match <[u8; 8]>::try_from(&bytes[..]) {
            Ok(number) => microseconds(i64::from_be_bytes(number), bytes),
            Err(_) => Class::Date.unpack(bytes),
        }
    }
}

impl CustomType for IntermediateDate {
    fn name(&self) -> &str {
        "IntermediateDateType"
    }

    fn class(&self) -> &Class {
        &Class::Date
    }

    fn pack(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        Class::Date.pack(value, out)
    }

    fn unpack(&self, bytes: &Bytes) -> Result<Value, Mismatch> {
        match <[u8; 8]>::try_from(&bytes[..]).map(i64::from_be_bytes) {
            Ok(number) if !MILLISECONDS.contains(&number) => microseconds(number, bytes),
            _ => Class::Date.unpack(bytes),
        }
    }
}

fn microseconds(number: i64, bytes: &[u8]) -> Result<Value, Mismatch> {
    let time = DateTime::from_timestamp_micros(number).map(Value::Date);
    time.ok_or_else(|| Mismatch::of_bytes(&Class::Date, "microseconds of a time", bytes))
}

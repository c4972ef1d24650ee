//! A moment as a version 1 UUID, for slices of columns whose names are `TimeUUIDType`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::show::Clipped;
use super::{Class, Mismatch, Value};

/// From the start of the Gregorian calendar, 1582-10-15, where a UUID's time begins, to 1970: in steps of 100 ns.
const GREGORIAN_TO_UNIX: i128 = 0x01b2_1dd2_1381_4000;
/// A UUID's time has 60 bits.
const END: i128 = 1 << 60;

/// The bytes after the time are compared one by one as signed, and the first keeps the variant's bits `10`.
const LOWEST: [u8; 8] = [0x80; 8];
const HIGHEST: [u8; 8] = [0xbf, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f];

/// The version 1 UUID of a moment that `TimeUUIDType` orders before every other of this moment: the start of a slice
/// that includes the moment.
///
/// A UUID counts time in steps of 100 ns; what is finer is cut off.
///
/// ```
/// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy};
/// # use cassa::SystemManager;
/// use cassa::{highest_time_uuid, lowest_time_uuid};
/// use chrono::{TimeZone, Utc};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # let log = ColumnFamilyBuilder::new("Log").comparator(Class::TimeUuid);
/// # system.create_column_family("Keyspace1", log)?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let log = ColumnFamily::open(&pool, "Log")?; // its comparator is TimeUUIDType
/// let minute = |minute| Utc.with_ymd_and_hms(2013, 1, 1, 5, minute, 0).single().expect("a time");
/// for (at, event) in [(15, "boarding"), (17, "take-off"), (59, "landing")] {
///     log.insert("N14228", [(lowest_time_uuid(minute(at))?, event)])?;
/// }
///
/// let (start, finish) = (lowest_time_uuid(minute(16))?, highest_time_uuid(minute(59))?);
/// assert_eq!(log.select().start(start).finish(finish).get_count("N14228")?, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If the moment is before 1582-10-15 or after the year 5236, where no UUID reaches.
pub fn lowest_time_uuid(moment: DateTime<Utc>) -> Result<Uuid, Mismatch> {
    time_uuid(moment, LOWEST)
}

/// The version 1 UUID of a moment that `TimeUUIDType` orders after every other of this moment: the finish of a slice
/// that includes the moment.
///
/// A UUID counts time in steps of 100 ns; what is finer is cut off. Names made within the same millisecond, but later
/// than its first 100 ns, come after the highest UUID of a moment that is given to the millisecond.
///
/// ```
/// use cassa::{Class, highest_time_uuid, lowest_time_uuid};
/// use chrono::{TimeDelta, Utc};
///
/// let now = Utc::now();
/// let (highest, later) = (highest_time_uuid(now)?, lowest_time_uuid(now + TimeDelta::nanoseconds(100))?);
/// assert!(Class::TimeUuid.compare(highest.as_bytes(), later.as_bytes()).is_lt());
/// # Ok::<(), cassa::Mismatch>(())
/// ```
///
/// # Errors
/// If the moment is before 1582-10-15 or after the year 5236, where no UUID reaches.
pub fn highest_time_uuid(moment: DateTime<Utc>) -> Result<Uuid, Mismatch> {
    time_uuid(moment, HIGHEST)
}

/// The moment of a `TimeUUIDType`, to its 100 ns; `None` of a UUID that is not of version 1, and so has none.
///
/// ```
/// use cassa::{lowest_time_uuid, time_of_uuid};
///
/// let moment = "2013-01-01T10:00:00.0000001Z".parse()?;
/// assert_eq!(time_of_uuid(lowest_time_uuid(moment)?), Some(moment));
/// assert_eq!(time_of_uuid(uuid::Uuid::from_u128(0)), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn time_of_uuid(uuid: Uuid) -> Option<DateTime<Utc>> {
    if uuid.get_version_num() != 1 {
        return None;
    }
    let (steps, _) = uuid.get_timestamp()?.to_gregorian();
    let steps = i128::from(steps) - GREGORIAN_TO_UNIX;
    let nanoseconds = u32::try_from(steps.rem_euclid(10_000_000)).ok()? * 100;
    DateTime::from_timestamp(i64::try_from(steps.div_euclid(10_000_000)).ok()?, nanoseconds)
}

fn time_uuid(moment: DateTime<Utc>, rest: [u8; 8]) -> Result<Uuid, Mismatch> {
    let steps = i128::from(moment.timestamp()) * 10_000_000
        + i128::from(moment.timestamp_subsec_nanos() / 100)
        + GREGORIAN_TO_UNIX;
    match u64::try_from(steps) {
        Ok(time) if steps < END => {
            let [high @ .., b0, b1, a0, a1, a2, a3] = time.to_be_bytes();
            let [c0, c1] = high;
            let mut bytes = [a0, a1, a2, a3, b0, b1, c0 | 0x10, c1, 0, 0, 0, 0, 0, 0, 0, 0];
            bytes[8..].copy_from_slice(&rest);
            Ok(Uuid::from_bytes(bytes))
        }
        _ => Err(Mismatch::new(
            &Class::TimeUuid,
            "a time between 1582-10-15 and the year 5236 for TimeUUIDType",
            Clipped::value(&Value::Timestamp(moment)).to_string(),
        )),
    }
}

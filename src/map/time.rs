//! Times as the text that chrono writes and reads through serde, and as the milliseconds that Cassandra stores.
//!
//! chrono's own text of an ordinary time, `2013-01-01T05:17:00.123Z`, is taken apart and put together here, which is
//! several times faster; every other text goes to chrono.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Timelike, Utc};

/// The milliseconds of an RFC 3339 time. One without an offset, which is how a `NaiveDateTime` comes, is taken as UTC.
pub(super) fn parse(text: &str) -> Option<i64> {
    if let Some(time) = parse_ordinary(text.as_bytes()) {
        return Some(time.and_utc().timestamp_millis());
    }
    match text.parse::<DateTime<FixedOffset>>() {
        Ok(time) => Some(time.timestamp_millis()),
        Err(_) => text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc().timestamp_millis()),
    }
}

/// `2013-01-01T05:17:00`, a fraction or none, `Z` or nothing; digits beyond the milliseconds are cut.
fn parse_ordinary(text: &[u8]) -> Option<NaiveDateTime> {
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let (moment, fraction) = text.split_at_checked(19)?;
    if [moment[4], moment[7], moment[10], moment[13], moment[16]] != *b"--T::" {
        return None;
    }
    let milliseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] => {
            number(digits.first_chunk::<3>()?).filter(|_| number(&digits[3..]).is_some())?
        }
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(
        number(&moment[..4])? as i32,
        number(&moment[5..7])?,
        number(&moment[8..10])?,
    )?;
    date.and_hms_milli_opt(
        number(&moment[11..13])?,
        number(&moment[14..16])?,
        number(&moment[17..])?,
        milliseconds,
    )
}

/// At most nine digits; none at all are 0.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.len() > 9 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// The text of a time, with the offset `Z`, or without one as `NaiveDateTime` needs it.
/// `None` if the year is out of chrono's range.
pub(super) fn print(milliseconds: i64, with_offset: bool) -> Option<Text> {
    let time = DateTime::from_timestamp_millis(milliseconds)?;
    let mut text = Text::default();
    if (0..=9999).contains(&time.year()) {
        text.ordinary(time, with_offset);
        return Some(text);
    }
    let written = if with_offset {
        fmt::write(&mut text, format_args!("{time:?}"))
    } else {
        fmt::write(&mut text, format_args!("{:?}", time.naive_utc()))
    };
    written.ok().map(|()| text)
}

/// Whether a visitor wants an offset: the two times of chrono ask alike, but each takes only its own text.
pub(super) fn is_with_offset<V>() -> bool {
    !std::any::type_name::<V>().ends_with("NaiveDateTimeVisitor")
}

/// A short text without an allocation. The longest time, `-262143-01-01T00:00:00.123456789+00:00`, takes 38 bytes.
#[derive(Debug)]
pub(super) struct Text {
    bytes: [u8; 48],
    length: usize,
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).expect("only whole texts are written")
    }

    /// Writes the text of a time whose year has four digits, to the millisecond.
    fn ordinary(&mut self, time: DateTime<Utc>, with_offset: bool) {
        self.bytes[..24].copy_from_slice(b"0000-00-00T00:00:00.000Z");
        self.length = if with_offset { 24 } else { 23 };
        self.digits(0..4, time.year().unsigned_abs());
        self.digits(5..7, time.month());
        self.digits(8..10, time.day());
        self.digits(11..13, time.hour());
        self.digits(14..16, time.minute());
        self.digits(17..19, time.second());
        self.digits(20..23, time.timestamp_subsec_millis());
    }

    fn digits(&mut self, place: std::ops::Range<usize>, mut number: u32) {
        for byte in self.bytes[place].iter_mut().rev() {
            *byte = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text { bytes: [0; 48], length: 0 }
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Nanoseconds of the years 1678 to 2261, and of any year milliseconds.
    fn times() -> impl Strategy<Value = DateTime<Utc>> {
        let range = DateTime::<Utc>::MIN_UTC.timestamp_millis()..=DateTime::<Utc>::MAX_UTC.timestamp_millis();
        let ordinary = -62_167_219_200_000_i64..253_402_300_800_000;
        let of =
            |milliseconds| DateTime::from_timestamp_millis(milliseconds).expect("it is in chrono's range");
        prop_oneof![
            any::<i64>().prop_map(DateTime::from_timestamp_nanos),
            range.prop_map(of),
            ordinary.prop_map(of)
        ]
    }

    proptest! {
        #[test]
        fn the_text_is_chronos(time in times()) {
            let milliseconds = time.timestamp_millis();
            prop_assert_eq!(parse(&format!("{time:?}")), Some(milliseconds));
            prop_assert_eq!(parse(&format!("{:?}", time.naive_utc())), Some(milliseconds));

            let cut = DateTime::from_timestamp_millis(milliseconds).expect("it was one");
            let text = print(milliseconds, true).expect("it is in chrono's range");
            prop_assert_eq!(text.as_str().parse::<DateTime<Utc>>(), Ok(cut));
            let text = print(milliseconds, false).expect("it is in chrono's range");
            prop_assert_eq!(text.as_str().parse::<NaiveDateTime>(), Ok(cut.naive_utc()));
        }

        #[test]
        fn no_text_is_taken_that_chrono_refuses(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?Z?") {
            let expected = match text.parse::<DateTime<FixedOffset>>() {
                Ok(time) => Some(time.timestamp_millis()),
                Err(_) => text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc().timestamp_millis()),
            };
            prop_assert_eq!(parse(&text), expected);
        }
    }

    #[test]
    fn offsets_are_taken_off() {
        assert_eq!(parse("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(parse("1970-01-01T00:00:00.5Z"), Some(500));
        assert_eq!(parse("1969-12-31T23:59:59.999999999Z"), Some(-1));
        assert_eq!(parse("today"), None);
        assert_eq!(parse("1970-02-30T00:00:00Z"), None);
        assert!(print(i64::MAX, true).is_none());
    }
}

//! Times as the text that chrono writes and reads through serde, and as the milliseconds that Cassandra stores.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDateTime};

/// The milliseconds of an RFC 3339 time. One without an offset, which is how a `NaiveDateTime` comes, is taken as UTC.
pub(super) fn parse(text: &str) -> Option<i64> {
    match text.parse::<DateTime<FixedOffset>>() {
        Ok(time) => Some(time.timestamp_millis()),
        Err(_) => text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc().timestamp_millis()),
    }
}

/// The text of a time, with the offset `Z`, or without one as `NaiveDateTime` needs it.
/// `None` if the year is out of chrono's range.
pub(super) fn print(milliseconds: i64, with_offset: bool) -> Option<Text> {
    let time = DateTime::from_timestamp_millis(milliseconds)?;
    let mut text = Text::default();
    let written = if with_offset {
        fmt::write(&mut text, format_args!("{time:?}"))
    } else {
        fmt::write(&mut text, format_args!("{:?}", time.naive_utc()))
    };
    written.ok().map(|()| text)
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

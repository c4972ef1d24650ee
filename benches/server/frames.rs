//! The frames that are sent, to the server and to the echo alike.

use std::io::Read;
use std::net::TcpStream;

use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, ColumnParent, GetRangeSlices, GetSlice, KeyRange, SlicePredicate, SliceRange};

use crate::{COLUMNS, NARROW, ROWS, VALUE};

pub(crate) fn read_frame(stream: &mut TcpStream, frame: &mut Vec<u8>) -> std::io::Result<()> {
    frame.resize(frame.capacity().max(64 * 1024), 0);
    let mut read = 0;
    loop {
        read += match stream.read(&mut frame[read..])? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            bytes => bytes,
        };
        if let Some(length) = frame[..read].first_chunk::<4>() {
            let whole = 4 + u32::from_be_bytes(*length) as usize;
            if read == whole {
                frame.truncate(whole);
                return Ok(());
            }
            if frame.len() < whole {
                frame.resize(whole, 0);
            }
        }
    }
}

/// A request in which the row keys, eight digits each, and the timestamps are others with each call: a write that
/// changes nothing would cost the server nothing.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) frame: Vec<u8>,
    keys: Vec<usize>,
    timestamps: Vec<usize>,
}

/// Stands where a row key is to be put.
pub(crate) const KEY: &[u8] = b"########";

/// Stands where a timestamp is to be put.
const TIMESTAMP: i64 = 0x1122_3344_5566_7788;

impl Request {
    fn new(frame: Vec<u8>) -> Request {
        let places = |sought: &[u8]| {
            let places = frame.windows(8).enumerate().filter(|(_, bytes)| *bytes == sought);
            places.map(|(at, _)| at).collect::<Vec<usize>>()
        };
        let (keys, timestamps) = (places(KEY), places(&TIMESTAMP.to_be_bytes()));
        Request { frame, keys, timestamps }
    }

    pub(crate) fn number(&mut self, number: u64) {
        let mut row = number as u32;
        for at in &self.keys {
            // spreads the rows of a batch over the ring
            row = row.wrapping_mul(2_654_435_761).wrapping_add(12_345) % ROWS;
            self.frame[*at..at + 8].copy_from_slice(format!("{row:08}").as_bytes());
        }
        for at in &self.timestamps {
            self.frame[*at..at + 8].copy_from_slice(&(1_700_000_000_000_000 + number).to_be_bytes());
        }
    }
}

fn names(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("column{i:06}").into_bytes()).collect()
}

pub(crate) fn write_rows(family: &str, keys: &[&[u8]], columns: usize) -> Request {
    let mut batch = Batch::default();
    for key in keys {
        batch.row(key);
        batch.family(family);
        for name in names(columns) {
            batch.column(&name, VALUE, TIMESTAMP, None);
        }
    }
    let mut frame = Vec::new();
    batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
    Request::new(frame)
}

fn slice(count: i32) -> SlicePredicate<'static> {
    let slice_range = Some(SliceRange { start: b"", finish: b"", reversed: false, count });
    SlicePredicate { column_names: None, slice_range }
}

pub(crate) fn read_row(family: &'static str, key: &'static [u8], count: i32) -> Request {
    let mut frame = Vec::new();
    let request = GetSlice {
        key,
        column_parent: ColumnParent { column_family: family, super_column: None },
        predicate: slice(count),
        consistency_level: ConsistencyLevel::One,
    };
    request.encode(1, &mut frame);
    Request::new(frame)
}

pub(crate) fn read_range(rows: i32) -> Request {
    let mut frame = Vec::new();
    let request = GetRangeSlices {
        column_parent: ColumnParent { column_family: NARROW, super_column: None },
        predicate: slice(COLUMNS as i32),
        range: KeyRange {
            start_key: Some(KEY),
            end_key: Some(b""),
            start_token: None,
            end_token: None,
            count: rows,
            row_filter: None,
        },
        consistency_level: ConsistencyLevel::One,
    };
    request.encode(1, &mut frame);
    Request::new(frame)
}

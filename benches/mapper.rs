//! What the mapper costs: a struct to an encoded insert, and a decoded row to a struct, in nanoseconds a column, beside
//! the least work that does the same by hand. No server, no network.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use cassa::ColumnFamilyMap;
use cassa::bare::Bare;
use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, Row, Rows, RowsMethod, RowsReply};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const COLUMNS: f64 = 10.0;
const ROUNDS: u32 = 100_000;
const TIMESTAMP: i64 = 1_357_017_420_123_000;
const LENGTH: usize = 4;

/// Numbers, text, UUIDs, times as milliseconds.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone)]
struct Mixed {
    #[cassa(key)]
    id: String,
    carrier: String,
    origin: String,
    distance: i64,
    delay: Option<i32>,
    speed: f64,
    cancelled: bool,
    flight: Uuid,
    plane: Uuid,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cassa(validator = "DateType")]
    departure: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cassa(validator = "DateType")]
    arrival: DateTime<Utc>,
}

macro_rules! ten {
    ($name:ident, $type:ty) => {
        #[derive(Serialize, Deserialize, ColumnFamilyMap, Clone)]
        struct $name {
            #[cassa(key)]
            id: String,
            column_a: $type,
            column_b: $type,
            column_c: $type,
            column_d: $type,
            column_e: $type,
            column_f: $type,
            column_g: $type,
            column_h: $type,
            column_i: $type,
            column_j: $type,
        }

        impl $name {
            fn of(value: $type) -> $name {
                $name {
                    id: "N14228".to_owned(),
                    column_a: value.clone(),
                    column_b: value.clone(),
                    column_c: value.clone(),
                    column_d: value.clone(),
                    column_e: value.clone(),
                    column_f: value.clone(),
                    column_g: value.clone(),
                    column_h: value.clone(),
                    column_i: value.clone(),
                    column_j: value,
                }
            }
        }
    };
}

ten!(Longs, i64);
ten!(Texts, String);
ten!(Times, DateTime<Utc>);

/// The best of several runs, in nanoseconds a column.
fn time(mut work: impl FnMut()) -> f64 {
    let run = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            work();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS) / COLUMNS
    };
    (0..9).map(|_| run(&mut work)).fold(f64::INFINITY, f64::min)
}

/// Encodes a batch of one row as a whole frame.
fn encode(batch: &mut Batch, frame: &mut Vec<u8>, write: impl FnOnce(&mut Batch)) {
    batch.clear();
    write(batch);
    frame.clear();
    batch.encode(false, ConsistencyLevel::One, 1, frame);
}

/// The row that a server would answer with.
fn rows(columns: &mut [(&[u8], Vec<u8>)]) -> Rows {
    columns.sort();
    let mut reply = Vec::new();
    let mut writer = RowsReply::begin(RowsMethod::GetRangeSlices, 1, &mut reply);
    writer.row(b"N14228");
    columns.iter().for_each(|(name, value)| writer.column(name, value, TIMESTAMP, None));
    writer.finish();
    Rows::of(RowsMethod::GetRangeSlices, Bytes::from(reply).slice(LENGTH..), 1)
        .expect("the reply is well formed")
        .expect("the reply is a result")
}

fn measure<T: ColumnFamilyMap + Serialize + DeserializeOwned>(
    label: &str,
    object: &T,
    columns: &mut [(&[u8], Vec<u8>)],
    write_by_hand: impl Fn(&T, &mut Batch),
    read_by_hand: impl Fn(Row<'_>) -> T,
) {
    let mut bare = Bare::new::<T>().expect("the derive made it");
    let (mut batch, mut frame, mut other) = (Batch::default(), Vec::new(), Vec::new());
    encode(&mut batch, &mut frame, |batch| bare.write(object, batch, TIMESTAMP).expect("it fits"));
    encode(&mut batch, &mut other, |batch| write_by_hand(object, batch));
    assert_eq!(frame, other, "{label}: both write the same bytes");

    let rows = rows(columns);
    let row = rows.get(0).expect("one row");
    let written = time(|| {
        encode(&mut batch, &mut frame, |batch| {
            bare.write(black_box(object), batch, TIMESTAMP).expect("it fits")
        });
        black_box(&frame);
    });
    let written_by_hand = time(|| {
        encode(&mut batch, &mut frame, |batch| write_by_hand(black_box(object), batch));
        black_box(&frame);
    });
    let read = time(|| {
        black_box(bare.read::<T>(black_box(row)).expect("the row is one"));
    });
    let read_by_hand = time(|| {
        black_box(read_by_hand(black_box(row)));
    });
    println!(
        "{label:<28} written {written:5.1} ns ({:4.2} of by hand, {written_by_hand:4.1}), read {read:5.1} ns ({:4.2} of by \
         hand, {read_by_hand:4.1})",
        written / written_by_hand,
        read / read_by_hand,
    );
}

fn value<'a>(row: Row<'a>, i: usize) -> &'a [u8] {
    row.get(i).expect("the row is whole").value
}

fn long(row: Row<'_>, i: usize) -> i64 {
    i64::from_be_bytes(value(row, i).try_into().expect("8 bytes"))
}

fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).expect("UTF-8").to_owned()
}

fn moment(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).expect("it is in range")
}

const NAMES: [&[u8]; 10] = [
    b"column_a",
    b"column_b",
    b"column_c",
    b"column_d",
    b"column_e",
    b"column_f",
    b"column_g",
    b"column_h",
    b"column_i",
    b"column_j",
];

/// By hand, a struct of ten equal columns.
macro_rules! by_hand {
    ($name:ident, $bytes:expr, $value:expr) => {
        (
            |object: &$name, batch: &mut Batch| {
                batch.row(object.id.as_bytes());
                batch.family($name::NAME);
                let values = [
                    &object.column_a,
                    &object.column_b,
                    &object.column_c,
                    &object.column_d,
                    &object.column_e,
                    &object.column_f,
                    &object.column_g,
                    &object.column_h,
                    &object.column_i,
                    &object.column_j,
                ];
                for (name, value) in NAMES.iter().zip(values) {
                    batch.column(name, $bytes(value).as_ref(), TIMESTAMP, None);
                }
            },
            |row: Row<'_>| $name {
                id: text(row.key()),
                column_a: $value(row, 0),
                column_b: $value(row, 1),
                column_c: $value(row, 2),
                column_d: $value(row, 3),
                column_e: $value(row, 4),
                column_f: $value(row, 5),
                column_g: $value(row, 6),
                column_h: $value(row, 7),
                column_i: $value(row, 8),
                column_j: $value(row, 9),
            },
        )
    };
}

fn mixed() {
    let object = Mixed {
        id: "N14228".to_owned(),
        carrier: "United Airlines".to_owned(),
        origin: "EWR".to_owned(),
        distance: 1400,
        delay: Some(-7),
        speed: 451.5,
        cancelled: false,
        flight: Uuid::from_u128(7),
        plane: Uuid::from_u128(8),
        departure: moment(1_357_017_420_123),
        arrival: moment(1_357_028_420_123),
    };
    let mut columns: Vec<(&[u8], Vec<u8>)> = vec![
        (b"carrier", object.carrier.clone().into_bytes()),
        (b"origin", object.origin.clone().into_bytes()),
        (b"distance", object.distance.to_be_bytes().into()),
        (b"delay", (-7_i32).to_be_bytes().into()),
        (b"speed", object.speed.to_be_bytes().into()),
        (b"cancelled", vec![0]),
        (b"flight", object.flight.as_bytes().to_vec()),
        (b"plane", object.plane.as_bytes().to_vec()),
        (b"departure", object.departure.timestamp_millis().to_be_bytes().into()),
        (b"arrival", object.arrival.timestamp_millis().to_be_bytes().into()),
    ];
    let write = |object: &Mixed, batch: &mut Batch| {
        batch.row(object.id.as_bytes());
        batch.family("Mixed");
        batch.column(b"carrier", object.carrier.as_bytes(), TIMESTAMP, None);
        batch.column(b"origin", object.origin.as_bytes(), TIMESTAMP, None);
        batch.column(b"distance", &object.distance.to_be_bytes(), TIMESTAMP, None);
        if let Some(delay) = object.delay {
            batch.column(b"delay", &delay.to_be_bytes(), TIMESTAMP, None);
        }
        batch.column(b"speed", &object.speed.to_be_bytes(), TIMESTAMP, None);
        batch.column(b"cancelled", &[u8::from(object.cancelled)], TIMESTAMP, None);
        batch.column(b"flight", object.flight.as_bytes(), TIMESTAMP, None);
        batch.column(b"plane", object.plane.as_bytes(), TIMESTAMP, None);
        batch.column(b"departure", &object.departure.timestamp_millis().to_be_bytes(), TIMESTAMP, None);
        batch.column(b"arrival", &object.arrival.timestamp_millis().to_be_bytes(), TIMESTAMP, None);
    };
    let read = |row: Row<'_>| Mixed {
        id: text(row.key()),
        arrival: moment(long(row, 0)),
        cancelled: value(row, 1) != [0],
        carrier: text(value(row, 2)),
        delay: Some(i32::from_be_bytes(value(row, 3).try_into().expect("4 bytes"))),
        departure: moment(long(row, 4)),
        distance: long(row, 5),
        flight: Uuid::from_slice(value(row, 6)).expect("16 bytes"),
        origin: text(value(row, 7)),
        plane: Uuid::from_slice(value(row, 8)).expect("16 bytes"),
        speed: f64::from_bits(long(row, 9) as u64),
    };
    measure("mixed, times as milliseconds", &object, &mut columns, write, read);
}

fn main() {
    println!("a struct of 10 columns; nanoseconds a column, best of 9 runs");
    mixed();

    let columns = |value: Vec<u8>| NAMES.map(|name| (name, value.clone()));
    let (write, read) = by_hand!(Longs, |long: &i64| long.to_be_bytes(), long);
    measure("i64", &Longs::of(7), &mut columns(7_i64.to_be_bytes().into()), write, read);

    let some = "a text of some 20 by";
    let (write, read) = by_hand!(Texts, |text: &String| text.clone(), |row, i| text(value(row, i)));
    measure("String of 20 bytes", &Texts::of(some.to_owned()), &mut columns(some.into()), write, read);

    let time = moment(1_357_017_420_123);
    let (write, read) =
        by_hand!(Times, |time: &DateTime<Utc>| time.timestamp_millis().to_be_bytes(), |row, i| moment(long(
            row, i
        )));
    let mut milliseconds = columns(time.timestamp_millis().to_be_bytes().into());
    measure("DateTime<Utc> as RFC 3339", &Times::of(time), &mut milliseconds, write, read);
}

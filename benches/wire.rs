//! What the codec costs, in nanoseconds a column: a reply of 1,000 columns decoded, and a batch of 100 rows of 10 columns
//! encoded, in place and by the table on the `thrift` crate's protocol traits, beside the least work that
//! touches the same bytes: one copy of them. No server, no network.
//!
//! `cargo bench --bench wire`

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use cassa::wire::hot::{Batch, Rows, SliceReply};
use cassa::wire::methods::{BatchMutate, GetSlice};
use cassa::wire::{Column, ColumnOrSuperColumn, ConsistencyLevel, Mutation, decode_reply, encode_call};

const COLUMNS: usize = 1_000;
const ROWS: usize = 100;
const TIMESTAMP: i64 = 1_700_000_000_000_000;
const VALUE: &[u8] = &[b'v'; 20];

/// The best of some rounds, in nanoseconds a column.
fn measure(columns: usize, mut work: impl FnMut()) -> f64 {
    let repeat = 200_000 / columns;
    let round = |_| {
        let start = Instant::now();
        (0..repeat).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e9 / (repeat * columns) as f64
    };
    (0..15).map(round).fold(f64::INFINITY, f64::min)
}

fn names() -> Vec<Vec<u8>> {
    (0..COLUMNS).map(|i| format!("column{i:04}").into_bytes()).collect()
}

fn line(what: &str, in_place: f64, table: f64, least: f64) {
    println!(
        "{what:34} {in_place:6.1} ns, by the table {table:6.1} ns ({:4.1} times), one copy {least:5.1} ns",
        table / in_place,
    );
}

fn main() {
    decode();
    encode();
}

fn decode() {
    let mut frame = Vec::new();
    let mut reply = SliceReply::begin(1, &mut frame);
    for name in names() {
        reply.column(&name, VALUE, TIMESTAMP, None);
    }
    reply.finish();
    let frame = Bytes::from(frame).slice(4..);
    let in_place = measure(COLUMNS, || {
        let rows = Rows::of_get_slice(black_box(frame.clone()), 1).expect("well formed").expect("rows");
        assert_eq!(black_box(rows).get(0).expect("a row").len(), COLUMNS);
    });
    let table = measure(COLUMNS, || {
        black_box(decode_reply::<GetSlice>(black_box(&frame), 1).expect("well formed").expect("rows"));
    });
    let least = measure(COLUMNS, || {
        black_box(black_box(&frame).to_vec());
    });
    line("decode a reply of 1,000 columns", in_place, table, least);
}

fn encode() {
    let names = &names()[..10];
    let keys: Vec<Vec<u8>> = (0..ROWS).map(|i| format!("row{i:05}").into_bytes()).collect();
    let (mut batch, mut frame) = (Batch::default(), Vec::new());
    let in_place = measure(ROWS * names.len(), || {
        batch.clear();
        frame.clear();
        for key in black_box(&keys) {
            batch.row(key);
            batch.family("Planes");
            for name in names {
                batch.column(name, VALUE, TIMESTAMP, None);
            }
        }
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
        black_box(&frame);
    });
    let column = |name: &Vec<u8>| Column {
        name: Bytes::copy_from_slice(name),
        value: Some(Bytes::from_static(VALUE)),
        timestamp: Some(TIMESTAMP),
        ttl: None,
    };
    let mutation = |name: &Vec<u8>| Mutation {
        column_or_supercolumn: Some(ColumnOrSuperColumn { column: Some(column(name)), ..Default::default() }),
        deletion: None,
    };
    let table = measure(ROWS * names.len(), || {
        let row = |key: &Vec<u8>| {
            let mutations: Vec<_> = names.iter().map(mutation).collect();
            (Bytes::copy_from_slice(key), vec![("Planes".to_owned(), mutations)])
        };
        let call = BatchMutate {
            mutation_map: black_box(&keys).iter().map(row).collect(),
            consistency_level: ConsistencyLevel::One,
        };
        frame.clear();
        encode_call(&call, 1, &mut frame);
        black_box(&frame);
    });
    let mut out = Vec::new();
    let least = measure(ROWS * names.len(), || {
        out.clear();
        out.extend_from_slice(black_box(&frame));
        black_box(&out);
    });
    line("encode a batch of 100 rows of 10", in_place, table, least);
}

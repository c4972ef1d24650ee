//! What the codec and the types cost, in nanoseconds a column: a reply of 1,000 columns decoded, a batch of 100 rows of
//! 10 columns encoded, in place, by the table, and by the `thrift` crate's own stack as generated code uses it, beside
//! the least work that touches the same bytes: one copy of them; and values packed and unpacked, by class and by type.
//! No server, no network.
//!
//! `cargo bench --bench wire`

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use cassa::wire::hot::{Batch, Rows, SliceReply};
use cassa::wire::methods::{BatchMutate, GetSlice};
use cassa::wire::{Column, ColumnOrSuperColumn, ConsistencyLevel, Mutation, decode_reply, encode_call};
use cassa::{Class, Value};
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier,
    TMapIdentifier, TMessageIdentifier, TMessageType, TOutputProtocol, TStructIdentifier, TType,
};

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

fn line(what: &str, in_place: f64, table: f64, stack: f64, least: f64) {
    println!(
        "{what:34} {in_place:6.1} ns, by the table {table:6.1} ns ({:4.1} times), by the thrift crate {stack:6.1} ns \
         ({:4.1} times), one copy {least:5.1} ns",
        table / in_place,
        stack / in_place,
    );
}

fn main() {
    decode();
    encode();
    values();
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
    let stack = measure(COLUMNS, || {
        let columns = stack::read_slice(black_box(&frame)).expect("well formed");
        assert_eq!(black_box(columns).len(), COLUMNS);
    });
    let least = measure(COLUMNS, || {
        black_box(black_box(&frame).to_vec());
    });
    line("decode a reply of 1,000 columns", in_place, table, stack, least);
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
    let stack = measure(ROWS * names.len(), || {
        out.clear();
        stack::write_batch(black_box(&keys), names, &mut out).expect("a vector takes all");
    });
    assert_eq!(out, frame[4..], "the same message");
    let least = measure(ROWS * names.len(), || {
        out.clear();
        out.extend_from_slice(black_box(&frame));
        black_box(&out);
    });
    line("encode a batch of 100 rows of 10", in_place, table, stack, least);
}

fn values() {
    let number = Bytes::copy_from_slice(&2004_i64.to_be_bytes());
    let name = Class::composite([Class::Long, Class::Utf8]);
    let composite = Value::from((2004_i64, "model"));
    let packed = Bytes::from(name.packed(&composite).expect("a name"));
    let mut out = Vec::with_capacity(64);
    let mut pack = |class: &Class, value: &Value| {
        measure(1, || {
            out.clear();
            black_box(class).pack(black_box(value), &mut out).expect("a value of the class");
            black_box(&out);
        })
    };
    println!("pack a LongType                    {:6.1} ns", pack(&Class::Long, &Value::from(2004_i64)));
    println!("pack a UTF8Type                    {:6.1} ns", pack(&Class::Utf8, &Value::from("EMB-145XR")));
    println!("pack a composite of two            {:6.1} ns", pack(&name, &composite));
    let unpack = |class: &Class, bytes: &Bytes| {
        measure(1, || {
            black_box(black_box(class).unpack(black_box(bytes)).expect("of the class"));
        })
    };
    let typed = measure(1, || {
        let value = Class::Long.unpack(black_box(&number)).expect("eight bytes");
        black_box(i64::try_from(value).expect("a long"));
    });
    let least = measure(1, || {
        black_box(black_box(&number).first_chunk().map(|bytes| i64::from_be_bytes(*bytes)));
    });
    println!("unpack a LongType                  {:6.1} ns", unpack(&Class::Long, &number));
    println!("unpack a LongType to an i64        {typed:6.1} ns, eight bytes to an i64 {least:5.1} ns");
    println!(
        "unpack a UTF8Type                  {:6.1} ns",
        unpack(&Class::Utf8, &Bytes::from_static(b"EMB-145XR"))
    );
    println!("unpack a composite of two          {:6.1} ns", unpack(&name, &packed));
    let other = name.packed(&Value::from((2004_i64, "year"))).expect("a name");
    let compare = measure(1, || {
        black_box(black_box(&name).compare(black_box(&packed), black_box(&other)));
    });
    println!("compare two such composites        {compare:6.1} ns");
}

/// The same messages by the `thrift` crate's protocols, the way its compiler writes it.
mod stack {
    use super::*;

    fn structure<P: TInputProtocol>(
        input: &mut P,
        mut field: impl FnMut(&mut P, i16) -> thrift::Result<()>,
    ) -> thrift::Result<()> {
        input.read_struct_begin()?;
        loop {
            let it = input.read_field_begin()?;
            if it.field_type == TType::Stop {
                return input.read_struct_end();
            }
            field(input, it.id.unwrap_or(0))?;
            input.read_field_end()?;
        }
    }

    pub(super) fn read_slice(message: &[u8]) -> thrift::Result<Vec<Column>> {
        let mut input = TBinaryInputProtocol::new(message, true);
        let mut columns = Vec::new();
        input.read_message_begin()?;
        structure(&mut input, |input, _| {
            for _ in 0..input.read_list_begin()?.size {
                structure(input, |input, _| {
                    let mut column = Column::default();
                    structure(input, |input, id| {
                        match id {
                            1 => column.name = input.read_bytes()?.into(),
                            2 => column.value = Some(input.read_bytes()?.into()),
                            _ => column.timestamp = Some(input.read_i64()?),
                        }
                        Ok(())
                    })?;
                    columns.push(column);
                    Ok(())
                })?;
            }
            input.read_list_end()
        })?;
        input.read_message_end()?;
        Ok(columns)
    }

    fn begin<P: TOutputProtocol>(output: &mut P, kind: TType, id: i16) -> thrift::Result<()> {
        output.write_field_begin(&TFieldIdentifier::new("field", kind, id))
    }

    pub(super) fn write_batch(keys: &[Vec<u8>], names: &[Vec<u8>], out: &mut Vec<u8>) -> thrift::Result<()> {
        let mut output = TBinaryOutputProtocol::new(out, true);
        let output = &mut output;
        output.write_message_begin(&TMessageIdentifier::new("batch_mutate", TMessageType::Call, 1))?;
        output.write_struct_begin(&TStructIdentifier::new("args"))?;
        begin(output, TType::Map, 1)?;
        output.write_map_begin(&TMapIdentifier::new(TType::String, TType::Map, keys.len() as i32))?;
        for key in keys {
            output.write_bytes(key)?;
            output.write_map_begin(&TMapIdentifier::new(TType::String, TType::List, 1))?;
            output.write_string("Planes")?;
            output.write_list_begin(&TListIdentifier::new(TType::Struct, names.len() as i32))?;
            for name in names {
                begin(output, TType::Struct, 1)?;
                begin(output, TType::Struct, 1)?;
                begin(output, TType::String, 1)?;
                output.write_bytes(name)?;
                begin(output, TType::String, 2)?;
                output.write_bytes(VALUE)?;
                begin(output, TType::I64, 3)?;
                output.write_i64(TIMESTAMP)?;
                (0..3).try_for_each(|_| output.write_field_stop())?;
            }
        }
        begin(output, TType::I32, 2)?;
        output.write_i32(ConsistencyLevel::One as i32)?;
        output.write_field_stop()
    }
}

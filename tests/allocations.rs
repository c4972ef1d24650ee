//! What is allocated for a message does not grow with its columns.

use allocation_counter::measure;
use bytes::Bytes;
use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, Rows, SliceReply};
use cassa::{Class, Value};

fn reply(columns: usize, supers: bool) -> Bytes {
    let mut frame = Vec::new();
    let mut reply = SliceReply::begin(1, &mut frame);
    for i in 0..columns {
        if supers && i % 10 == 0 {
            reply.super_column(format!("super{i:04}").as_bytes());
        }
        reply.column(format!("column{i:04}").as_bytes(), b"value", 5, Some(60));
    }
    reply.finish();
    Bytes::from(frame).slice(4..)
}

#[test]
fn reading_columns_allocates_nothing_for_a_column() {
    for supers in [false, true] {
        let count = |columns| {
            let frame = reply(columns, supers);
            let counted = measure(|| {
                let rows = Rows::of_get_slice(frame.clone(), 1).expect("well formed").expect("rows");
                let row = rows.get(0).expect("a row");
                let cells: usize = row.cells().map(|cell| cell.name.len()).sum();
                let within = row.super_columns().flat_map(|of| of.cells()).map(|cell| cell.name.len());
                assert_eq!(cells + within.sum::<usize>(), columns * 10);
            });
            counted.count_total
        };
        let (few, many) = (count(10), count(10_000));
        // the lists of rows and of cells grow by doubling, and only where the estimate from the frame was too low
        assert!(few <= 8 && many <= few + 24, "{few} allocations for 10 columns, {many} for 10,000");
    }
}

#[test]
fn writing_a_batch_into_its_own_memory_allocates_nothing() {
    let (mut batch, mut frame) = (Batch::default(), Vec::new());
    let mut write = || {
        batch.clear();
        frame.clear();
        for key in [b"N10156", b"N14228"] {
            batch.row(key);
            batch.family("Planes");
            for name in [&b"model"[..], b"seats", b"year"] {
                batch.column(name, b"value", 5, None);
            }
            batch.counter(b"hits", 1);
        }
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
    };
    write();
    assert_eq!(measure(write).count_total, 0);
}

#[test]
fn packing_and_ordering_plain_values_allocates_nothing() {
    let mut out = Vec::with_capacity(1024);
    let values = [
        (Class::Long, Value::from(5_i64)),
        (Class::Utf8, Value::from("a")),
        (Class::Double, Value::from(0.5)),
    ];
    let composite = Class::composite([Class::Long, Class::reversed(Class::Utf8)]);
    let (a, b) = (Value::from((5_i64, "a")), Value::from((5_i64, "b")));
    let names = [composite.packed(&a).expect("a name"), composite.packed(&b).expect("a name")];
    let counted = measure(|| {
        for (class, value) in &values {
            out.clear();
            class.pack(value, &mut out).expect("a value of the class");
        }
        composite.pack(&a, &mut out).expect("a value of the class");
        composite.encode_ordered(&names[0], &mut out);
        assert!(composite.compare(&names[0], &names[1]).is_gt());
    });
    assert_eq!(counted.count_total, 0);
}

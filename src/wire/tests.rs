//! The codec against calls recorded from a real server, and the two mechanisms against each other.

use bytes::Bytes;
use serde_json::Value;

use super::hot::{self, Rows, RowsMethod};
use super::methods::{self, GetRangeSlices, GetSlice, MultigetSlice};
use super::*;

struct Recorded {
    method: String,
    request: Vec<u8>,
    reply: Vec<u8>,
}

fn unhex(hex: &str) -> Vec<u8> {
    let digit = |i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn recorded() -> Vec<Recorded> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/transcripts");
    let mut calls = Vec::new();
    for entry in std::fs::read_dir(directory).expect("the transcripts are there") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a transcript");
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            let (Some(method), Some(reply)) = (line["method"].as_str(), line["reply"].as_str()) else {
                continue; // a note, or a call that the server did not answer
            };
            let request = unhex(line["request"].as_str().expect("a request"));
            calls.push(Recorded { method: method.into(), request, reply: unhex(reply) });
        }
    }
    assert!(calls.len() > 3_900, "only {} calls", calls.len());
    calls
}

#[test]
fn recorded_calls_decode_and_encode_to_the_same_bytes() {
    for call in recorded() {
        let [request, reply] = methods::again(&call.method, &call.request, &call.reply)
            .unwrap_or_else(|e| panic!("{}: {e}", call.method));
        assert_eq!(request[4..], call.request, "{}", call.method);
        assert_eq!(reply[4..], call.reply, "{}", call.method);
    }
}

fn owned(row: hot::Row<'_>) -> Vec<ColumnOrSuperColumn> {
    let column = |cell: hot::Cell<'_>| Column {
        name: row.share(cell.name),
        value: Some(row.share(cell.value)),
        timestamp: Some(cell.timestamp),
        ttl: cell.ttl,
    };
    row.cells().map(|cell| ColumnOrSuperColumn { column: Some(column(cell)), ..Default::default() }).collect()
}

/// Super columns and counters stand elsewhere in a reply, and are the table's.
fn plain(cells: &[ColumnOrSuperColumn]) -> bool {
    cells.iter().all(|cell| cell.column.is_some())
}

#[test]
fn rows_in_place_equal_the_table() {
    let mut compared = 0;
    for call in recorded() {
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let frame = Bytes::from(call.reply);
        match call.method.as_str() {
            "get_slice" => {
                let table = decode_reply::<GetSlice>(&frame, sequence).expect("well formed");
                if table.as_ref().is_ok_and(|cells| !plain(cells)) {
                    continue;
                }
                let rows = Rows::of_get_slice(frame, sequence).expect("well formed");
                assert_eq!(rows.map(|rows| rows.get(0).map(owned)), table.map(Some));
            }
            "multiget_slice" => {
                let table = decode_reply::<MultigetSlice>(&frame, sequence).expect("well formed");
                if table.as_ref().is_ok_and(|rows| !rows.iter().all(|(_, cells)| plain(cells))) {
                    continue;
                }
                let rows = Rows::of(RowsMethod::MultigetSlice, frame, sequence).expect("well formed");
                let rows = rows.map(|rows| rows.iter().map(|r| (r.share(r.key()), owned(r))).collect());
                assert_eq!(rows, table);
            }
            "get_range_slices" => {
                let table = decode_reply::<GetRangeSlices>(&frame, sequence).expect("well formed");
                if table.as_ref().is_ok_and(|rows| !rows.iter().all(|row| plain(&row.columns))) {
                    continue;
                }
                let rows = Rows::of(RowsMethod::GetRangeSlices, frame, sequence).expect("well formed");
                let key_slice = |r: hot::Row<'_>| KeySlice { key: r.share(r.key()), columns: owned(r) };
                assert_eq!(rows.map(|rows| rows.iter().map(key_slice).collect()), table);
            }
            _ => continue,
        }
        compared += 1;
    }
    assert!(compared > 800, "only {compared} replies");
}

#[test]
fn requests_in_place_give_the_recorded_bytes() {
    let mut compared = 0;
    for call in recorded() {
        let (header, body) = split_message(&call.request).expect("a header");
        let mut out = Vec::new();
        macro_rules! again {
            ($($name:ident),*) => {
                match call.method.as_str() {
                    $( hot::$name::METHOD => hot::$name::decode(body)
                        .expect("well formed")
                        .encode(header.sequence, &mut out), )*
                    _ => continue,
                }
            };
        }
        again!(
            Get,
            GetSlice,
            GetCount,
            MultigetSlice,
            MultigetCount,
            GetRangeSlices,
            GetIndexedSlices,
            Insert,
            Remove,
            BatchMutate,
            AtomicBatchMutate
        );
        assert_eq!(&out[4..], &call.request[..], "{}", call.method);
        compared += 1;
    }
    assert!(compared > 3_000, "only {compared} requests");
}

#[test]
fn replies_in_place_give_the_recorded_bytes() {
    let mut compared = 0;
    for call in recorded() {
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let frame = Bytes::from(call.reply.clone());
        let mut out = Vec::new();
        match call.method.as_str() {
            "get_slice" => {
                let Ok(Ok(rows)) = Rows::of_get_slice(frame, sequence) else { continue };
                let mut reply = hot::SliceReply::begin(sequence, &mut out);
                for cell in rows.iter().flat_map(|row| row.cells()).filter(|cell| cell.timestamp != 0) {
                    reply.column(cell.name, cell.value, cell.timestamp, cell.ttl);
                }
                reply.finish();
            }
            "get_range_slices" => {
                let Ok(Ok(rows)) = Rows::of(RowsMethod::GetRangeSlices, frame, sequence) else { continue };
                let mut reply = hot::RowsReply::begin(RowsMethod::GetRangeSlices, sequence, &mut out);
                for row in rows.iter() {
                    reply.row(row.key());
                    for cell in row.cells() {
                        reply.column(cell.name, cell.value, cell.timestamp, cell.ttl);
                    }
                }
                reply.finish();
            }
            _ => continue,
        }
        if out[4..] == call.reply[..] {
            compared += 1;
        }
    }
    assert!(compared > 800, "only {compared} replies are equal");
}

#[test]
fn a_batch_written_as_it_comes_equals_the_table() {
    let mut out = Vec::new();
    let mut batch = hot::Batch::default();
    for key in [&b"k1"[..], b"k2"] {
        batch.row(key);
        batch.family("Planes");
        batch.column(b"model", b"A320", 5, Some(60));
        batch.column(b"year", b"", 6, None);
        batch.deletion(&hot::Deletion { timestamp: Some(9), super_column: None, predicate: None });
        batch.family("Flights");
    }
    batch.encode(false, ConsistencyLevel::Quorum, 7, &mut out);

    let column = |name: &'static [u8], value: &'static [u8], timestamp, ttl| Mutation {
        column_or_supercolumn: Some(ColumnOrSuperColumn {
            column: Some(Column {
                name: Bytes::from_static(name),
                value: Some(Bytes::from_static(value)),
                timestamp: Some(timestamp),
                ttl,
            }),
            ..Default::default()
        }),
        deletion: None,
    };
    let deletion = Deletion { timestamp: Some(9), super_column: None, predicate: None };
    let mutations = vec![
        column(b"model", b"A320", 5, Some(60)),
        column(b"year", b"", 6, None),
        Mutation { column_or_supercolumn: None, deletion: Some(deletion) },
    ];
    let families = vec![("Planes".to_owned(), mutations), ("Flights".to_owned(), Vec::new())];
    let call = methods::BatchMutate {
        mutation_map: vec![
            (Bytes::from_static(b"k1"), families.clone()),
            (Bytes::from_static(b"k2"), families),
        ],
        consistency_level: ConsistencyLevel::Quorum,
    };
    let mut table = Vec::new();
    encode_call(&call, 7, &mut table);
    assert_eq!(out, table);
}

#[test]
fn an_exception_that_a_method_does_not_declare_is_an_application_exception() {
    let mut out = Vec::new();
    encode_reply::<methods::DescribeVersion>(&Err(Exception::Unavailable), 1, &mut out);
    let came = decode_reply::<methods::DescribeVersion>(&out[4..], 1).expect("well formed");
    assert!(matches!(came, Err(Exception::Application(ApplicationErrorKind::InternalError, _))), "{came:?}");
}

#[test]
fn a_reply_to_another_call_is_refused() {
    let mut out = Vec::new();
    encode_reply::<methods::DescribeVersion>(&Ok("19.39.0".into()), 1, &mut out);
    let e = decode_reply::<methods::DescribeVersion>(&out[4..], 2).expect_err("another number");
    assert_eq!(e, DecodeError::WrongSequence(2, 1));
    let e = decode_reply::<methods::DescribeSnitch>(&out[4..], 1).expect_err("another method");
    assert_eq!(e.to_string(), "expected a reply to describe_snitch, got Reply of describe_version");
}

#[test]
fn a_cut_message_is_an_error_at_every_length() {
    for call in recorded().iter().filter(|call| call.reply.len() < 400).take(300) {
        for n in 0..call.reply.len() {
            let cut = Bytes::copy_from_slice(&call.reply[..n]);
            assert!(methods::again(&call.method, &call.request, &cut).is_err(), "{} {n}", call.method);
            assert!(Rows::of_get_slice(cut, 0).is_err());
        }
    }
}

/// Bytes that no one has chosen: the same on each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    /// Flips, cuts, lengthens or nests.
    fn mutate(&mut self, message: &[u8]) -> Vec<u8> {
        let mut mutant = message.to_vec();
        for _ in 0..=self.next(3) {
            let at = self.next(mutant.len());
            match self.next(4) {
                0 => mutant[at] ^= 1 << self.next(8),
                1 => mutant[at] = [0, 1, 0x7f, 0x80, 0xff, 12, 13, 15][self.next(8)],
                2 => mutant.truncate(at + 1),
                _ => {
                    let part = mutant[at..mutant.len().min(at + 16)].to_vec();
                    mutant.splice(at..at, part);
                }
            }
        }
        mutant
    }
}

#[test]
fn a_mutant_is_a_message_or_an_error() {
    let mut noise = Noise(20_261_123);
    let mut errors = 0;
    let calls = recorded();
    let short: Vec<_> = calls.iter().filter(|call| call.request.len() + call.reply.len() < 4096).collect();
    for round in 0..40_000 {
        let call = short[round % short.len()];
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let (request, reply) = (noise.mutate(&call.request), noise.mutate(&call.reply));
        errors += usize::from(methods::again(&call.method, &request, &call.reply).is_err());
        errors += usize::from(methods::again(&call.method, &call.request, &reply).is_err());
        if let Ok((_, body)) = split_message(&request) {
            let _ = hot::BatchMutate::decode(body).map(|call| call.mutation_map.len());
            let _ = hot::GetRangeSlices::decode(body).map(|call| call.range.count);
            let _ = hot::MultigetSlice::decode(body).map(|call| call.keys.len());
        }
        let frame = Bytes::from(reply);
        let method = [RowsMethod::MultigetSlice, RowsMethod::GetRangeSlices][round % 2];
        for rows in [Rows::of_get_slice(frame.clone(), sequence), Rows::of(method, frame, sequence)] {
            // every place in the frame is read
            let read = |rows: Rows| rows.iter().map(|row| row.key().len() + owned(row).len()).sum::<usize>();
            let _ = rows.map(|answer| answer.map(read));
        }
    }
    assert!(errors > 20_000, "{errors} of 80,000 were refused: the mutants are too tame");
}

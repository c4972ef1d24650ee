//! The codec against calls recorded from a real server, and the two mechanisms against each other.

use bytes::Bytes;
use serde_json::Value as Json;

use super::hot::{self, Rows, RowsMethod};
use super::methods::{self, GetRangeSlices, GetSlice, MultigetSlice};
use super::*;

mod again;
mod damage;
mod properties;
mod versions;

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
            let line: Json = serde_json::from_str(line).expect("a line of JSON");
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

fn owned_columns(row: hot::Row<'_>, cells: hot::Cells<'_>) -> Vec<Column> {
    let column = |cell: hot::Cell<'_>| Column {
        name: row.share(cell.name),
        value: Some(row.share(cell.value)),
        timestamp: Some(cell.timestamp),
        ttl: cell.ttl,
    };
    cells.map(column).collect()
}

fn owned_counters(row: hot::Row<'_>, cells: hot::Cells<'_>) -> Vec<CounterColumn> {
    let counter = |cell: hot::Cell<'_>| CounterColumn {
        name: row.share(cell.name),
        value: i64::from_be_bytes(cell.value.try_into().expect("the eight bytes of a counter")),
    };
    cells.map(counter).collect()
}

fn owned(row: hot::Row<'_>) -> Vec<ColumnOrSuperColumn> {
    let none = ColumnOrSuperColumn::default;
    let mut entries = Vec::new();
    if row.holds_counters() {
        let counters = owned_counters(row, row.cells()).into_iter();
        entries.extend(counters.map(|it| ColumnOrSuperColumn { counter_column: Some(it), ..none() }));
    } else {
        let columns = owned_columns(row, row.cells()).into_iter();
        entries.extend(columns.map(|it| ColumnOrSuperColumn { column: Some(it), ..none() }));
    }
    for of in row.super_columns() {
        let name = row.share(of.name());
        entries.push(if row.holds_counters() {
            let columns = owned_counters(row, of.cells());
            ColumnOrSuperColumn { counter_super_column: Some(CounterSuperColumn { name, columns }), ..none() }
        } else {
            let columns = owned_columns(row, of.cells());
            ColumnOrSuperColumn { super_column: Some(SuperColumn { name, columns }), ..none() }
        });
    }
    assert_eq!((row.len(), row.is_empty()), (entries.len(), entries.is_empty()));
    entries
}

fn rows_method(name: &str) -> Option<RowsMethod> {
    use RowsMethod::*;
    [MultigetSlice, GetRangeSlices, GetIndexedSlices, GetPagedSlice].into_iter().find(|m| m.name() == name)
}

/// The rows of any reply that holds some, by the codec in place.
fn rows_of(
    method: &str,
    frame: Bytes,
    sequence: i32,
) -> Option<Result<Result<Rows, Exception>, DecodeError>> {
    Some(match method {
        "get" => Rows::of_get(frame, sequence),
        "get_slice" => Rows::of_get_slice(frame, sequence),
        "get_multi_slice" => Rows::of_get_multi_slice(frame, sequence),
        other => Rows::of(rows_method(other)?, frame, sequence),
    })
}

/// The same rows, by the table.
fn table_of(
    method: &str,
    frame: &[u8],
    sequence: i32,
) -> Result<Result<Vec<KeySlice>, Exception>, DecodeError> {
    fn slices<M: Method<Output = Vec<KeySlice>>>(
        frame: &[u8],
        sequence: i32,
    ) -> Result<Result<Vec<KeySlice>, Exception>, DecodeError> {
        decode_reply::<M>(frame, sequence)
    }
    let one = |columns| vec![KeySlice { key: Bytes::new(), columns }];
    Ok(match method {
        "get" => decode_reply::<methods::Get>(frame, sequence)?.map(|entry| one(vec![entry])),
        "get_slice" => decode_reply::<GetSlice>(frame, sequence)?.map(one),
        "get_multi_slice" => decode_reply::<methods::GetMultiSlice>(frame, sequence)?.map(one),
        "multiget_slice" => decode_reply::<MultigetSlice>(frame, sequence)?
            .map(|rows| rows.into_iter().map(|(key, columns)| KeySlice { key, columns }).collect()),
        "get_range_slices" => slices::<GetRangeSlices>(frame, sequence)?,
        "get_indexed_slices" => slices::<methods::GetIndexedSlices>(frame, sequence)?,
        "get_paged_slice" => slices::<methods::GetPagedSlice>(frame, sequence)?,
        other => panic!("{other} gives no rows"),
    })
}

/// How often each kind of entry was seen: columns, super columns, counters, counter super columns.
fn kinds(rows: &[KeySlice]) -> [usize; 4] {
    let entries = || rows.iter().flat_map(|row| &row.columns);
    [
        entries().filter(|it| it.column.is_some()).count(),
        entries().filter(|it| it.super_column.is_some()).count(),
        entries().filter(|it| it.counter_column.is_some()).count(),
        entries().filter(|it| it.counter_super_column.is_some()).count(),
    ]
}

#[test]
fn rows_in_place_equal_the_table() {
    let mut compared = 0;
    let mut seen = [0; 4];
    for call in recorded() {
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let frame = Bytes::from(call.reply);
        let Some(rows) = rows_of(&call.method, frame.clone(), sequence) else { continue };
        let table = table_of(&call.method, &frame, sequence).expect("well formed");
        let key_slice = |r: hot::Row<'_>| KeySlice { key: r.share(r.key()), columns: owned(r) };
        let rows = rows.expect("well formed").map(|rows| rows.iter().map(key_slice).collect());
        assert_eq!(rows, table, "{}", call.method);
        compared += 1;
        if let Ok(rows) = table {
            seen.iter_mut().zip(kinds(&rows)).for_each(|(sum, n)| *sum += n);
        }
    }
    assert!(compared > 1_200 && seen.iter().all(|n| *n > 3), "only {compared} replies with {seen:?}");
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
            GetPagedSlice,
            GetMultiSlice,
            Insert,
            Add,
            Cas,
            Remove,
            RemoveCounter,
            BatchMutate,
            AtomicBatchMutate
        );
        assert_eq!(&out[4..], &call.request[..], "{}", call.method);
        compared += 1;
    }
    assert!(compared > 3_000, "only {compared} requests");
}

/// Writes what was read, by either writer of replies.
macro_rules! write_entries {
    ($reply:ident, $row:expr) => {{
        let row = $row;
        macro_rules! write_cells {
            ($cells:expr) => {
                for cell in $cells {
                    match row.holds_counters() {
                        true => $reply
                            .counter(cell.name, i64::from_be_bytes(cell.value.try_into().expect("8 bytes"))),
                        false => $reply.column(cell.name, cell.value, cell.timestamp, cell.ttl),
                    }
                }
            };
        }
        write_cells!(row.cells());
        for column in row.super_columns() {
            match row.holds_counters() {
                true => $reply.counter_super_column(column.name()),
                false => $reply.super_column(column.name()),
            }
            write_cells!(column.cells());
        }
    }};
}

#[test]
fn replies_in_place_give_the_recorded_bytes() {
    let mut compared = 0;
    for call in recorded() {
        let sequence = split_message(&call.request).expect("a header").0.sequence;
        let Some(rows) = rows_of(&call.method, Bytes::from(call.reply.clone()), sequence) else { continue };
        let Ok(rows) = rows.expect("well formed") else { continue };
        let mut out = Vec::new();
        if let Some(method) = rows_method(&call.method) {
            let mut reply = hot::RowsReply::begin(method, sequence, &mut out);
            for row in rows.iter() {
                reply.row(row.key());
                write_entries!(reply, row);
            }
            reply.finish();
        } else {
            let begin = match call.method.as_str() {
                "get" => hot::SliceReply::begin_get,
                "get_slice" => hot::SliceReply::begin,
                _ => hot::SliceReply::begin_multi,
            };
            let mut reply = begin(sequence, &mut out);
            write_entries!(reply, rows.get(0).expect("one row"));
            assert_eq!(reply.len(), rows.get(0).expect("one row").len());
            reply.finish();
        }
        assert_eq!(out[4..], call.reply[..], "{}", call.method);
        compared += 1;
    }
    assert!(compared > 1_200, "only {compared} replies");
}

#[test]
fn what_has_no_place_in_a_reply_goes_nowhere() {
    let mut out = Vec::new();
    let mut reply = hot::SliceReply::begin_get(1, &mut out);
    assert!(reply.is_empty());
    reply.counter(b"a", 5);
    reply.column(b"b", b"", 1, None);
    reply.super_column(b"c");
    reply.finish();
    let rows = Rows::of_get(Bytes::from(out).slice(4..), 1).expect("well formed").expect("a row");
    let row = rows.get(0).expect("a row");
    assert_eq!((row.len(), row.holds_counters(), row.get(0).expect("a counter").name), (1, true, &b"a"[..]));

    let mut out = Vec::new();
    let mut reply = hot::SliceReply::begin(1, &mut out);
    reply.super_column(b"s");
    reply.counter(b"a", 5);
    reply.column(b"b", b"", 1, None);
    reply.counter_super_column(b"t");
    reply.column(b"b", b"", 1, None);
    reply.finish();
    let entries = decode_reply::<GetSlice>(&out[4..], 1).expect("well formed").expect("entries");
    let columns = entries[0].super_column.as_ref().map(|it| it.columns.len());
    let counters = entries[1].counter_super_column.as_ref().map(|it| it.columns.len());
    assert_eq!((entries.len(), columns, counters), (2, Some(1), Some(0)));

    let mut out = b"before".to_vec();
    hot::SliceReply::begin_get(1, &mut out).abandon();
    assert_eq!(out, b"before");
}

#[test]
fn a_row_of_several_kinds_is_refused() {
    let column = Column { name: "a".into(), ..Default::default() };
    let counter = CounterColumn { name: "a".into(), value: 1 };
    let both = ColumnOrSuperColumn {
        column: Some(column.clone()),
        counter_column: Some(counter.clone()),
        ..Default::default()
    };
    let one = ColumnOrSuperColumn { column: Some(column), ..Default::default() };
    let other = ColumnOrSuperColumn { counter_column: Some(counter), ..Default::default() };
    for entries in [vec![both], vec![one.clone(), other.clone()]] {
        let mut out = Vec::new();
        encode_reply::<GetSlice>(&Ok(entries), 1, &mut out);
        let refused = Rows::of_get_slice(Bytes::from(out).slice(4..), 1);
        assert_eq!(refused.expect_err("mixed"), DecodeError::Mixed);
    }
    let row = |entry| KeySlice { key: "k".into(), columns: vec![entry] };
    let mut out = Vec::new();
    encode_reply::<GetRangeSlices>(&Ok(vec![row(one), row(other)]), 1, &mut out);
    let rows = Rows::of(RowsMethod::GetRangeSlices, Bytes::from(out).slice(4..), 1).expect("well formed");
    let counters: Vec<_> = rows.expect("rows").iter().map(|row| row.holds_counters()).collect();
    assert_eq!(counters, [false, true], "rows of different kinds may stand in one reply");
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

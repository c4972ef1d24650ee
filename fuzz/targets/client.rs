//! What a client makes of a reply: any bytes are a reply to the call that they name, or an error. The codec in place reads
//! nothing beyond the frame, and a reply that the table has read is written and read again as the same.
#![no_main]

use bytes::Bytes;
use cassa::wire::hot::{Row, Rows, RowsMethod};
use cassa::wire::methods::*;
use cassa::wire::{Method, decode_reply, encode_reply, split_message};
use libfuzzer_sys::fuzz_target;

fn again<M: Method<Output: PartialEq + std::fmt::Debug>>(frame: &[u8], sequence: i32) -> bool {
    let Ok(answer) = decode_reply::<M>(frame, sequence) else { return false };
    let mut out = Vec::new();
    encode_reply::<M>(&answer, sequence, &mut out);
    let read = decode_reply::<M>(&out[4..], sequence).expect("what was just written");
    // a NaN is not equal to itself
    assert_eq!(format!("{read:?}"), format!("{answer:?}"));
    true
}

fn read(row: Row<'_>) -> usize {
    let cells: usize = row.cells().map(|cell| cell.name.len() + cell.value.len()).sum();
    let supers = row
        .super_columns()
        .map(|of| of.name().len() + of.cells().map(|cell| cell.value.len()).sum::<usize>());
    row.key().len() + cells + supers.sum::<usize>()
}

fuzz_target!(|frame: &[u8]| {
    let Ok((header, _)) = split_message(frame) else { return };
    let sequence = header.sequence;
    macro_rules! dispatch {
        ($($method:ident),*) => {
            match header.method {
                $( <$method as Method>::METHOD => again::<$method>(frame, sequence), )*
                _ => false,
            }
        };
    }
    let _ = dispatch!(
        Login,
        SetKeyspace,
        Get,
        GetSlice,
        GetCount,
        MultigetSlice,
        MultigetCount,
        GetRangeSlices,
        GetPagedSlice,
        GetIndexedSlices,
        Insert,
        Add,
        Cas,
        Remove,
        RemoveCounter,
        BatchMutate,
        AtomicBatchMutate,
        Truncate,
        GetMultiSlice,
        DescribeSchemaVersions,
        DescribeKeyspaces,
        DescribeClusterName,
        DescribeVersion,
        DescribeRing,
        DescribeLocalRing,
        DescribeTokenMap,
        DescribePartitioner,
        DescribeSnitch,
        DescribeKeyspace,
        DescribeSplits,
        TraceNextQuery,
        DescribeSplitsEx,
        SystemAddColumnFamily,
        SystemDropColumnFamily,
        SystemAddKeyspace,
        SystemDropKeyspace,
        SystemUpdateKeyspace,
        SystemUpdateColumnFamily,
        ExecuteCqlQuery,
        ExecuteCql3Query,
        PrepareCqlQuery,
        PrepareCql3Query,
        ExecutePreparedCqlQuery,
        ExecutePreparedCql3Query,
        SetCqlVersion
    );
    let whole = Bytes::copy_from_slice(frame);
    let rows = match header.method {
        "get" => Rows::of_get(whole, sequence),
        "get_slice" => Rows::of_get_slice(whole, sequence),
        "get_multi_slice" => Rows::of_get_multi_slice(whole, sequence),
        "multiget_slice" => Rows::of(RowsMethod::MultigetSlice, whole, sequence),
        "get_range_slices" => Rows::of(RowsMethod::GetRangeSlices, whole, sequence),
        "get_indexed_slices" => Rows::of(RowsMethod::GetIndexedSlices, whole, sequence),
        "get_paged_slice" => Rows::of(RowsMethod::GetPagedSlice, whole, sequence),
        _ => return,
    };
    if let Ok(Ok(rows)) = rows {
        let most = rows.iter().map(read).sum::<usize>();
        assert!(most <= frame.len(), "more bytes than the frame has");
    }
});

//! What a server makes of a call: any bytes are the call that they name, or an error. A call that was read is written
//! and read again as the same; what the codec in place reads is what the table reads.
#![no_main]

use cassa::wire::methods::{self, *};
use cassa::wire::{Method, decode, encode, encode_call, hot, split_message};
use libfuzzer_sys::fuzz_target;

fn again<M: Method + std::fmt::Debug>(body: &[u8]) -> Option<Vec<u8>> {
    let call = decode::<M>(body).ok()?;
    let mut out = Vec::new();
    encode(&call, &mut out);
    let read = decode::<M>(&out).expect("what was just written");
    // a NaN is not equal to itself
    assert_eq!(format!("{read:?}"), format!("{call:?}"));
    let mut frame = Vec::new();
    encode_call(&call, 7, &mut frame);
    Some(frame)
}

fuzz_target!(|message: &[u8]| {
    let Ok((header, body)) = split_message(message) else { return };
    macro_rules! table {
        ($($method:ident),*) => {
            match header.method {
                $( <$method as Method>::METHOD => { again::<$method>(body); } )*
                _ => {}
            }
        };
    }
    macro_rules! in_place {
        ($($method:ident),*) => {
            match header.method {
                $( hot::$method::METHOD => {
                    let table = again::<methods::$method>(body);
                    let mut frame = Vec::new();
                    let hot = hot::$method::decode(body).map(|call| call.encode(7, &mut frame));
                    if let (Ok(()), Some(table)) = (hot, table) {
                        assert_eq!(frame, table, "{}", header.method);
                    }
                } )*
                _ => {}
            }
        };
    }
    in_place!(
        Get,
        GetSlice,
        GetCount,
        MultigetSlice,
        MultigetCount,
        GetRangeSlices,
        GetPagedSlice,
        GetIndexedSlices,
        GetMultiSlice,
        Insert,
        Add,
        Cas,
        Remove,
        RemoveCounter,
        BatchMutate,
        AtomicBatchMutate
    );
    table!(
        Login,
        SetKeyspace,
        Truncate,
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
});

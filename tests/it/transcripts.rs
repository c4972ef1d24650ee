//! Replays what a real Cassandra 2.1.21 answered: the same calls must get the same decoded replies.
//!
//! Free to differ are, as between any two clusters: schema versions, the ring's tokens and hosts, the cluster's
//! name, timestamps that the server picks, the order of maps, and the texts of exceptions.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use cassa::wire::{self, Exception, KsDef, Method, methods};
use cassa::{EmbeddedServer, ManualClock};
use serde_json::Value;

use super::raw::Client;

/// What became of the calls of a transcript.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Answered like Cassandra.
    equal: usize,
    /// Sent, but not compared, because Cassandra itself answered in two ways.
    unstable: usize,
}

struct Replay {
    server: EmbeddedServer,
    clients: HashMap<String, Client>,
    keyspace: String,
    counts: Counts,
}

/// One recorded call.
struct Call<'a> {
    method: &'a str,
    request: &'a [u8],
    reply: Option<&'a [u8]>,
    unstable: bool,
    /// Its place, for the messages.
    line: usize,
}

fn replay(scenario: &str, expected: Counts) {
    let path = format!("{}/tests/data/transcripts/{scenario}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the transcript is there");
    let clock = ManualClock::new();
    let mut replay = Replay {
        server: EmbeddedServer::builder().clock(&clock).start().expect("a server"),
        clients: HashMap::new(),
        keyspace: String::new(),
        counts: Counts::default(),
    };
    for (index, line) in text.lines().enumerate() {
        let record: Value = serde_json::from_str(line).expect("a line of JSON");
        if let Some(keyspace) = record["keyspace"].as_str() {
            replay.keyspace = keyspace.to_owned();
        } else if let Some(seconds) = record["sleep"].as_f64() {
            clock.advance(Duration::from_secs_f64(seconds));
        } else if let Some(method) = record["method"].as_str() {
            let request = unhex(record["request"].as_str().expect("a request"));
            let reply = record["reply"].as_str().map(unhex);
            let call = Call {
                method,
                request: &request,
                reply: reply.as_deref(),
                unstable: record["unstable"] == true,
                line: index + 1,
            };
            replay.call(record["conn"].as_str().expect("a connection"), &call);
        }
    }
    eprintln!("{scenario}: {:?}", replay.counts);
    assert_eq!(replay.counts, expected, "{scenario}");
}

fn sequence_of(message: &[u8]) -> i32 {
    wire::split_message(message).expect("a message").0.sequence
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).expect("hex") as u8;
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

impl Replay {
    fn call(&mut self, connection: &str, call: &Call<'_>) {
        let server = &self.server;
        let client = self.clients.entry(connection.to_owned()).or_insert_with(|| Client::of(server));
        let answer =
            client.exchange(call.request).unwrap_or_else(|| panic!("line {}: connection closed", call.line));
        if call.unstable {
            self.counts.unstable += 1;
        } else {
            self.compare(call, &answer);
            self.counts.equal += 1;
        }
    }

    fn compare(&self, call: &Call<'_>, answer: &[u8]) {
        macro_rules! compare {
            ($($name:literal => $method:ident $normal:expr;)*) => {
                match call.method {
                    $($name => compare::<methods::$method>(call, answer, $normal),)*
                    other => panic!("line {}: {other} is not compared", call.line),
                }
            };
        }
        compare! {
            "login" => Login |_| {};
            "set_keyspace" => SetKeyspace |_| {};
            "get" => Get |_| {};
            "get_slice" => GetSlice |_| {};
            "get_count" => GetCount |_| {};
            "multiget_slice" => MultigetSlice |rows: &mut Vec<(Bytes, _)>| rows.sort_by(|a, b| a.0.cmp(&b.0));
            "multiget_count" => MultigetCount |rows: &mut Vec<(Bytes, _)>| rows.sort();
            "get_range_slices" => GetRangeSlices |_| {};
            "get_paged_slice" => GetPagedSlice |_| {};
            "get_multi_slice" => GetMultiSlice |_| {};
            "get_indexed_slices" => GetIndexedSlices |_| {};
            "insert" => Insert |_| {};
            "add" => Add |_| {};
            "cas" => Cas |result: &mut wire::CASResult| {
                // the server dates what it writes
                result.current_values.iter_mut().flatten().for_each(|column| column.timestamp = None);
            };
            "remove_counter" => RemoveCounter |_| {};
            "remove" => Remove |_| {};
            "batch_mutate" => BatchMutate |_| {};
            "atomic_batch_mutate" => AtomicBatchMutate |_| {};
            "truncate" => Truncate |_| {};
            "describe_version" => DescribeVersion |_| {};
            "describe_partitioner" => DescribePartitioner |_| {};
            "describe_snitch" => DescribeSnitch |_| {};
            "describe_cluster_name" => DescribeClusterName |name: &mut String| {
                assert!(!name.is_empty());
                name.clear();
            };
            "describe_keyspace" => DescribeKeyspace |keyspace| self.normalize(keyspace);
            "describe_keyspaces" => DescribeKeyspaces |keyspaces: &mut Vec<KsDef>| {
                keyspaces.retain(|keyspace| keyspace.name == self.keyspace);
                assert_eq!(keyspaces.len(), 1);
                self.normalize(&mut keyspaces[0]);
            };
            "describe_schema_versions" => DescribeSchemaVersions |versions: &mut Vec<(String, Vec<String>)>| {
                for (version, hosts) in versions {
                    version.clear();
                    hosts.iter_mut().for_each(String::clear);
                }
            };
            "describe_token_map" => DescribeTokenMap |tokens: &mut Vec<(String, String)>| {
                assert!(tokens.iter().all(|(token, _)| token.parse::<i64>().is_ok()));
                tokens.truncate(1);
                tokens.iter_mut().for_each(|(token, host)| { token.clear(); host.clear(); });
            };
            "describe_ring" => DescribeRing normalize_ring;
            "describe_local_ring" => DescribeLocalRing normalize_ring;
            "describe_splits" => DescribeSplits |_| {};
            "describe_splits_ex" => DescribeSplitsEx |_| {};
            "trace_next_query" => TraceNextQuery |id: &mut Bytes| {
                assert_eq!(id.len(), 16);
                *id = Bytes::new();
            };
            "system_add_keyspace" => SystemAddKeyspace String::clear;
            "system_update_keyspace" => SystemUpdateKeyspace String::clear;
            "system_drop_keyspace" => SystemDropKeyspace String::clear;
            "system_add_column_family" => SystemAddColumnFamily String::clear;
            "system_update_column_family" => SystemUpdateColumnFamily String::clear;
            "system_drop_column_family" => SystemDropColumnFamily String::clear;
            "set_cql_version" => SetCqlVersion |_| {};
        }
    }

    /// Lists that Cassandra keeps as maps are sorted, ids dropped, and column families that are not served.
    fn normalize(&self, keyspace: &mut KsDef) {
        keyspace.cf_defs.sort_by(|a, b| a.name.cmp(&b.name));
        for family in &mut keyspace.cf_defs {
            family.id = None;
            for columns in family.column_metadata.iter_mut() {
                columns.sort_by(|a, b| a.name.cmp(&b.name));
            }
            let maps = [&mut family.compaction_strategy_options, &mut family.compression_options];
            maps.into_iter().flatten().for_each(|options| options.sort());
        }
        keyspace.strategy_options.iter_mut().for_each(|options| options.sort());
    }
}

fn normalize_ring(ranges: &mut Vec<wire::TokenRange>) {
    for range in ranges {
        assert!(range.start_token.parse::<i64>().is_ok() && range.end_token.parse::<i64>().is_ok());
        range.start_token.clear();
        range.end_token.clear();
        let details = range.endpoint_details.iter_mut().flatten().filter_map(|details| details.host.as_mut());
        let hosts = range.endpoints.iter_mut().chain(range.rpc_endpoints.iter_mut().flatten()).chain(details);
        hosts.for_each(String::clear);
    }
}

fn compare<M: Method>(call: &Call<'_>, answer: &[u8], normalize: impl Fn(&mut M::Output))
where
    M::Output: Debug + PartialEq,
{
    let Call { method, line, .. } = call;
    let decode = |reply: &[u8]| {
        let mut decoded = wire::decode_reply::<M>(reply, sequence_of(reply)).expect("a reply");
        if let Ok(output) = &mut decoded {
            normalize(output);
        }
        decoded
    };
    let ours = decode(answer);
    let Some(reply) = call.reply else {
        // Cassandra failed there and closed the connection
        assert!(matches!(ours, Err(Exception::InvalidRequest(_))), "line {line}: {method}: {ours:?}");
        return;
    };
    match (decode(reply), ours) {
        (Err(theirs), Err(ours)) => {
            assert_eq!(ours.kind(), theirs.kind(), "line {line}: {method}: ours {ours:?}, theirs {theirs:?}");
        }
        (theirs, ours) => assert_eq!(ours, theirs, "line {line}: {method} (left: ours)"),
    }
}

macro_rules! transcripts {
    ($($scenario:ident: $equal:literal equal, $unstable:literal unstable;)*) => { $(
        #[test]
        fn $scenario() {
            replay(stringify!($scenario), Counts { equal: $equal, unstable: $unstable });
        }
    )* };
}

transcripts! {
    batches: 72 equal, 0 unstable;
    cas_and_multislice: 21 equal, 0 unstable;
    columns_basic: 47 equal, 0 unstable;
    columns_multiget: 14 equal, 0 unstable;
    columns_slices: 73 equal, 0 unstable;
    columns_ttl: 20 equal, 0 unstable;
    columns_validation: 187 equal, 0 unstable;
    counters: 35 equal, 0 unstable;
    indexes: 36 equal, 0 unstable;
    ordering_composites: 91 equal, 0 unstable;
    ordering_simple: 354 equal, 0 unstable;
    random_1: 1444 equal, 0 unstable;
    random_2: 1431 equal, 1 unstable;
    rows_paged: 11 equal, 0 unstable;
    rows_ranges: 40 equal, 0 unstable;
    schema_column_families: 30 equal, 0 unstable;
    schema_keyspaces: 25 equal, 0 unstable;
    super_columns: 49 equal, 0 unstable;
    service: 16 equal, 0 unstable;
    service_more: 13 equal, 0 unstable;
}

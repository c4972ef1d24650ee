//! Replays what a real Cassandra 2.1.21 answered: the same calls must get the same decoded replies.
//!
//! Free to differ are, as between any two clusters: schema versions, the ring's tokens and hosts, the cluster's
//! name, the order of maps, and the texts of exceptions. What the server does not serve yet must be *refused*,
//! and each test names how many calls that were, so that none is left out by accident:
//!
//! * a call on a column family that is not served, or a definition of one: `InvalidRequestException`.
//!
//! Definitions of whole keyspaces and batches are *trimmed* of what is not served, and the rest is replayed.

mod messages;
mod scope;

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use cassa::wire::{self, Exception, KsDef, Method, methods};
use cassa::{EmbeddedServer, ManualClock};
use serde_json::Value;

use self::messages::{arguments_of, exception_of, is_ok, message, sequence_of};
use self::scope::{Refusal, serves_class, serves_family};
use super::raw::Client;

/// What became of the calls of a transcript.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Answered like Cassandra.
    equal: usize,
    /// Sent, but not compared, because Cassandra itself answered in two ways.
    unstable: usize,
    /// Not served, and refused.
    refused: usize,
    /// Not sent: its column's class is not served.
    left_out: usize,
}

struct Replay {
    server: EmbeddedServer,
    clients: HashMap<String, Client>,
    keyspace: String,
    /// Column families that the server refuses.
    families: HashSet<String>,
    /// Columns whose class the server refuses.
    columns: HashSet<(String, String)>,
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
        families: HashSet::new(),
        columns: HashSet::new(),
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
            replay.call(record["conn"].as_str().expect("a connection"), &record["args"], &call);
        }
    }
    eprintln!("{scenario}: {:?}", replay.counts);
    assert_eq!(replay.counts, expected, "{scenario}");
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).expect("hex") as u8;
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

impl Replay {
    fn call(&mut self, connection: &str, arguments: &Value, call: &Call<'_>) {
        let request = match call.method {
            "system_add_keyspace" => self.trim_keyspace(call.request),
            "batch_mutate" | "atomic_batch_mutate" if is_ok(call.reply) => self.trim_batch(call.request),
            _ => Some(call.request.to_vec()),
        };
        let Some(request) = request else {
            self.counts.refused += 1;
            return;
        };
        if self.names_refused_column(arguments) {
            self.counts.left_out += 1;
            return;
        }
        let refused = self.is_refused(call, arguments);
        let server = &self.server;
        let client = self.clients.entry(connection.to_owned()).or_insert_with(|| Client::of(server));
        let answer =
            client.exchange(&request).unwrap_or_else(|| panic!("line {}: connection closed", call.line));
        if let Some(expected) = refused {
            let exception = exception_of(call.method, &answer);
            assert!(
                exception.as_ref().is_some_and(|exception| expected.fits(exception)),
                "line {}: {} was to be refused, got {exception:?}",
                call.line,
                call.method
            );
            self.counts.refused += 1;
        } else if call.unstable {
            self.counts.unstable += 1;
        } else {
            self.compare(call, &answer);
            self.counts.equal += 1;
        }
    }

    /// Whether the call is one that the server does not serve, and how it says so.
    fn is_refused(&mut self, call: &Call<'_>, arguments: &Value) -> Option<Refusal> {
        let definition = &arguments["cf_def"];
        if let Some(name) = definition["name"].as_str() {
            let message: methods::SystemAddColumnFamily = arguments_of(call.request);
            if call.method == "system_add_column_family"
                && !serves_family(&message.cf_def)
                && is_ok(call.reply)
            {
                self.families.insert(name.to_owned());
                return Some(Refusal::Request);
            }
            return self.families.contains(name).then_some(Refusal::Request);
        }
        let parent = ["column_parent", "column_path", "path"]
            .into_iter()
            .find_map(|argument| arguments[argument]["column_family"].as_str());
        let named =
            parent.or_else(|| arguments["cfname"].as_str()).or_else(|| arguments["column_family"].as_str());
        named.is_some_and(|family| self.families.contains(family)).then_some(Refusal::Request)
    }

    fn names_refused_column(&self, arguments: &Value) -> bool {
        let family = arguments["column_parent"]["column_family"].as_str().unwrap_or_default();
        let column = arguments["column"]["name"].as_str().unwrap_or_default();
        self.columns.contains(&(family.to_owned(), column.to_owned()))
    }

    /// Takes what is not served off the definition of a keyspace, and notes it.
    fn trim_keyspace(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let mut call: methods::SystemAddKeyspace = arguments_of(request);
        for family in &mut call.ks_def.cf_defs {
            for column in family.column_metadata.iter_mut().flatten() {
                if !serves_class(&column.validation_class) {
                    let name = String::from_utf8(column.name.to_vec()).expect("a name of text");
                    self.columns.insert((family.name.clone(), name));
                }
            }
            if let Some(columns) = &mut family.column_metadata {
                columns.retain(|column| serves_class(&column.validation_class));
            }
            if !serves_family(family) {
                self.families.insert(family.name.clone());
            }
        }
        call.ks_def.cf_defs.retain(serves_family);
        Some(message(&call))
    }

    /// Takes the column families that are not served off a batch; `None` where nothing is left.
    fn trim_batch(&self, request: &[u8]) -> Option<Vec<u8>> {
        let given: methods::BatchMutate = arguments_of(request);
        let mut mutation_map = given.mutation_map.clone();
        for (_, families) in &mut mutation_map {
            families.retain(|(family, _)| !self.families.contains(family));
        }
        if mutation_map == given.mutation_map {
            return Some(request.to_vec());
        }
        mutation_map.retain(|(_, families)| !families.is_empty());
        let consistency_level = given.consistency_level;
        let (header, _) = wire::split_message(request).expect("a message");
        match header.method {
            _ if mutation_map.is_empty() => None,
            "batch_mutate" => Some(message(&methods::BatchMutate { mutation_map, consistency_level })),
            _ => Some(message(&methods::AtomicBatchMutate { mutation_map, consistency_level })),
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
        keyspace.cf_defs.retain(|family| !self.families.contains(&family.name));
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
    ($($scenario:ident: $equal:literal equal, $unstable:literal unstable, $refused:literal refused,
        $left_out:literal left out;)*) => { $(
        #[test]
        fn $scenario() {
            let (equal, unstable, refused, left_out) = ($equal, $unstable, $refused, $left_out);
            replay(stringify!($scenario), Counts { equal, unstable, refused, left_out });
        }
    )* };
}

transcripts! {
    batches: 72 equal, 0 unstable, 0 refused, 0 left out;
    cas_and_multislice: 21 equal, 0 unstable, 0 refused, 0 left out;
    columns_basic: 47 equal, 0 unstable, 0 refused, 0 left out;
    columns_multiget: 14 equal, 0 unstable, 0 refused, 0 left out;
    columns_slices: 73 equal, 0 unstable, 0 refused, 0 left out;
    columns_ttl: 20 equal, 0 unstable, 0 refused, 0 left out;
    columns_validation: 187 equal, 0 unstable, 0 refused, 0 left out;
    counters: 35 equal, 0 unstable, 0 refused, 0 left out;
    indexes: 36 equal, 0 unstable, 0 refused, 0 left out;
    ordering_composites: 91 equal, 0 unstable, 0 refused, 0 left out;
    ordering_simple: 354 equal, 0 unstable, 0 refused, 0 left out;
    random_1: 1444 equal, 0 unstable, 0 refused, 0 left out;
    random_2: 1431 equal, 1 unstable, 0 refused, 0 left out;
    rows_paged: 11 equal, 0 unstable, 0 refused, 0 left out;
    rows_ranges: 40 equal, 0 unstable, 0 refused, 0 left out;
    schema_column_families: 30 equal, 0 unstable, 0 refused, 0 left out;
    schema_keyspaces: 25 equal, 0 unstable, 0 refused, 0 left out;
    super_columns: 49 equal, 0 unstable, 0 refused, 0 left out;
    service: 16 equal, 0 unstable, 0 refused, 0 left out;
    service_more: 13 equal, 0 unstable, 0 refused, 0 left out;
}

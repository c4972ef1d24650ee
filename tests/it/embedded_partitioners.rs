//! Partitioners: in which order rows are read, and that a directory keeps its own.

use bytes::Bytes;
use cassa::wire::{ColumnParent, ConsistencyLevel, Exception, KeyRange, methods};
use cassa::{EmbeddedServer, Error, Partitioner};

use super::raw::{Client, all, bytes, column};

fn start(partitioner: Partitioner) -> (EmbeddedServer, Client) {
    let server = EmbeddedServer::builder().partitioner(partitioner).start().expect("a server");
    let client = Client::of(&server).with_keyspace("Rows", &[("S", "UTF8Type")]);
    (server, client)
}

fn try_keys(client: &mut Client, range: KeyRange) -> Result<Vec<Bytes>, Exception> {
    let column_parent = ColumnParent { column_family: "S".to_owned(), super_column: None };
    let consistency_level = ConsistencyLevel::One;
    let rows = client.call(&methods::GetRangeSlices {
        column_parent,
        predicate: all(),
        range,
        consistency_level,
    })?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

fn by_keys(start: &[u8], end: &[u8]) -> KeyRange {
    KeyRange { start_key: Some(bytes(start)), end_key: Some(bytes(end)), count: 1000, ..KeyRange::default() }
}

fn by_tokens(start: &str, end: &str) -> KeyRange {
    let (start_token, end_token) = (Some(start.to_owned()), Some(end.to_owned()));
    KeyRange { start_token, end_token, count: 1000, ..KeyRange::default() }
}

fn key_and_token(start: &[u8], end: &str) -> KeyRange {
    let (start_key, end_token) = (Some(bytes(start)), Some(end.to_owned()));
    KeyRange { start_key, end_token, count: 1000, ..KeyRange::default() }
}

/// The tokens that the RandomPartitioner gives these keys, in their order.
const RANDOM: [(&str, &str); 12] = [
    ("k04", "758545319895602716253084004999197474"),
    ("k11", "840254714229394804756657036719992503"),
    ("k06", "1001068581301974179254447547096058021"),
    ("k00", "37603416919150700454313728207551895246"),
    ("k10", "39417661785218268898082520965771366893"),
    ("k02", "46985632074772491241108543609985295446"),
    ("k07", "113064436951875161311177133391129386068"),
    ("k01", "118721564494224778247181749394367161256"),
    ("k09", "152035350079212036219792948480750758191"),
    ("k08", "159180556473722055755600665441778350021"),
    ("k05", "166313660564456143526890323708446630108"),
    ("k03", "167402330278116321604648333505447953200"),
];

#[test]
fn random_rows_come_in_the_order_of_their_md5() {
    let (_server, mut client) = start(Partitioner::Random);
    for number in 0..12 {
        client.insert("S", format!("k{number:02}"), column("c", "v", 1));
    }
    let mut keys = |range| try_keys(&mut client, range).expect("rows");
    let expected: Vec<Bytes> = RANDOM.iter().map(|(key, _)| bytes(key)).collect();
    assert_eq!(keys(by_keys(b"", b"")), expected);
    assert_eq!(keys(by_tokens("-1", "-1")), expected);
    let (third, eighth) = (RANDOM[2], RANDOM[7]);
    // a start token is excluded, an end token included
    assert_eq!(keys(by_tokens(third.1, eighth.1)), expected[3..=7]);
    assert_eq!(keys(by_tokens(eighth.1, third.1)), [&expected[8..], &expected[..3]].concat());
    assert_eq!(keys(by_tokens(third.1, "-1")), expected[3..]);
    assert_eq!(keys(by_keys(third.0.as_bytes(), eighth.0.as_bytes())), expected[2..=7]);
    assert_eq!(keys(key_and_token(third.0.as_bytes(), eighth.1)), expected[2..=7]);
    for refused in [
        by_keys(eighth.0.as_bytes(), third.0.as_bytes()),
        key_and_token(eighth.0.as_bytes(), third.1),
        by_tokens("abc", "1"),
    ] {
        let answer = try_keys(&mut client, refused);
        assert!(matches!(answer, Err(Exception::InvalidRequest(_))), "{answer:?}");
    }
    assert_eq!(client.get_slice("S", "k05", all()).len(), 1);
    let token_map = client.call(&methods::DescribeTokenMap {}).expect("tokens");
    assert_eq!(token_map[0].0, "-1");
}

#[test]
fn ordered_rows_come_in_the_order_of_their_keys() {
    let (_server, mut client) = start(Partitioner::ByteOrdered);
    let mut expected: Vec<Bytes> =
        [&b"a"[..], b"a\0", b"a\0\0", b"a\x01", b"ab", b"b", b"\0", b"\xff", b"\xff\xff"].map(bytes).to_vec();
    for key in &expected {
        client.insert("S", key, column("c", "v", 1));
        // chunks stand between a row and the next one
        if key.len() == 2 {
            (0..200).for_each(|name| client.insert("S", key, column(format!("c{name}"), [b'v'; 60], 1)));
        }
    }
    expected.sort();
    let mut keys = |range| try_keys(&mut client, range).expect("rows");
    assert_eq!(keys(by_keys(b"", b"")), expected);
    assert_eq!(keys(by_keys(b"a", b"b")), expected[1..7]);
    assert_eq!(keys(by_keys(b"a\0\0", b"az")), expected[3..6]);
    assert_eq!(keys(by_keys(b"a", b"a")), expected[1..2]);
    assert_eq!(keys(by_keys(b"aa", b"")), expected[5..]);
    assert_eq!(keys(by_tokens("61", "62")), expected[2..7]);
    assert_eq!(keys(by_tokens("", "6100")), expected[..3]);
    assert_eq!(keys(by_tokens("62", "00")), [&expected[7..], &expected[..1]].concat());
    assert_eq!(keys(key_and_token(b"a", "62")), expected[1..7]);
    let odd = by_tokens("0", "62");
    assert_eq!(keys(odd), expected[1..7]);
    for refused in [by_keys(b"b", b"a"), key_and_token(b"b", "61"), by_tokens("6g", "")] {
        let answer = try_keys(&mut client, refused);
        assert!(matches!(answer, Err(Exception::InvalidRequest(_))), "{answer:?}");
    }

    client.insert("S", [0; 30_000], column("c", "v", 1));
    assert_eq!(client.get_slice("S", [0; 30_000], all()).len(), 1);
    let long = client.try_insert("S", [b'k'; 30_001], column("c", "v", 1));
    assert!(
        matches!(&long, Err(Exception::InvalidRequest(why)) if why.contains("30001") && why.contains("30000")),
        "{long:?}"
    );
}

#[test]
fn a_directory_keeps_its_partitioner() {
    for (created, other) in [
        (Partitioner::Random, Partitioner::Murmur3),
        (Partitioner::ByteOrdered, Partitioner::Random),
        (Partitioner::Murmur3, Partitioner::ByteOrdered),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let open = || EmbeddedServer::builder().path(directory.path());
        drop(open().partitioner(created).start().expect("a server"));
        match open().partitioner(other).start() {
            Err(error @ Error::Storage { .. }) => {
                let text = error.to_string();
                let names = [created.to_string(), other.to_string(), directory.path().display().to_string()];
                assert!(names.iter().all(|name| text.contains(name)), "{text}");
            }
            answer => panic!("expected a refusal, got {answer:?}"),
        }
        for options in [open(), open().partitioner(created)] {
            let server = options.start().expect("a server");
            let name = Client::of(&server).call(&methods::DescribePartitioner {});
            assert_eq!(name, Ok(format!("org.apache.cassandra.dht.{created}")));
        }
    }
}

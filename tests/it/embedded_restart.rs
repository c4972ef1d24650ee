//! What a data directory holds, across restarts and damage.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cassa::wire::{CfDef, ConsistencyLevel, Exception, methods};
use cassa::{Durability, EmbeddedServer, Error};

use super::raw::{Client, all, bytes, column, deleted, keyspace_definition, written};

fn open(path: &Path) -> Result<EmbeddedServer, Error> {
    EmbeddedServer::builder().path(path).start()
}

fn text_of_refusal(path: &Path) -> String {
    match open(path) {
        Err(error @ Error::Storage { .. }) => error.to_string(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn fill(server: &EmbeddedServer) {
    let mut client = Client::of(server).with_keyspace("Kept", &[("S", "UTF8Type")]);
    client.insert("S", "row", column("name", "value", 1));
}

/// A directory with a keyspace of one row, whose server has stopped.
fn filled() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fill(&open(directory.path()).expect("a server"));
    directory
}

/// The same, as a server leaves it that is killed before it syncs: the row is the last that was written.
fn filled_and_killed() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let never = Durability::Process { sync_every: Duration::from_secs(3600) };
    let server = EmbeddedServer::builder().path(directory.path()).durability(never).start();
    let server = server.expect("a server");
    fill(&server);
    let killed = tempfile::tempdir().expect("a directory");
    for from in walk(directory.path()) {
        let to = killed.path().join(from.strip_prefix(directory.path()).expect("inside"));
        if from.is_dir() {
            fs::create_dir(to).expect("made");
        } else {
            fs::copy(from, to).expect("copied");
        }
    }
    killed
}

#[test]
fn data_and_schema_are_there_after_a_restart() {
    for durability in [Durability::default(), Durability::Synced] {
        let directory = tempfile::tempdir().expect("a directory");
        let start = || EmbeddedServer::builder().path(directory.path()).durability(durability).start();
        let server = start().expect("a server");
        let mut client = Client::of(&server).with_keyspace("Kept", &[("S", "UTF8Type"), ("L", "LongType")]);
        client.insert("S", "row", column("name", "value", 1));
        client.insert("L", "row", column(5_i64.to_be_bytes(), "five", 1));
        let wide = (0..500).map(|i| written(column(format!("c{i:03}"), "x".repeat(50), 7))).collect();
        client.batch("S", vec![(bytes("wide"), wide), (bytes("gone"), vec![deleted(9, None)])]);
        let describe = methods::DescribeKeyspace { keyspace: "Kept".to_owned() };
        let version = methods::DescribeSchemaVersions {};
        let before = (client.call(&describe), client.call(&version), client.rows("S", all()));
        server.stop();

        let server = start().expect("the server again");
        assert_eq!(server.path(), directory.path());
        let mut client = Client::of(&server).use_keyspace("Kept");
        let after = (client.call(&describe), client.call(&version), client.rows("S", all()));
        assert_eq!(before, after);
        assert_eq!(after.2.len(), 3);
        assert_eq!(client.get_slice("S", "wide", all()).len(), 500);
        assert_eq!(client.get_slice("L", "row", all()), [column(5_i64.to_be_bytes(), "five", 1)]);
        // a deletion still counts
        client.insert("S", "gone", column("late", "x", 9));
        assert_eq!(client.get_slice("S", "gone", all()), []);
    }
}

#[test]
fn what_was_dropped_and_truncated_stays_away() {
    let directory = filled();
    let server = open(directory.path()).expect("a server");
    let mut client = Client::of(&server).use_keyspace("Kept");
    let family =
        |name: &str| CfDef { keyspace: "Kept".to_owned(), name: name.to_owned(), ..CfDef::default() };
    for name in ["Dropped", "Truncated"] {
        client.call(&methods::SystemAddColumnFamily { cf_def: family(name) }).expect("it is new");
        client.insert(name, "row", column("old", "x", 1));
    }
    client.call(&methods::Truncate { cfname: "Truncated".to_owned() }).expect("it is there");
    client
        .call(&methods::SystemDropColumnFamily { column_family: "Dropped".to_owned() })
        .expect("it is there");
    client.call(&methods::SystemAddKeyspace { ks_def: keyspace_definition("Other") }).expect("it is new");
    client.call(&methods::SystemDropKeyspace { keyspace: "Other".to_owned() }).expect("it is there");
    server.stop();

    let server = open(directory.path()).expect("the server again");
    let mut client = Client::of(&server).use_keyspace("Kept");
    assert_eq!(client.rows("Truncated", all()), []);
    let refused = client.try_insert("Dropped", "row", column("a", "b", 1));
    assert!(matches!(refused, Err(Exception::InvalidRequest(_))), "{refused:?}");
    let missing = client.call(&methods::DescribeKeyspace { keyspace: "Other".to_owned() });
    assert_eq!(missing, Err(Exception::NotFound));
    // a new one of the same name is empty
    client.call(&methods::SystemAddColumnFamily { cf_def: family("Dropped") }).expect("the name is free");
    assert_eq!(client.rows("Dropped", all()), []);
    assert_eq!(client.get_slice("S", "row", all()), [column("name", "value", 1)]);
}

#[test]
fn a_temporary_directory_goes_with_its_server() {
    let server = EmbeddedServer::start().expect("a server");
    let path = server.path().to_owned();
    assert!(path.is_dir());
    drop(server);
    assert!(!path.exists());
}

#[test]
fn one_directory_has_one_server() {
    let directory = filled();
    let first = open(directory.path()).expect("the first server");
    let refusal = text_of_refusal(directory.path());
    assert!(refusal.contains("in use by another server"), "{refusal}");
    assert!(refusal.contains(&directory.path().display().to_string()), "{refusal}");
    // and the first one is none the worse for it
    let mut client = Client::of(&first).use_keyspace("Kept");
    assert_eq!(client.get_slice("S", "row", all()), [column("name", "value", 1)]);
    first.stop();
    open(directory.path()).expect("the directory is free again");
}

#[test]
fn a_damaged_directory_is_refused_and_left_alone() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 7] = [
        ("no format file", |path| fs::remove_file(path.join("cassa.format")).expect("a file")),
        ("a format of the future", |path| fs::write(path.join("cassa.format"), "99\n").expect("a file")),
        ("no store", |path| fs::remove_dir_all(path.join("store")).expect("a directory")),
        ("a store without its marker", |path| fs::remove_file(path.join("store/version")).expect("a file")),
        ("a store with another marker", |path| {
            fs::write(path.join("store/version"), "FJL?").expect("a file")
        }),
        ("no journal", |path| fs::remove_file(path.join("store/0.jnl")).expect("a file")),
        ("no list of partitions", |path| {
            fs::remove_file(path.join("store/keyspaces/0/current")).expect("a file");
        }),
    ];
    for (what, harm) in harms {
        let directory = filled();
        harm(directory.path());
        let count = || walk(directory.path());
        let before = count();
        let refusal = text_of_refusal(directory.path());
        assert!(refusal.contains(&directory.path().display().to_string()), "{what}: {refusal}");
        assert_eq!(before, count(), "{what}: a refusal changes nothing");
    }
}

/// The files of a directory, as far down as they go.
fn walk(path: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path).expect("a directory").flatten() {
        if entry.path().is_dir() {
            found.extend(walk(&entry.path()));
        }
        found.push(entry.path());
    }
    found.sort();
    found
}

#[test]
fn a_start_that_was_cut_short_begins_again() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("cassa.format"), "creating\n").expect("a file");
    fs::create_dir(directory.path().join("store")).expect("a directory");
    fs::write(directory.path().join("store/half"), "x").expect("a file");
    let server = open(directory.path()).expect("a server");
    assert_eq!(Client::of(&server).call(&methods::DescribeVersion {}).as_deref(), Ok("19.39.0"));
}

#[test]
fn a_torn_journal_loses_its_torn_end_only() {
    let directory = filled_and_killed();
    let journal = fs::read_dir(directory.path().join("store"))
        .expect("a directory")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "jnl"))
        .expect("a journal");
    let mut bytes_kept = fs::read(&journal).expect("a journal");
    let end = bytes_kept.iter().rposition(|byte| *byte != 0).expect("it was written to") + 1;
    bytes_kept.truncate(end - 3);
    fs::write(&journal, bytes_kept).expect("a journal");
    let server = open(directory.path()).expect("a server");
    let mut client = Client::of(&server).use_keyspace("Kept");
    // the last batch was the row
    assert_eq!(client.get_slice("S", "row", all()), []);
    client.insert("S", "row", column("name", "again", 2));
    server.stop();
    let server = open(directory.path()).expect("a server");
    let mut client = Client::of(&server).use_keyspace("Kept");
    let get = methods::Get {
        key: bytes("row"),
        column_path: cassa::wire::ColumnPath {
            column_family: "S".to_owned(),
            super_column: None,
            column: Some(bytes("name")),
        },
        consistency_level: ConsistencyLevel::One,
    };
    assert_eq!(client.call(&get).expect("the column").column, Some(column("name", "again", 2)));
}

#[test]
fn without_its_witness_a_store_is_served_as_it_is() {
    // the end of the server has marked that the row is on the disk
    let directory = filled();
    let journal = directory.path().join("store/0.jnl");
    let mut cut = fs::read(&journal).expect("a journal");
    let end = cut.iter().rposition(|byte| *byte != 0).expect("it was written to") + 1;
    cut.truncate(end - 3);
    fs::write(&journal, cut).expect("a journal");
    let refusal = text_of_refusal(directory.path());
    for part in ["store/0.jnl", "has lost writes that were on the disk", "cassa.witness"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
    fs::remove_file(directory.path().join("cassa.witness")).expect("a file");
    drop(open(directory.path()).expect("a server"));
    // from then on it is held to what it has
    let server = open(directory.path()).expect("a server");
    let mut client = Client::of(&server).use_keyspace("Kept");
    assert_eq!(client.get_slice("S", "row", all()), [column("name", "value", 1)]);
}

/// The bytes of all files below a directory.
fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        // a file may go while it is looked at
        metadata => metadata.map_or(0, |metadata| metadata.len()),
    });
    sizes.sum()
}

#[test]
fn what_is_truncated_or_dropped_leaves_the_disk() {
    const WRITTEN: u64 = 8_000_000;
    let directory = tempfile::tempdir().expect("a directory");
    let server = open(directory.path()).expect("a server");
    let mut client =
        Client::of(&server).with_keyspace("Kept", &[("Truncated", "UTF8Type"), ("Dropped", "UTF8Type")]);
    for family in ["Truncated", "Dropped"] {
        let mut noise = 1_u64;
        for row in 0..WRITTEN / 1_000_000 {
            // bytes that do not compress
            let value = (0..125_000).flat_map(|_| {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (noise ^ (noise >> 29)).to_be_bytes()
            });
            client.insert(family, format!("row{row}"), column("name", value.collect::<Vec<u8>>(), 1));
        }
    }
    server.compact().expect("compacted");
    let tables = directory.path().join("store").join("keyspaces");
    assert!(size(&tables) > 2 * WRITTEN, "both are in tables");
    client.call(&methods::SystemDropColumnFamily { column_family: "Dropped".to_owned() }).expect("dropped");
    client.call(&methods::Truncate { cfname: "Truncated".to_owned() }).expect("truncated");
    // while the server runs: the store lets go of what it has replaced when it next writes a table
    for name in ["one", "other"] {
        client.insert("Truncated", name, column("name", "value", 1));
        server.compact().expect("compacted");
    }
    assert!(size(&tables) < WRITTEN / 8, "{} bytes are left", size(&tables));
    drop(server);
    let server = open(directory.path()).expect("a server");
    server.compact().expect("compacted");
    drop(server);
    assert!(size(&tables) < WRITTEN / 8, "{} bytes are left", size(&tables));
}

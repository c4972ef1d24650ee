//! Definitions as Cassandra takes them: checks, defaults, what an update keeps, and names that clash.

use cassa::EmbeddedServer;
use cassa::wire::{CfDef, ColumnDef, Exception, IndexType, KsDef, TriggerDef, methods};

use super::raw::{Client, all, bytes, column, keyspace_definition};

fn client() -> (EmbeddedServer, Client) {
    let server = EmbeddedServer::start().expect("a server");
    let client = Client::of(&server).with_keyspace("K", &[]);
    (server, client)
}

fn family(name: &str) -> CfDef {
    CfDef { keyspace: "K".to_owned(), name: name.to_owned(), ..CfDef::default() }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn indexed(name: &str, index_name: Option<&str>) -> ColumnDef {
    ColumnDef {
        name: bytes(name),
        validation_class: "UTF8Type".to_owned(),
        index_type: Some(IndexType::Keys),
        index_name: index_name.map(str::to_owned),
        index_options: None,
    }
}

fn add(client: &mut Client, cf_def: CfDef) -> Result<String, Exception> {
    client.call(&methods::SystemAddColumnFamily { cf_def })
}

fn update(client: &mut Client, cf_def: CfDef) -> Result<String, Exception> {
    client.call(&methods::SystemUpdateColumnFamily { cf_def })
}

fn described(client: &mut Client, name: &str) -> CfDef {
    let keyspace = client.call(&methods::DescribeKeyspace { keyspace: "K".to_owned() }).expect("it is there");
    keyspace.cf_defs.into_iter().find(|family| family.name == name).expect("it is there")
}

fn index_names(client: &mut Client, name: &str) -> Vec<String> {
    let columns = described(client, name).column_metadata.expect("columns");
    columns.into_iter().filter_map(|column| column.index_name).collect()
}

fn assert_refused(answer: Result<String, Exception>, what: &str) {
    assert!(matches!(answer, Err(Exception::InvalidRequest(_))), "{what}: {answer:?}");
}

#[test]
fn definitions_are_checked() {
    let (_server, mut client) = client();
    let options = |name: &str, value: &str| Some(vec![(name.to_owned(), value.to_owned())]);
    let columns = |columns: &[ColumnDef]| Some(columns.to_vec());
    let counter = ColumnDef { validation_class: "CounterColumnType".to_owned(), ..indexed("a", None) };
    let cases = [
        CfDef { name: "x".repeat(49), ..family("") },
        CfDef { column_type: text("super"), ..family("X") },
        CfDef { comparator_type: text("NoSuchType"), ..family("X") },
        CfDef { comparator_type: text("CompositeType(LongType,NoSuchType)"), ..family("X") },
        CfDef { comparator_type: text("CompositeType(CounterColumnType)"), ..family("X") },
        CfDef { key_validation_class: text("CounterColumnType"), ..family("X") },
        CfDef { caching: text("sometimes"), ..family("X") },
        CfDef { speculative_retry: text("sometimes"), ..family("X") },
        CfDef { bloom_filter_fp_chance: Some(0.0), ..family("X") },
        CfDef { min_compaction_threshold: Some(1), ..family("X") },
        CfDef { min_index_interval: Some(0), ..family("X") },
        CfDef { max_index_interval: Some(1), ..family("X") },
        CfDef { compaction_strategy: text("NoSuchStrategy"), ..family("X") },
        CfDef { compaction_strategy_options: options("sstable_size_in_mb", "5"), ..family("X") },
        CfDef { compression_options: options("sstable_compression", "NoSuchCompressor"), ..family("X") },
        CfDef {
            column_metadata: columns(&[ColumnDef { index_type: None, ..indexed("a", Some("i")) }]),
            ..family("X")
        },
        CfDef { column_metadata: columns(&[indexed("a", Some("no-name"))]), ..family("X") },
        CfDef {
            column_metadata: columns(&[indexed("a", Some("i")), indexed("b", Some("i"))]),
            ..family("X")
        },
        CfDef { column_metadata: columns(&[indexed("a", None)]), column_type: text("Super"), ..family("X") },
        CfDef { column_metadata: columns(&[counter]), ..family("X") },
        CfDef {
            column_metadata: columns(&[ColumnDef {
                index_type: Some(IndexType::Custom),
                ..indexed("a", None)
            }]),
            ..family("X")
        },
        CfDef { keyspace: "system".to_owned(), ..family("X") },
        CfDef { keyspace: "system_traces".to_owned(), ..family("X") },
        CfDef { keyspace: "Nowhere".to_owned(), ..family("X") },
    ];
    for cf_def in cases {
        let what = format!("{cf_def:?}");
        assert_refused(add(&mut client, cf_def), &what);
    }
    add(&mut client, family("X")).expect("nothing is left of it");
    let mut unset = Client::of(&_server);
    assert_refused(add(&mut unset, family("Y")), "no keyspace is set");
}

#[test]
fn options_are_described_in_their_own_form() {
    let (_server, mut client) = client();
    let mut given = CfDef {
        comparator_type: text(""),
        bloom_filter_fp_chance: Some(1.5),
        caching: text("all"),
        index_interval: Some(4096),
        speculative_retry: text("95percentile"),
        gc_grace_seconds: Some(-1),
        key_alias: Some(bytes("ignored without a class")),
        triggers: Some(vec![TriggerDef {
            name: "t".to_owned(),
            options: vec![("class".to_owned(), "com.example.Trigger".to_owned())],
        }]),
        column_metadata: Some(vec![
            ColumnDef { validation_class: "LongType".to_owned(), index_type: None, ..indexed("key", None) },
            ColumnDef { validation_class: "LongType".to_owned(), index_type: None, ..indexed("a", None) },
            ColumnDef { index_type: None, ..indexed("a", None) },
        ]),
        ..family("F")
    };
    add(&mut client, given.clone()).expect("well-formed");
    let found = described(&mut client, "F");
    assert_eq!(found.comparator_type.as_deref(), Some("org.apache.cassandra.db.marshal.BytesType"));
    assert_eq!(
        (found.caching.as_deref(), found.cells_per_row_to_cache.as_deref()),
        (Some("ALL"), Some("100"))
    );
    assert_eq!((found.min_index_interval, found.max_index_interval), (Some(4096), Some(4096)));
    assert_eq!(found.speculative_retry.as_deref(), Some("95.0PERCENTILE"));
    assert_eq!((found.gc_grace_seconds, found.bloom_filter_fp_chance), (Some(-1), Some(1.5)));
    assert_eq!(found.key_alias, Some(bytes("key")));
    assert_eq!(found.triggers, given.triggers);
    // the last definition of a name counts, and the key's alias hides one
    let columns = found.column_metadata.expect("columns");
    assert_eq!(columns.len(), 1);
    assert_eq!(columns[0].validation_class, "org.apache.cassandra.db.marshal.UTF8Type");
    // nobody runs the trigger, so nothing may be written past it
    let refused = client.try_insert("F", "k", column("a", "v", 1));
    assert!(
        matches!(&refused, Err(Exception::InvalidRequest(why)) if why.contains("trigger")),
        "{refused:?}"
    );

    // what an update leaves out takes its default, but for the alias of the key
    given.key_alias = Some(bytes("id"));
    given.key_validation_class = text("UTF8Type");
    update(&mut client, given).expect("altered");
    update(&mut client, family("F")).expect("altered");
    let found = described(&mut client, "F");
    assert_eq!(found.key_alias, Some(bytes("id")));
    assert_eq!((found.caching.as_deref(), found.gc_grace_seconds), (Some("KEYS_ONLY"), Some(864_000)));
    assert_eq!((found.column_metadata, found.triggers), (Some(vec![]), Some(vec![])));
    client.insert("F", "k", column("a", "v", 1));

    // a key of several components has no single alias
    let composite = CfDef { key_validation_class: text("CompositeType(LongType,UTF8Type)"), ..family("C") };
    add(&mut client, composite).expect("well-formed");
    assert_eq!(described(&mut client, "C").key_alias, None);
}

#[test]
fn indexes_have_names_that_are_unique() {
    let (server, mut client) = client();
    let with = |name: &str, comparator: &str, columns: Vec<ColumnDef>| CfDef {
        comparator_type: text(comparator),
        column_metadata: Some(columns),
        ..family(name)
    };
    add(&mut client, with("A", "UTF8Type", vec![indexed("some name", None)])).expect("well-formed");
    assert_eq!(index_names(&mut client, "A"), ["A_somename_idx"]);
    add(&mut client, with("B", "BytesType", vec![indexed("ab", None)])).expect("well-formed");
    assert_eq!(index_names(&mut client, "B"), ["B_6162_idx"]);
    let taken = with("D", "UTF8Type", vec![indexed("x", Some("A_somename_idx"))]);
    assert_refused(add(&mut client, taken), "a name that another column family has");

    // also in another keyspace, where a default name steps aside
    let mut other = Client::of(&server).with_keyspace("Other", &[]);
    let mut same = with("A", "UTF8Type", vec![indexed("some name", None)]);
    same.keyspace = "Other".to_owned();
    add(&mut other, same).expect("well-formed");
    let keyspace =
        other.call(&methods::DescribeKeyspace { keyspace: "Other".to_owned() }).expect("it is there");
    let columns = keyspace.cf_defs[0].column_metadata.clone().expect("columns");
    assert_eq!(columns[0].index_name.as_deref(), Some("A_somename_idx_1"));

    // an index keeps its name, and its column a class that orders alike
    let renamed = with("A", "UTF8Type", vec![indexed("some name", Some("new"))]);
    assert_refused(update(&mut client, renamed), "another name");
    let long = ColumnDef { validation_class: "LongType".to_owned(), ..indexed("some name", None) };
    assert_refused(update(&mut client, with("A", "UTF8Type", vec![long])), "another class");
    let bytes_type = ColumnDef { validation_class: "BytesType".to_owned(), ..indexed("some name", None) };
    update(&mut client, with("A", "UTF8Type", vec![bytes_type])).expect("a class that orders alike");
    assert_eq!(index_names(&mut client, "A"), ["A_somename_idx"]);
}

#[test]
fn updates_keep_to_what_is_stored() {
    let (_server, mut client) = client();
    let of = |comparator: &str| CfDef { comparator_type: text(comparator), ..family("F") };
    add(&mut client, of("CompositeType(AsciiType,LongType)")).expect("well-formed");
    for refused in ["AsciiType", "CompositeType(AsciiType)", "CompositeType(AsciiType,UTF8Type)"] {
        assert_refused(update(&mut client, of(refused)), refused);
    }
    update(&mut client, of("CompositeType(UTF8Type,LongType)")).expect("it orders alike");
    let supers = CfDef { column_type: text("Super"), ..of("CompositeType(UTF8Type,LongType)") };
    assert_refused(update(&mut client, supers), "super columns");
    assert_refused(update(&mut client, family("Nothing")), "no such column family");
}

#[test]
fn components_are_added_behind_those_that_there_are() {
    let (_server, mut client) = client();
    let of = |comparator: &str| CfDef { comparator_type: text(comparator), ..family("F") };
    add(&mut client, of("CompositeType(UTF8Type)")).expect("well-formed");
    client.insert("F", "k", column("\0\x01a\0", "one", 1));
    client.insert("F", "k", column("\0\x01b\0", "one", 1));
    update(&mut client, of("CompositeType(UTF8Type,LongType)")).expect("what there is orders alike");
    let two = "\0\x01a\0\0\x08\0\0\0\0\0\0\0\x07\0";
    client.insert("F", "k", column(two, "two", 1));
    let names: Vec<_> = client.get_slice("F", "k", all()).into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["\0\x01a\0", two, "\0\x01b\0"].map(bytes));
    assert_refused(update(&mut client, of("CompositeType(UTF8Type)")), "components do not go");
}

#[test]
fn counters_and_other_columns_become_each_other_while_there_are_none() {
    let (_server, mut client) = client();
    let counters = || CfDef { default_validation_class: text("CounterColumnType"), ..family("F") };
    add(&mut client, family("F")).expect("well-formed");
    update(&mut client, counters()).expect("it is empty");
    update(&mut client, family("F")).expect("it is empty");
    client.insert("F", "k", column("a", "v", 1));
    assert_refused(update(&mut client, counters()), "there is a column");
    assert_eq!(client.get_slice("F", "k", all()).len(), 1);
    client.call(&methods::Truncate { cfname: "F".to_owned() }).expect("truncated");
    update(&mut client, counters()).expect("it is empty again");
    let (key, column_family) = (bytes("k"), "F".to_owned());
    let column_parent = cassa::wire::ColumnParent { column_family, super_column: None };
    let column = cassa::wire::CounterColumn { name: bytes("a"), value: 2 };
    let consistency_level = cassa::wire::ConsistencyLevel::One;
    client.call(&methods::Add { key, column_parent, column, consistency_level }).expect("counted");
    assert_refused(update(&mut client, family("F")), "there is a counter");
}

#[test]
fn keyspaces_are_checked_and_cassandras_own_are_listed() {
    let (_server, mut client) = client();
    let add = |client: &mut Client, ks_def| client.call(&methods::SystemAddKeyspace { ks_def });
    let with = |class: &str, options: &[(&str, &str)]| KsDef {
        strategy_class: class.to_owned(),
        strategy_options: Some(
            options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ),
        ..keyspace_definition("New")
    };
    for ks_def in [
        KsDef { name: "k".to_owned(), ..keyspace_definition("New") },
        KsDef { name: "SYSTEM".to_owned(), ..keyspace_definition("New") },
        with("LocalStrategy", &[]),
        with("SimpleStrategy", &[("replication_factor", "-1")]),
        with("NetworkTopologyStrategy", &[("replication_factor", "1")]),
        with("NetworkTopologyStrategy", &[("datacenter1", "one")]),
        KsDef { cf_defs: vec![family("F")], ..keyspace_definition("New") },
    ] {
        let what = format!("{ks_def:?}");
        assert_refused(add(&mut client, ks_def), &what);
    }
    for keyspace in ["system", "system_traces", "Nowhere"] {
        let drop = methods::SystemDropKeyspace { keyspace: keyspace.to_owned() };
        assert_refused(client.call(&drop), keyspace);
    }
    let listed = client.call(&methods::DescribeKeyspaces {}).expect("keyspaces");
    let found = |name: &str| listed.iter().find(|keyspace| keyspace.name == name).expect("it is listed");
    let mut families: Vec<&str> = found("system").cf_defs.iter().map(|family| &*family.name).collect();
    families.sort_unstable();
    assert_eq!(families, ["IndexInfo", "hints", "schema_keyspaces"]);
    assert_eq!(found("system").strategy_class, "org.apache.cassandra.locator.LocalStrategy");
    assert!(found("system_traces").cf_defs.is_empty());
    let ring = |keyspace: &str| methods::DescribeRing { keyspace: keyspace.to_owned() };
    assert!(client.call(&ring("system")).is_err());
    assert_eq!(client.call(&ring("system_traces")).map(|ranges| ranges.len()), Ok(1));
    // its replication may change, and that lasts
    let ks_def = KsDef { name: "system_traces".to_owned(), ..keyspace_definition("") };
    client.call(&methods::SystemUpdateKeyspace { ks_def }).expect("altered");
    let traces = methods::DescribeKeyspace { keyspace: "system_traces".to_owned() };
    let options = client.call(&traces).expect("it is there").strategy_options.expect("options");
    assert_eq!(options, [("replication_factor".to_owned(), "1".to_owned())]);
}

#[test]
fn each_change_makes_another_version() {
    let (_server, mut client) = client();
    let mut seen = Vec::new();
    let mut note = |client: &mut Client, what: &str| {
        let versions = client.call(&methods::DescribeSchemaVersions {}).expect("versions");
        assert_eq!(versions.len(), 1);
        assert!(!seen.contains(&versions[0].0), "{what}");
        seen.push(versions[0].0.clone());
    };
    note(&mut client, "a keyspace");
    let version = add(&mut client, family("F")).expect("added");
    note(&mut client, "a column family");
    update(&mut client, CfDef { comment: text("c"), ..family("F") }).expect("altered");
    note(&mut client, "a comment");
    client.call(&methods::SystemDropColumnFamily { column_family: "F".to_owned() }).expect("dropped");
    note(&mut client, "a drop");
    assert_ne!(add(&mut client, family("F")), Ok(version), "another column family of the same definition");
    note(&mut client, "made anew");
}

#[test]
fn splits_part_a_range_into_like_numbers_of_rows() {
    let (_server, mut client) = client();
    add(&mut client, CfDef { min_index_interval: Some(8), ..family("F") }).expect("added");
    for rows in 0..10 {
        let row =
            |row| (bytes(format!("row{}", rows * 100 + row)), vec![super::raw::written(column("c", "v", 1))]);
        client.batch("F", (0..100).map(row).collect());
    }
    let (start, end) = (i64::MIN.to_string(), i64::MAX.to_string());
    let mut splits = |keys_per_split| {
        client.call(&methods::DescribeSplitsEx {
            cf_name: "F".to_owned(),
            start_token: start.clone(),
            end_token: end.clone(),
            keys_per_split,
        })
    };
    let parts = splits(250).expect("splits");
    assert_eq!(parts.len(), 4);
    assert_eq!((&parts[0].start_token, &parts[3].end_token), (&start, &end));
    assert!(parts.windows(2).all(|pair| pair[0].end_token == pair[1].start_token), "{parts:?}");
    let tokens: Vec<i64> = parts.iter().map(|part| part.end_token.parse().expect("a token")).collect();
    assert!(tokens.is_sorted());
    assert!(parts.iter().all(|part| part.row_count == 250));
    // no more of them than there are samples for
    assert_eq!(splits(1).expect("splits").len(), 1000 / 8 / 4 + 1);
    assert_eq!(splits(100_000).expect("splits").len(), 1);
    assert!(splits(0).is_err());
    let tokens = client.call(&methods::DescribeSplits {
        cf_name: "F".to_owned(),
        start_token: start,
        end_token: end,
        keys_per_split: 250,
    });
    assert_eq!(tokens.map(|tokens| tokens.len()), Ok(5));
}

//! The system manager's verbs against a server.

use std::error::Error as _;

use cassa::wire::{CfDef, ColumnDef};
use cassa::{
    Caching, CellsPerRow, Class, ColumnFamily, ColumnFamilyBuilder, ColumnFamilyDefinition, Compaction,
    Compression, EmbeddedServer, Error, KeyspaceBuilder, LocalStrategy, NetworkTopologyStrategy,
    OldNetworkTopologyStrategy, Place, SimpleStrategy, SpeculativeRetry, Strategy, SystemManager,
};

use crate::support::Keyspace;

fn named(place: Option<&Place>) -> (Option<&str>, Option<&str>) {
    let place = place.expect("a place");
    (place.keyspace.as_deref(), place.column_family.as_deref())
}

#[test]
fn a_keyspace_comes_and_goes() {
    let test = Keyspace::new();
    let system = &test.system;
    let (one, two) = (test.another("one"), test.another("two"));
    system.create_keyspace(&one, SimpleStrategy(1)).expect("created");
    system
        .create_keyspace(&two, NetworkTopologyStrategy::new().data_center("datacenter1", 1))
        .expect("created");
    let names = system.list_keyspaces().expect("names");
    assert!(names.is_sorted() && names.contains(&one) && names.contains(&two), "{names:?}");

    let keyspace = system.describe_keyspace(&one).expect("is there");
    assert_eq!(keyspace.name(), one);
    assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
    assert!(keyspace.durable_writes());
    assert_eq!(keyspace.column_families(), []);
    let strategy = Strategy::new("NetworkTopologyStrategy").option("datacenter1", "1");
    assert_eq!(system.describe_keyspace(&two).expect("is there").strategy(), &strategy);

    system.drop_keyspace(&one).expect("dropped");
    system.drop_keyspace(&two).expect("dropped");
    let names = system.list_keyspaces().expect("names");
    assert!(!names.contains(&one) && !names.contains(&two), "{names:?}");
}

#[test]
fn every_strategy_is_taken_and_described() {
    let test = Keyspace::new();
    let name = test.another("placed");
    let strategies: [Strategy; 4] = [
        SimpleStrategy(2).into(),
        OldNetworkTopologyStrategy(1).into(),
        NetworkTopologyStrategy::new().data_center("datacenter1", 1).data_center("far", 2).into(),
        Strategy::new("org.apache.cassandra.locator.SimpleStrategy").option("replication_factor", "1"),
    ];
    for strategy in strategies {
        test.system.create_keyspace(&name, strategy.clone()).expect("created");
        let keyspace = test.system.describe_keyspace(&name).expect("is there");
        assert_eq!(keyspace.strategy(), &strategy);
        test.system.drop_keyspace(&name).expect("dropped");
    }
    for strategy in [LocalStrategy.into(), Strategy::new("com.example.NoSuchStrategy")] {
        let e = test.system.create_keyspace(&name, strategy).expect_err("refused");
        assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
        assert_eq!(named(e.place()), (Some(&*name), None));
    }
    let system = test.system.describe_keyspace("system").expect("every server has it");
    assert_eq!(system.strategy(), &LocalStrategy.into());
}

#[test]
fn a_keyspace_is_altered_only_in_what_is_said() {
    let test = Keyspace::new();
    let (system, name) = (&test.system, test.another("altered"));
    let keyspace = KeyspaceBuilder::new(SimpleStrategy(1))
        .durable_writes(false)
        .column_family("Bytes")
        .column_family(ColumnFamilyBuilder::new("Longs").comparator(Class::Long));
    system.create_keyspace(&name, keyspace).expect("created");
    assert_eq!(system.list_column_families(&name).expect("names"), ["Bytes", "Longs"]);

    system.alter_keyspace(&name, |keyspace| keyspace.strategy(SimpleStrategy(2))).expect("altered");
    let altered = system.describe_keyspace(&name).expect("is there");
    assert_eq!(altered.strategy(), &SimpleStrategy(2).into());
    assert!(!altered.durable_writes());
    assert_eq!(altered.column_families().len(), 2);
    assert_eq!(altered.column_family("Longs").map(ColumnFamilyDefinition::comparator), Some(&Class::Long));

    system.alter_keyspace(&name, |keyspace| keyspace.durable_writes(true)).expect("altered");
    let altered = system.describe_keyspace(&name).expect("is there");
    assert_eq!((altered.strategy(), altered.durable_writes()), (&SimpleStrategy(2).into(), true));

    let e = system.alter_keyspace(&name, |keyspace| keyspace.column_family("More")).expect_err("not by this");
    assert_eq!(
        e.to_string(),
        format!("column_family: expected a change of keyspace {name} alone, got column family More")
    );
    let e = system.alter_keyspace(&name, |keyspace| keyspace.strategy(LocalStrategy)).expect_err("refused");
    assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
    assert_eq!(named(e.place()), (Some(&*name), None));
    let e = system.alter_keyspace("no_such_keyspace", |keyspace| keyspace).expect_err("a wrong name");
    assert!(matches!(e, Error::NoSuchKeyspace { .. }), "{e:?}");

    let copy = test.another("copy");
    system.create_keyspace(&copy, altered.clone()).expect("the same under another name");
    let copy = system.describe_keyspace(&copy).expect("is there");
    assert_eq!(copy.strategy(), altered.strategy());
    for (copied, family) in copy.column_families().iter().zip(altered.column_families()) {
        assert_eq!((copied.name(), copied.comparator()), (family.name(), family.comparator()));
    }
}

#[test]
fn a_column_family_reads_as_it_was_made() {
    let test = Keyspace::new();
    let (system, name) = (&test.system, &*test.name);
    let planes = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Ascii)
        .comparator(Class::Utf8)
        .default_validation_class(Class::Double)
        .column("year", Class::Int32)
        .column("model", Class::Utf8)
        .comment("planes by tail number")
        .gc_grace_seconds(100)
        .default_time_to_live(3600)
        .with(|cf_def| cf_def.caching = Some("ALL".to_owned()));
    system.create_column_family(name, planes).expect("created");
    system.create_column_family(name, "Bytes").expect("created");

    assert_eq!(system.list_column_families(name).expect("names"), ["Bytes", "Planes"]);
    let planes = system.describe_column_family(name, "Planes").expect("is there");
    assert_eq!((planes.keyspace(), planes.name()), (name, "Planes"));
    assert_eq!(planes.key_validation_class(), &Class::Ascii);
    assert_eq!(planes.comparator(), &Class::Utf8);
    assert_eq!(planes.default_validation_class(), &Class::Double);
    let columns: Vec<(&[u8], &Class)> = planes.columns().map(|(name, class)| (&name[..], class)).collect();
    assert_eq!(columns, [(&b"model"[..], &Class::Utf8), (&b"year"[..], &Class::Int32)]);
    let cf_def = planes.cf_def();
    assert_eq!(cf_def.comment.as_deref(), Some("planes by tail number"));
    assert_eq!((cf_def.gc_grace_seconds, cf_def.default_time_to_live), (Some(100), Some(3600)));
    assert_eq!(cf_def.caching.as_deref(), Some("ALL"));

    let bytes = system.describe_column_family(name, "Bytes").expect("is there");
    for class in [bytes.key_validation_class(), bytes.comparator(), bytes.default_validation_class()] {
        assert_eq!(class, &Class::Bytes);
    }
    let keyspace = system.describe_keyspace(name).expect("is there");
    assert_eq!(keyspace.column_families(), [bytes, planes.clone()]);

    let other = test.another("other");
    system.create_keyspace(&other, SimpleStrategy(1)).expect("created");
    system.create_column_family(&other, planes.clone()).expect("as it is in the other keyspace");
    let again = system.describe_column_family(&other, "Planes").expect("is there");
    assert!(again.columns().eq(planes.columns()));

    system.drop_column_family(name, "Planes").expect("dropped");
    assert_eq!(system.list_column_families(name).expect("names"), ["Bytes"]);
    assert_eq!(system.list_column_families(&other).expect("names"), ["Planes"]);
}

#[test]
fn every_option_is_taken_and_described() {
    let test = Keyspace::new();
    let stored = ColumnFamilyBuilder::new("Stored")
        .comment("every option")
        .gc_grace_seconds(100)
        .default_time_to_live(3600)
        .read_repair_chance(0.25)
        .dclocal_read_repair_chance(0.5)
        .speculative_retry(SpeculativeRetry::Percentile(99.0))
        .compaction(Compaction::leveled().option("sstable_size_in_mb", "80"))
        .min_compaction_threshold(5)
        .max_compaction_threshold(30)
        .compression(Compression::deflate().chunk_length_kb(128).crc_check_chance(0.5))
        .bloom_filter_fp_chance(0.2)
        .caching(Caching::All)
        .cells_per_row_to_cache(CellsPerRow::First(100))
        .memtable_flush_period_in_ms(60_000)
        .min_index_interval(64)
        .max_index_interval(1024)
        .key_alias("id");
    test.system.create_column_family(&test.name, stored).expect("created");
    let stored = test.system.describe_column_family(&test.name, "Stored").expect("is there");
    assert_eq!(stored.comment(), "every option");
    assert_eq!((stored.gc_grace_seconds(), stored.default_time_to_live()), (Some(100), Some(3600)));
    assert_eq!(stored.read_repair_chance(), Some(0.25));
    assert_eq!(stored.dclocal_read_repair_chance(), Some(0.5));
    assert_eq!(stored.speculative_retry(), Some(SpeculativeRetry::Percentile(99.0)));
    assert_eq!(stored.compaction(), Some(Compaction::leveled().option("sstable_size_in_mb", "80")));
    assert_eq!(stored.compaction_thresholds(), Some((5, 30)));
    let compression = stored.compression().expect("is said");
    assert_eq!(compression.class(), Some("DeflateCompressor"));
    assert!(compression.options().any(|option| option == ("chunk_length_kb", "128")), "{compression}");
    assert_eq!(stored.bloom_filter_fp_chance(), Some(0.2));
    assert_eq!(stored.caching(), Some(Caching::All));
    assert_eq!(stored.cells_per_row_to_cache(), Some(CellsPerRow::First(100)));
    assert_eq!(stored.memtable_flush_period_in_ms(), Some(60_000));
    assert_eq!(stored.index_intervals(), Some((64, 1024)));
    assert_eq!(stored.key_alias(), Some(&b"id"[..]));

    // caches and memtables of a column family's own are of older versions: taken, and not described
    let old = ColumnFamilyBuilder::new("Old")
        .key_cache_size(0.5)
        .row_cache_size(100.0)
        .key_cache_save_period_in_seconds(60)
        .row_cache_save_period_in_seconds(60)
        .row_cache_keys_to_save(10)
        .row_cache_provider("SerializingCacheProvider")
        .merge_shards_chance(0.1)
        .memtable_flush_after_mins(60)
        .memtable_throughput_in_mb(64)
        .memtable_operations_in_millions(0.3)
        .replicate_on_write(true)
        .populate_io_cache_on_flush(true);
    test.system.create_column_family(&test.name, old).expect("created");
    for none in [Compression::none(), Compression::snappy(), Compression::lz4()] {
        let change = |old: ColumnFamilyBuilder| old.compression(none.clone());
        test.system.alter_column_family(&test.name, "Old", change).expect("altered");
        let old = test.system.describe_column_family(&test.name, "Old").expect("is there");
        assert_eq!(old.compression().expect("is said").class(), none.class());
    }
    for retry in [SpeculativeRetry::Always, SpeculativeRetry::Milliseconds(20.0), SpeculativeRetry::None] {
        let change = |old: ColumnFamilyBuilder| old.speculative_retry(retry.clone());
        test.system.alter_column_family(&test.name, "Old", change).expect("altered");
        let old = test.system.describe_column_family(&test.name, "Old").expect("is there");
        assert_eq!(old.speculative_retry(), Some(retry));
    }
    for caching in [Caching::RowsOnly, Caching::None, Caching::KeysOnly] {
        let change = |old: ColumnFamilyBuilder| old.caching(caching.clone());
        test.system.alter_column_family(&test.name, "Old", change).expect("altered");
        let old = test.system.describe_column_family(&test.name, "Old").expect("is there");
        assert_eq!(old.caching(), Some(caching));
    }
}

#[test]
fn a_column_family_is_altered_only_in_what_is_said() {
    let test = Keyspace::new();
    let planes = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Ascii)
        .comparator(Class::Utf8)
        .default_validation_class(Class::Utf8)
        .column("year", Class::Int32)
        .compaction(Compaction::leveled())
        .gc_grace_seconds(100);
    test.system.create_column_family(&test.name, planes).expect("created");
    let cf = ColumnFamily::open(&test.pool(), "Planes").expect("opened");
    cf.insert("N14228", [("model", "737-824")]).expect("inserted");
    let before = test.system.describe_column_family(&test.name, "Planes").expect("is there");

    let alter = |change: fn(ColumnFamilyBuilder) -> ColumnFamilyBuilder| {
        test.system.alter_column_family(&test.name, "Planes", change)
    };
    alter(|planes| planes.comment("by tail number").column("seats", Class::Long)).expect("altered");
    let after = test.system.describe_column_family(&test.name, "Planes").expect("is there");
    assert_eq!(after.comment(), "by tail number");
    assert_eq!(after.column_validator(b"seats"), Some(&Class::Long));
    let (mut expected, mut altered) = (before.cf_def().clone(), after.cf_def().clone());
    expected.comment = altered.comment.clone();
    expected.column_metadata.get_or_insert_default().sort_by(|a, b| a.name.cmp(&b.name));
    altered.column_metadata.get_or_insert_default().retain(|column| column.name == b"year"[..]);
    assert_eq!(altered, expected, "nothing else has changed");
    let row = cf.get("N14228").expect("read").expect("the data have stayed");
    assert_eq!(row.len(), 1);

    let refused = |e: Error| {
        assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
        assert_eq!(named(e.place()), (Some(&*test.name), Some("Planes")));
    };
    refused(alter(|planes| planes.comparator(Class::Long)).expect_err("orders names otherwise"));
    refused(alter(|planes| planes.bloom_filter_fp_chance(0.0)).expect_err("no chance"));
    refused(alter(|planes| planes.min_compaction_threshold(40)).expect_err("over the other"));
    refused(alter(|planes| planes.compaction(Compaction::new("NoSuchStrategy"))).expect_err("no class"));
    let e = alter(|planes| planes.with(|cf_def| cf_def.name = "Boats".to_owned())).expect_err("another name");
    assert_eq!(
        e.to_string(),
        format!("name: expected column family Planes of keyspace {}, got Boats", test.name)
    );
    let e = test.system.alter_column_family(&test.name, "Boats", |boats| boats).expect_err("a wrong name");
    assert!(matches!(e, Error::NoSuchColumnFamily { .. }), "{e:?}");
    let unchanged = test.system.describe_column_family(&test.name, "Planes").expect("is there");
    assert_eq!(unchanged, after);
}

#[test]
fn columns_get_another_class_and_lose_it() {
    let test = Keyspace::new();
    let (system, name) = (&test.system, &*test.name);
    let years = ColumnFamilyBuilder::new("Years").comparator(Class::Long).column(1, Class::Utf8);
    system.create_column_family(name, years).expect("created");
    let classes = || {
        let years = system.describe_column_family(name, "Years").expect("is there");
        let class = |year: i64| years.column_validator(&year.to_be_bytes()).cloned();
        [class(1), class(2)]
    };
    system.alter_column(name, "Years", 2, Class::Ascii).expect("a new one");
    assert_eq!(classes(), [Some(Class::Utf8), Some(Class::Ascii)]);
    system.alter_column(name, "Years", 2, Class::Bytes).expect("another class");
    assert_eq!(classes(), [Some(Class::Utf8), Some(Class::Bytes)]);
    system.drop_column(name, "Years", 1).expect("dropped");
    system.drop_column(name, "Years", 3).expect("there is none");
    assert_eq!(classes(), [None, Some(Class::Bytes)]);

    let e = system.alter_column(name, "Years", "first", Class::Utf8).expect_err("no number");
    assert!(matches!(e, Error::Type { .. }), "{e:?}");
    assert_eq!(e.to_string(), format!("keyspace {name}, column family Years, column \"first\""));
    let e = system.drop_column(name, "Years", "first").expect_err("no number");
    assert!(matches!(e, Error::Type { .. }), "{e:?}");
}

#[test]
fn wrong_names_are_named() {
    let test = Keyspace::new();
    let (system, name) = (&test.system, &*test.name);
    system.create_column_family(name, "Standard1").expect("created");
    system.create_column_family(name, "Standard2").expect("created");

    let no_keyspace = |e: Error| match e {
        Error::NoSuchKeyspace { server, keyspace } => {
            assert_eq!(&*keyspace, "Keyspac");
            assert!(test.servers.iter().any(|known| **known == *server), "{server}");
        }
        e => panic!("{e:?}"),
    };
    let errors = [
        system.describe_keyspace("Keyspac").expect_err("a wrong name"),
        system.list_column_families("Keyspac").expect_err("a wrong name"),
        system.describe_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
        system.create_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
        system.drop_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
    ];
    errors.into_iter().for_each(no_keyspace);
    let e = system.describe_column_family(name, "Standard").expect_err("a wrong name");
    assert_eq!(
        e.to_string(),
        format!("keyspace {name} has no column family Standard; it has Standard1, Standard2")
    );

    let refused = |e: Error| {
        assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
        let server = e.place().and_then(|place| place.server.as_deref()).expect("which server");
        assert!(test.servers.iter().any(|known| known == server), "{server}");
        let (keyspace, column_family) = named(e.place());
        (keyspace.map(str::to_owned), column_family.map(str::to_owned))
    };
    let keyspace = |name: &str| (Some(name.to_owned()), None);
    let column_family = |name: &str| (Some(test.name.clone()), Some(name.to_owned()));
    // the connection stands in the test's keyspace, and is not what these calls are about
    assert_eq!(refused(system.drop_keyspace("Other").expect_err("a wrong name")), keyspace("Other"));
    assert_eq!(refused(system.describe_ring("Other").expect_err("a wrong name")), keyspace("Other"));
    let e = system.create_keyspace("Key-space", SimpleStrategy(1)).expect_err("a bad name");
    assert_eq!(refused(e), keyspace("Key-space"));
    let e = system.create_keyspace(name, SimpleStrategy(1)).expect_err("there is one");
    assert_eq!(refused(e), keyspace(name));
    let e = system.drop_column_family(name, "Standard").expect_err("a wrong name");
    assert_eq!(refused(e), column_family("Standard"));
    let e = system.create_column_family(name, "Standard1").expect_err("there is one");
    assert_eq!(refused(e), column_family("Standard1"));
    let e = system.create_column_family(name, "Standard-3").expect_err("a bad name");
    assert_eq!(refused(e), column_family("Standard-3"));
}

#[test]
fn a_bad_definition_is_not_sent() {
    let test = Keyspace::new();
    let (system, name) = (&test.system, &*test.name);
    let years = ColumnFamilyBuilder::new("Years").comparator(Class::Long).column("year", Class::Utf8);
    let e = system.create_column_family(name, years).expect_err("no number");
    assert!(matches!(e, Error::Type { .. }), "{e:?}");
    assert_eq!(e.to_string(), format!("keyspace {name}, column family Years, column \"year\""));
    assert_eq!(e.source().expect("why").to_string(), "expected a LongType, got the text \"year\"");

    let column = ColumnDef { name: "x".into(), validation_class: "(".to_owned(), ..ColumnDef::default() };
    let cf_def = CfDef { name: "Bad".to_owned(), column_metadata: Some(vec![column]), ..CfDef::default() };
    let e = system.create_column_family(name, cf_def).expect_err("no class");
    assert!(matches!(e, Error::Class { .. }), "{e:?}");
    assert_eq!(e.to_string(), format!("keyspace {name}, column family Bad, column \"x\""));
    assert_eq!(system.list_column_families(name).expect("names"), [""; 0]);
}

#[test]
fn threads_share_a_system_manager() {
    let test = Keyspace::new();
    let system = &test.system;
    let keyspaces = [0, 1, 2, 3].map(|n| test.another(&n.to_string()));
    std::thread::scope(|scope| {
        for (n, keyspace) in keyspaces.iter().enumerate() {
            scope.spawn(move || {
                system.create_keyspace(keyspace, SimpleStrategy(1)).expect("created");
                system.create_column_family(keyspace, format!("Family{n}")).expect("created");
            });
        }
    });
    for (n, keyspace) in keyspaces.iter().enumerate() {
        let families = system.list_column_families(keyspace).expect("names");
        assert_eq!(families, [format!("Family{n}")]);
    }
}

#[test]
fn definitions_outlive_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let describe = |change: &dyn Fn(&SystemManager)| -> ColumnFamilyDefinition {
        let server = EmbeddedServer::builder().path(directory.path()).start().expect("starts");
        let system = SystemManager::connect(server.addresses()).expect("connects");
        change(&system);
        system.describe_column_family("Keyspace1", "Planes").expect("is there")
    };
    let before = describe(&|system| {
        system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect("created");
        let planes = ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).column("year", Class::Int32);
        system.create_column_family("Keyspace1", planes).expect("created");
    });
    assert_eq!(describe(&|_| {}), before);
}

use super::*;
use crate::marshal::{Class, Value};
use crate::wire::methods::DescribeKeyspace;
use crate::wire::{CfDef, ColumnDef, KsDef, decode_reply};

/// What a real Cassandra answered to the first call of `describe_keyspace` that found column families.
fn recorded() -> KsDef {
    let file = include_str!("../../tests/data/transcripts/schema_column_families.jsonl");
    for line in file.lines() {
        let call: serde_json::Value = serde_json::from_str(line).expect("json");
        if call["method"] == "describe_keyspace" {
            let hex = call["reply"].as_str().expect("a reply");
            let reply: Vec<u8> = (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
                .collect();
            let sequence = crate::wire::split_message(&reply).expect("a message").0.sequence;
            return decode_reply::<DescribeKeyspace>(&reply, sequence).expect("a reply").expect("a keyspace");
        }
    }
    panic!("the transcript describes no keyspace");
}

#[test]
fn a_recorded_keyspace_reads_as_it_was_made() {
    let keyspace = KeyspaceDefinition::from_ks_def(recorded()).expect("a definition");
    assert_eq!(keyspace.name(), "G_schema_column_families");
    assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
    assert!(keyspace.durable_writes());
    let names: Vec<&str> = keyspace.column_families().iter().map(ColumnFamilyDefinition::name).collect();
    assert_eq!(names, ["Cnt", "Comp", "Dyn", "Plain", "Rev", "RevParam", "Sup", "Typed"]);

    let typed = keyspace.column_family("Typed").expect("is there");
    assert_eq!(typed.keyspace(), "G_schema_column_families");
    assert_eq!(typed.comparator(), &Class::Utf8);
    assert_eq!(typed.key_validation_class(), &Class::Utf8);
    assert_eq!(typed.default_validation_class(), &Class::Long);
    let columns: Vec<(&[u8], &Class)> = typed.columns().map(|(name, class)| (&name[..], class)).collect();
    assert_eq!(columns, [(&b"age"[..], &Class::Long), (&b"email"[..], &Class::Utf8)]);
    assert_eq!(typed.column_validator(b"email"), Some(&Class::Utf8));
    assert_eq!(typed.column_validator(b"emails"), None);
    assert_eq!(typed.validator_of(b"emails"), &Class::Long);
    assert_eq!(typed.cf_def().gc_grace_seconds, Some(100));

    let super_columns = keyspace.column_family("Sup").expect("is there");
    assert!(super_columns.is_super() && !typed.is_super());
    assert_eq!(super_columns.comparator(), &Class::Long);
    assert_eq!(super_columns.subcomparator(), Some(&Class::Utf8));
    assert!(keyspace.column_family("Cnt").expect("is there").is_counter());
    assert_eq!(keyspace.column_family("NoSuch"), None);
}

#[test]
fn a_bad_class_is_named_with_its_place() {
    let broken = |change: fn(&mut CfDef)| {
        let mut cf_def = CfDef { keyspace: "K".into(), name: "F".into(), ..CfDef::default() };
        cf_def.comparator_type = Some("LongType".into());
        change(&mut cf_def);
        ColumnFamilyDefinition::from_cf_def(cf_def).expect_err("a bad class").to_string()
    };
    let column = |cf_def: &mut CfDef| {
        let name = bytes::Bytes::from_static(&[0, 0, 0, 0, 0, 0, 0, 7]);
        let validation_class = "LongType(".into();
        cf_def.column_metadata = Some(vec![ColumnDef { name, validation_class, ..ColumnDef::default() }]);
    };
    assert_eq!(broken(column), "keyspace K, column family F, column 7");
    assert_eq!(broken(|cf| cf.comparator_type = Some("".into())), "keyspace K, column family F");
    assert_eq!(broken(|cf| cf.key_validation_class = Some("()".into())), "keyspace K, column family F");
    assert_eq!(broken(|cf| cf.default_validation_class = Some("A B".into())), "keyspace K, column family F");
}

#[test]
fn names_are_packed_by_the_comparator_in_whatever_order_it_is_said() {
    let built = ColumnFamilyBuilder::new("Years")
        .column(1999, Class::Utf8)
        .comparator(Class::Int32)
        .column(1999_i64, Class::Ascii)
        .build("K")
        .expect("fits");
    let columns: Vec<(&[u8], &Class)> = built.columns().map(|(name, class)| (&name[..], class)).collect();
    assert_eq!(columns, [(&[0, 0, 7, 0xcf][..], &Class::Ascii)], "the last class of a column holds");

    let e = ColumnFamilyBuilder::new("Years").comparator(Class::Int32).column("year", Class::Utf8).build("K");
    let e = e.expect_err("no number");
    assert_eq!(e.to_string(), "keyspace K, column family Years, column \"year\"");
    let source = std::error::Error::source(&e).expect("a source").to_string();
    assert_eq!(source, "expected an Int32Type, got the text \"year\"");
}

#[test]
fn names_in_super_columns_are_packed_by_the_subcomparator() {
    let built = ColumnFamilyBuilder::new("Sup")
        .comparator(Class::Utf8)
        .column(Value::from(7), Class::Utf8)
        .subcomparator(Class::Long)
        .build("K")
        .expect("fits");
    assert_eq!(built.column_validator(&7_i64.to_be_bytes()), Some(&Class::Utf8));
    assert!(built.is_super() && !built.is_counter());
    assert!(ColumnFamilyBuilder::new("Cnt").counters().build("K").expect("fits").is_counter());
}

#[test]
fn what_is_there_can_be_made_again_elsewhere() {
    let typed = recorded().cf_defs.into_iter().find(|cf| cf.name == "Typed").expect("is there");
    let typed = ColumnFamilyDefinition::from_cf_def(CfDef { id: Some(5), ..typed }).expect("a definition");
    let again = ColumnFamilyBuilder::from(typed.clone()).build("Other").expect("fits");
    assert_eq!(again.keyspace(), "Other");
    assert_eq!(again.cf_def().id, None);
    assert!(again.columns().eq(typed.columns()));
    assert_eq!(again.cf_def().column_metadata, typed.cf_def().column_metadata, "indexes included");
}

#[test]
fn what_is_not_altered_is_sent_as_it_was_described() {
    for cf_def in recorded().cf_defs {
        let again = ColumnFamilyBuilder::from(cf_def.clone()).build(&cf_def.keyspace).expect("a definition");
        assert_eq!(again.cf_def(), &cf_def);
    }
}

#[test]
fn what_is_not_said_is_not_sent() {
    let built = ColumnFamilyBuilder::new("F").build("K").expect("a definition").into_cf_def();
    let bytes = || Some("org.apache.cassandra.db.marshal.BytesType".to_owned());
    let least = CfDef {
        keyspace: "K".into(),
        name: "F".into(),
        comparator_type: bytes(),
        key_validation_class: bytes(),
        default_validation_class: bytes(),
        column_metadata: Some(Vec::new()),
        ..CfDef::default()
    };
    assert_eq!(built, least, "what a version does not know must be asked for");
}

#[test]
fn every_option_has_its_field() {
    let full = ColumnFamilyBuilder::new("F")
        .comparator(Class::Utf8)
        .subcomparator(Class::Long)
        .key_validation_class(Class::Utf8)
        .default_validation_class(Class::Utf8)
        .comment("c")
        .gc_grace_seconds(1)
        .default_time_to_live(2)
        .read_repair_chance(0.1)
        .dclocal_read_repair_chance(0.2)
        .speculative_retry(SpeculativeRetry::Always)
        .compaction(Compaction::date_tiered())
        .min_compaction_threshold(3)
        .max_compaction_threshold(4)
        .compression(Compression::new("com.example.Zip").option("level", "9"))
        .bloom_filter_fp_chance(0.3)
        .caching(Caching::RowsOnly)
        .cells_per_row_to_cache(CellsPerRow::All)
        .memtable_flush_period_in_ms(5)
        .min_index_interval(6)
        .max_index_interval(7)
        .index_interval(8)
        .trigger("t", "com.example.Trigger")
        .key_alias("k")
        .replicate_on_write(true)
        .populate_io_cache_on_flush(true)
        .key_cache_size(9.0)
        .row_cache_size(10.0)
        .key_cache_save_period_in_seconds(11)
        .row_cache_save_period_in_seconds(12)
        .row_cache_keys_to_save(13)
        .row_cache_provider("p")
        .merge_shards_chance(0.4)
        .memtable_flush_after_mins(14)
        .memtable_throughput_in_mb(15)
        .memtable_operations_in_millions(0.5)
        .build("K")
        .expect("a definition");
    let cf_def = full.cf_def();
    // every field is there: `None` stands for one that no option reaches, and only the id is the server's
    assert_eq!(format!("{cf_def:?}").matches("None").count(), 1, "{cf_def:?}");
    assert_eq!(cf_def.id, None);
    assert_eq!(full.compression().expect("said").to_string(), "com.example.Zip {level: 9}");
    assert_eq!(full.compaction(), Some(Compaction::date_tiered()));
    assert_eq!(full.triggers().collect::<Vec<_>>(), [("t", "com.example.Trigger")]);
    let without = ColumnFamilyBuilder::from(full).without_trigger("t").build("K").expect("a definition");
    assert_eq!(without.triggers().count(), 0);
}

#[test]
fn columns_and_indexes_change_one_after_the_other() {
    let typed = recorded().cf_defs.into_iter().find(|cf| cf.name == "Typed").expect("is there");
    let alter = |change: fn(ColumnFamilyBuilder) -> ColumnFamilyBuilder| {
        change(typed.clone().into()).build("K").expect("a definition")
    };
    let email = Index::keys(Class::Utf8).name("email_idx");
    assert_eq!(alter(|typed| typed).index(b"email"), Some(email.clone()));
    assert_eq!(alter(|typed| typed).index(b"age"), None);
    assert_eq!(alter(|typed| typed).index(b"no such"), None);

    // a class that changes leaves the index alone, and an index that is there keeps its name
    let altered = alter(|typed| typed.column("email", Class::Ascii));
    assert_eq!(altered.index(b"email"), Some(Index::keys(Class::Ascii).name("email_idx")));
    assert_eq!(alter(|typed| typed.index("email", Class::Utf8)).index(b"email"), Some(email));
    let renamed = alter(|typed| typed.index("email", Index::keys(Class::Utf8).name("by_email")));
    assert_eq!(renamed.index(b"email").expect("there").index_name(), Some("by_email"));
    let custom = alter(|typed| typed.index("email", Index::custom(Class::Utf8, "com.example.Index")));
    let custom = custom.index(b"email").expect("there");
    assert_eq!(custom.to_string(), "CUSTOM {class_name: com.example.Index}");

    let dropped = alter(|typed| typed.without_index("email").without_index("no such"));
    assert_eq!((dropped.index(b"email"), dropped.column_validator(b"email")), (None, Some(&Class::Utf8)));
    assert_eq!(dropped.columns().len(), 2);
    let gone = alter(|typed| typed.without_column("email").without_column("no such"));
    assert_eq!((gone.columns().len(), gone.column_validator(b"email")), (1, None));
    let back = alter(|typed| typed.without_column("email").column("email", Class::Long));
    assert_eq!((back.index(b"email"), back.column_validator(b"email")), (None, Some(&Class::Long)));
}

#[test]
fn a_definition_can_be_read() {
    let keyspace = KeyspaceDefinition::from_ks_def(recorded()).expect("a definition");
    let typed = keyspace.column_family("Typed").expect("is there");
    assert_eq!(
        typed.to_string(),
        "\
column family Typed
  comment                    typed
  key_validation_class       UTF8Type
  comparator                 UTF8Type
  default_validation_class   LongType
  column age                 LongType
  column email               UTF8Type, index KEYS email_idx
  gc_grace_seconds           100
  compaction                 SizeTieredCompactionStrategy
  compaction_thresholds      4 to 32
  compression                LZ4Compressor
  caching                    KEYS_ONLY
  cells_per_row_to_cache     0
  read_repair_chance         0.5
  dclocal_read_repair_chance 0.1
  speculative_retry          NONE
  index_intervals            128 to 2048"
    );
    let text = keyspace.to_string();
    assert!(text.starts_with(
        "keyspace G_schema_column_families\n  strategy                   SimpleStrategy {replication_factor: 1}\n"
    ));
    let kinds =
        ["\n\ncounter column family Cnt\n", "\n\nsuper column family Sup\n", "\n\ncolumn family Plain\n"];
    assert!(kinds.iter().all(|kind| text.contains(kind)), "{text}");
}

#[test]
fn what_another_version_says_is_kept_in_its_words() {
    assert_eq!(Caching::described("all"), Caching::All);
    assert_eq!(Caching::described("SOME").to_string(), "SOME");
    assert_eq!(CellsPerRow::described("all"), Some(CellsPerRow::All));
    assert_eq!(CellsPerRow::described("7"), Some(CellsPerRow::First(7)));
    assert_eq!(CellsPerRow::described("-7"), None);
    assert_eq!(SpeculativeRetry::described("99.0PERCENTILE"), SpeculativeRetry::Percentile(99.0));
    assert_eq!(SpeculativeRetry::described("50.0ms"), SpeculativeRetry::Milliseconds(50.0));
    assert_eq!(SpeculativeRetry::described("MIN(1,2)").to_string(), "MIN(1,2)");
    assert_eq!(Compression::described(&[]), Compression::none());
    let options = Compression::lz4().chunk_length_kb(4).into_options();
    assert_eq!(Compression::described(&options), Compression::lz4().chunk_length_kb(4));
}

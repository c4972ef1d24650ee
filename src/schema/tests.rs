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
        .with(|cf_def| {
            cf_def.column_type = Some("Super".into());
            cf_def.subcomparator_type = Some("LongType".into());
        })
        .build("K")
        .expect("fits");
    assert_eq!(built.column_validator(&7_i64.to_be_bytes()), Some(&Class::Utf8));
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

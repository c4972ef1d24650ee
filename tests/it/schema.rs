//! The system manager's verbs against the embedded server.

use std::error::Error as _;

use cassa::wire::{CfDef, ColumnDef};
use cassa::{
    Class, ColumnFamilyBuilder, ColumnFamilyDefinition, EmbeddedServer, Error, NetworkTopologyStrategy,
    Place, SimpleStrategy, Strategy, SystemManager,
};

fn started() -> (EmbeddedServer, SystemManager) {
    let server = EmbeddedServer::start().expect("starts");
    let system = SystemManager::connect(server.addresses()).expect("connects");
    (server, system)
}

fn named(place: Option<&Place>) -> (Option<&str>, Option<&str>) {
    let place = place.expect("a place");
    (place.keyspace.as_deref(), place.column_family.as_deref())
}

#[test]
fn a_keyspace_comes_and_goes() {
    let (_server, system) = started();
    let before = system.list_keyspaces().expect("names");
    assert!(before.is_sorted());
    system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect("created");
    system
        .create_keyspace("Keyspace2", NetworkTopologyStrategy::new().data_center("datacenter1", 1))
        .expect("created");

    let keyspace = system.describe_keyspace("Keyspace1").expect("is there");
    assert_eq!(keyspace.name(), "Keyspace1");
    assert_eq!(keyspace.strategy(), &SimpleStrategy(1).into());
    assert!(keyspace.durable_writes());
    assert_eq!(keyspace.column_families(), []);
    let strategy = Strategy::new("NetworkTopologyStrategy").option("datacenter1", "1");
    assert_eq!(system.describe_keyspace("Keyspace2").expect("is there").strategy(), &strategy);

    system.drop_keyspace("Keyspace1").expect("dropped");
    system.drop_keyspace("Keyspace2").expect("dropped");
    assert_eq!(system.list_keyspaces().expect("names"), before);
}

#[test]
fn a_column_family_reads_as_it_was_made() {
    let (_server, system) = started();
    system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect("created");
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
    system.create_column_family("Keyspace1", planes).expect("created");
    system.create_column_family("Keyspace1", "Bytes").expect("created");

    assert_eq!(system.list_column_families("Keyspace1").expect("names"), ["Bytes", "Planes"]);
    let planes = system.describe_column_family("Keyspace1", "Planes").expect("is there");
    assert_eq!((planes.keyspace(), planes.name()), ("Keyspace1", "Planes"));
    assert_eq!(planes.key_validation_class(), &Class::Ascii);
    assert_eq!(planes.comparator(), &Class::Utf8);
    assert_eq!(planes.default_validation_class(), &Class::Double);
    let columns: Vec<(&[u8], &Class)> = planes.columns().map(|(name, class)| (&name[..], class)).collect();
    assert_eq!(columns, [(&b"model"[..], &Class::Utf8), (&b"year"[..], &Class::Int32)]);
    let cf_def = planes.cf_def();
    assert_eq!(cf_def.comment.as_deref(), Some("planes by tail number"));
    assert_eq!((cf_def.gc_grace_seconds, cf_def.default_time_to_live), (Some(100), Some(3600)));
    assert_eq!(cf_def.caching.as_deref(), Some("ALL"));

    let bytes = system.describe_column_family("Keyspace1", "Bytes").expect("is there");
    for class in [bytes.key_validation_class(), bytes.comparator(), bytes.default_validation_class()] {
        assert_eq!(class, &Class::Bytes);
    }
    let keyspace = system.describe_keyspace("Keyspace1").expect("is there");
    assert_eq!(keyspace.column_families(), [bytes, planes.clone()]);

    system.create_keyspace("Keyspace2", SimpleStrategy(1)).expect("created");
    system.create_column_family("Keyspace2", planes.clone()).expect("as it is in the other keyspace");
    let again = system.describe_column_family("Keyspace2", "Planes").expect("is there");
    assert!(again.columns().eq(planes.columns()));

    system.drop_column_family("Keyspace1", "Planes").expect("dropped");
    assert_eq!(system.list_column_families("Keyspace1").expect("names"), ["Bytes"]);
    assert_eq!(system.list_column_families("Keyspace2").expect("names"), ["Planes"]);
}

#[test]
fn wrong_names_are_named() {
    let (server, system) = started();
    let address = server.addresses()[0];
    system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect("created");
    system.create_column_family("Keyspace1", "Standard1").expect("created");
    system.create_column_family("Keyspace1", "Standard2").expect("created");

    let no_keyspace = format!("{address} has no keyspace Keyspac");
    let errors = [
        system.describe_keyspace("Keyspac").expect_err("a wrong name"),
        system.list_column_families("Keyspac").expect_err("a wrong name"),
        system.describe_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
        system.create_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
        system.drop_column_family("Keyspac", "Standard1").expect_err("a wrong name"),
    ];
    for e in errors {
        assert_eq!(e.to_string(), no_keyspace);
    }
    let e = system.describe_column_family("Keyspace1", "Standard").expect_err("a wrong name");
    assert_eq!(
        e.to_string(),
        "keyspace Keyspace1 has no column family Standard; it has Standard1, Standard2"
    );

    let refused = |e: Error| {
        assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
        assert_eq!(e.place().and_then(|place| place.server.as_deref()), Some(&*address.to_string()));
        let (keyspace, column_family) = named(e.place());
        (keyspace.map(str::to_owned), column_family.map(str::to_owned))
    };
    let keyspace = |name: &str| (Some(name.to_owned()), None);
    let column_family = |name: &str| (Some("Keyspace1".to_owned()), Some(name.to_owned()));
    // the connection stands in Keyspace1, and is not what these calls are about
    assert_eq!(refused(system.drop_keyspace("Other").expect_err("a wrong name")), keyspace("Other"));
    assert_eq!(refused(system.describe_ring("Other").expect_err("a wrong name")), keyspace("Other"));
    let e = system.create_keyspace("Key-space", SimpleStrategy(1)).expect_err("a bad name");
    assert_eq!(refused(e), keyspace("Key-space"));
    let e = system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect_err("there is one");
    assert_eq!(refused(e), keyspace("Keyspace1"));
    let e = system.drop_column_family("Keyspace1", "Standard").expect_err("a wrong name");
    assert_eq!(refused(e), column_family("Standard"));
    let e = system.create_column_family("Keyspace1", "Standard1").expect_err("there is one");
    assert_eq!(refused(e), column_family("Standard1"));
    let e = system.create_column_family("Keyspace1", "Standard-3").expect_err("a bad name");
    assert_eq!(refused(e), column_family("Standard-3"));
}

#[test]
fn a_bad_definition_is_not_sent() {
    let (_server, system) = started();
    system.create_keyspace("Keyspace1", SimpleStrategy(1)).expect("created");
    let years = ColumnFamilyBuilder::new("Years").comparator(Class::Long).column("year", Class::Utf8);
    let e = system.create_column_family("Keyspace1", years).expect_err("no number");
    assert!(matches!(e, Error::Type { .. }), "{e:?}");
    assert_eq!(e.to_string(), "keyspace Keyspace1, column family Years, column \"year\"");
    assert_eq!(e.source().expect("why").to_string(), "expected a LongType, got the text \"year\"");

    let column = ColumnDef { name: "x".into(), validation_class: "(".to_owned(), ..ColumnDef::default() };
    let cf_def = CfDef { name: "Bad".to_owned(), column_metadata: Some(vec![column]), ..CfDef::default() };
    let e = system.create_column_family("Keyspace1", cf_def).expect_err("no class");
    assert!(matches!(e, Error::Class { .. }), "{e:?}");
    assert_eq!(e.to_string(), "keyspace Keyspace1, column family Bad, column \"x\"");
    assert_eq!(system.list_column_families("Keyspace1").expect("names"), [""; 0]);
}

#[test]
fn threads_share_a_system_manager() {
    let (_server, system) = started();
    std::thread::scope(|scope| {
        for n in 0..4 {
            let system = &system;
            scope.spawn(move || {
                let keyspace = format!("Keyspace{n}");
                system.create_keyspace(&keyspace, SimpleStrategy(1)).expect("created");
                system.create_column_family(&keyspace, format!("Family{n}")).expect("created");
            });
        }
    });
    for n in 0..4 {
        let families = system.list_column_families(&format!("Keyspace{n}")).expect("names");
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

//! The system manager on what is not a plain column family: super columns, counters, indexes; and on splits.

use cassa::wire::IndexType;
use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ColumnFamilyDefinition, Error, Index, IndexClause, Place,
};

use crate::support::Keyspace;

fn described(test: &Keyspace, name: &str) -> ColumnFamilyDefinition {
    test.system.describe_column_family(&test.name, name).expect("is there")
}

fn refused(e: &Error, column_family: &str) {
    assert!(matches!(e, Error::InvalidRequest { .. }), "{e:?}");
    assert_eq!(e.place().and_then(|place: &Place| place.column_family.as_deref()), Some(column_family));
}

#[test]
fn super_columns_and_counters_are_described_as_they_were_made() {
    let test = Keyspace::new();
    let (system, keyspace) = (&test.system, &*test.name);
    let families = [
        ColumnFamilyBuilder::new("Sup")
            .comparator(Class::Long)
            .subcomparator(Class::Utf8)
            .column("a", Class::Int32),
        ColumnFamilyBuilder::new("Cnt").comparator(Class::Utf8).counters(),
        ColumnFamilyBuilder::new("SupCnt").comparator(Class::Utf8).subcomparator(Class::Long).counters(),
        ColumnFamilyBuilder::new("Names")
            .comparator(Class::composite([Class::Long, Class::reversed(Class::Utf8)])),
    ];
    for family in families {
        system.create_column_family(keyspace, family).expect("created");
    }
    let (sup, cnt, sup_cnt) = (described(&test, "Sup"), described(&test, "Cnt"), described(&test, "SupCnt"));
    assert_eq!((sup.is_super(), sup.is_counter()), (true, false));
    assert_eq!((sup.comparator(), sup.subcomparator()), (&Class::Long, Some(&Class::Utf8)));
    assert_eq!(sup.column_validator(b"a"), Some(&Class::Int32));
    assert_eq!((cnt.is_super(), cnt.is_counter()), (false, true));
    assert_eq!(cnt.subcomparator(), None);
    assert_eq!((sup_cnt.is_super(), sup_cnt.is_counter()), (true, true));
    assert_eq!(sup_cnt.subcomparator(), Some(&Class::Long));
    let names = described(&test, "Names");
    assert_eq!(names.comparator(), &Class::composite([Class::Long, Class::reversed(Class::Utf8)]));

    // a change leaves the kind alone, and what is standard does not become super
    for name in ["Sup", "Cnt", "SupCnt", "Names"] {
        let before = described(&test, name);
        system.alter_column_family(keyspace, name, |family| family.comment("changed")).expect("altered");
        let after = described(&test, name);
        assert_eq!(after.comment(), "changed");
        let (mut before, after) = (before.into_cf_def(), after.into_cf_def());
        before.comment = after.comment.clone();
        assert_eq!(before, after, "{name}");
    }
    system.alter_column(keyspace, "Sup", "b", Class::Long).expect("named by the subcomparator");
    assert_eq!(described(&test, "Sup").column_validator(b"b"), Some(&Class::Long));
    let e = system.alter_column_family(keyspace, "Names", |names| names.subcomparator(Class::Long));
    refused(&e.expect_err("it is standard"), "Names");
}

#[test]
fn an_index_comes_and_goes_on_what_is_there() {
    let test = Keyspace::new();
    let (system, keyspace) = (&test.system, &*test.name);
    let planes = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Utf8)
        .comparator(Class::Utf8)
        .default_validation_class(Class::Utf8)
        .column("year", Class::Int32);
    system.create_column_family(keyspace, planes).expect("created");
    let cf = ColumnFamily::open(&test.pool(), "Planes").expect("opened");
    cf.batch_insert([("N1", [("model", "A320")]), ("N2", [("model", "A321")]), ("N3", [("model", "A320")])])
        .expect("inserted");
    let found = || -> Result<Vec<String>, Error> {
        // a handle of its own: what is asked is whether the server has an index
        let cf = ColumnFamily::open(&test.pool(), "Planes")?;
        let rows = cf.select().get_indexed_slices(IndexClause::new([]).eq("model", "A320"));
        let mut keys = rows.map(|row| Ok(row?.0.to_string())).collect::<Result<Vec<_>, Error>>()?;
        keys.sort();
        Ok(keys)
    };
    refused(&found().expect_err("no index"), "Planes");

    system.create_index(keyspace, "Planes", "model", Class::Utf8).expect("created");
    let index = described(&test, "Planes").index(b"model").expect("there is one");
    assert_eq!(index, Index::keys(Class::Utf8).name("Planes_model_idx"));
    assert_eq!(described(&test, "Planes").column_validator(b"year"), Some(&Class::Int32), "others stay");
    // a cluster builds it in the background
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while found().expect("there is an index") != ["N1", "N3"] {
        assert!(std::time::Instant::now() < deadline, "{:?}", found());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }

    // what is not about the index leaves it alone
    system.create_index(keyspace, "Planes", "model", Class::Utf8).expect("it is there already");
    system.alter_column(keyspace, "Planes", "year", Class::Long).expect("altered");
    assert_eq!(described(&test, "Planes").index(b"model"), Some(index));

    system.drop_index(keyspace, "Planes", "model").expect("dropped");
    let planes = described(&test, "Planes");
    assert_eq!((planes.index(b"model"), planes.column_validator(b"model")), (None, Some(&Class::Utf8)));
    refused(&found().expect_err("no index"), "Planes");
    system.drop_index(keyspace, "Planes", "model").expect("there is none");

    let named = Index::keys(Class::Utf8).name("by_model");
    system.create_index(keyspace, "Planes", "model", named.clone()).expect("created");
    assert_eq!(described(&test, "Planes").index(b"model"), Some(named));
    system.drop_column(keyspace, "Planes", "model").expect("dropped, with its index");
    assert_eq!(described(&test, "Planes").column_validator(b"model"), None);
}

#[test]
fn indexes_that_cannot_be_are_refused_and_named() {
    let test = Keyspace::new();
    let (system, keyspace) = (&test.system, &*test.name);
    let name = |index: Index| index.name("the_index");
    let both = ColumnFamilyBuilder::new("Twice")
        .comparator(Class::Utf8)
        .index("a", name(Index::keys(Class::Utf8)))
        .index("b", name(Index::keys(Class::Utf8)));
    refused(&system.create_column_family(keyspace, both).expect_err("one name"), "Twice");
    let supers = ColumnFamilyBuilder::new("Sup")
        .comparator(Class::Utf8)
        .subcomparator(Class::Utf8)
        .index("a", Class::Utf8);
    refused(&system.create_column_family(keyspace, supers).expect_err("in super columns"), "Sup");

    system.create_column_family(keyspace, "Bytes").expect("created");
    let custom = Index::custom(Class::Bytes, "com.example.NoSuchIndex");
    assert_eq!(custom.index_type(), IndexType::Custom);
    refused(&system.create_index(keyspace, "Bytes", "a", custom).expect_err("no such class"), "Bytes");
    assert_eq!(described(&test, "Bytes").columns().len(), 0);
}

#[test]
fn splits_cut_the_ring_from_end_to_end() {
    let test = Keyspace::new();
    let (system, keyspace) = (&test.system, &*test.name);
    system.create_column_family(keyspace, "Rows").expect("created");
    let cf = ColumnFamily::open(&test.pool(), "Rows").expect("opened");
    cf.batch_insert((0..300).map(|n| (format!("key{n}"), [("a", "1")]))).expect("inserted");
    let ring = system.describe_ring(keyspace).expect("a ring");
    let mut rows = 0;
    for range in &ring {
        let (start, end) = (&range.start_token, &range.end_token);
        let tokens = system.describe_splits(keyspace, "Rows", start, end, 100).expect("splits");
        assert_eq!((tokens.first(), tokens.last()), (Some(start), Some(end)));
        let parts = system.describe_splits_ex(keyspace, "Rows", start, end, 100).expect("splits");
        assert!(parts.iter().all(|part| part.row_count > 0), "{parts:?}");
        assert_eq!((&parts[0].start_token, &parts[parts.len() - 1].end_token), (start, end));
        for pair in parts.windows(2) {
            assert_eq!(pair[0].end_token, pair[1].start_token, "no gap between two parts");
        }
        // each part can be read by its tokens
        for part in parts {
            let select = cf.select().start_token(part.start_token).finish_token(part.end_token);
            rows += select.get_keys().inspect(|key| assert!(key.is_ok(), "{key:?}")).count();
        }
    }
    assert_eq!(rows, 300, "each row is in one part");

    let tokens = system.describe_token_map().expect("tokens");
    assert!(ring.iter().all(|range| tokens.contains_key(&range.end_token)), "{tokens:?}");
    let e = system.describe_splits(keyspace, "NoSuch", "0", "1", 100).expect_err("a wrong name");
    refused(&e, "NoSuch");
    let e = system.describe_splits_ex("no_such_keyspace", "Rows", "0", "1", 100).expect_err("a wrong name");
    assert!(matches!(e, Error::NoSuchKeyspace { .. }), "{e:?}");
}

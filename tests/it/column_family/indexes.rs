//! Queries by an index.

use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, Error, IndexClause, IndexExpression, columns,
};

use crate::support::Keyspace;

fn users(keyspace: &Keyspace) -> ColumnFamily {
    let users = keyspace.column_family(
        ColumnFamilyBuilder::new("Users")
            .key_validation_class(Class::Utf8)
            .comparator(Class::Utf8)
            .index("state", Class::Utf8)
            .column("born", Class::Long),
    );
    let batch = users.batch();
    for i in 0..60_i64 {
        let state = if i % 3 == 0 { "UT" } else { "WI" };
        batch
            .insert(format!("user{i:02}"), columns! { "born" => 1950 + i, "state" => state })
            .expect("queued");
    }
    batch.send().expect("sent");
    users
}

fn keys(range: cassa::Range) -> Vec<String> {
    let mut keys: Vec<String> = range.map(|row| row.expect("read").0.to_string()).collect();
    keys.sort();
    keys
}

#[test]
fn conditions_find_the_rows_that_meet_them_whatever_the_page() {
    let keyspace = Keyspace::new();
    let users = users(&keyspace);
    let expected = |condition: &dyn Fn(i64) -> bool| -> Vec<String> {
        (0..60).filter(|i| i % 3 == 0 && condition(1950 + i)).map(|i| format!("user{i:02}")).collect()
    };
    let utah = || IndexClause::default().eq("state", "UT");
    for page in [1, 2, 3, 7, 19, 20, 21, 100] {
        let get = |clause: IndexClause| keys(users.select().row_buffer_size(page).get_indexed_slices(clause));
        assert_eq!(get(utah()), expected(&|_| true), "page {page}");
        assert_eq!(get(utah().gt("born", 1980)), expected(&|born| born > 1980), "page {page}");
        assert_eq!(get(utah().gte("born", 1980)), expected(&|born| born >= 1980), "page {page}");
        assert_eq!(get(utah().lt("born", 1980)), expected(&|born| born < 1980), "page {page}");
        assert_eq!(get(utah().lte("born", 1980)), expected(&|born| born <= 1980), "page {page}");
        assert_eq!(get(utah().eq("born", 1980)), expected(&|born| born == 1980), "page {page}");
        assert_eq!(get(utah().gt("born", 1960).lt("born", 1970)).len(), 3, "page {page}");
        for count in [0, 1, 2, 5, 19, 20, 21] {
            let some = users.select().row_buffer_size(page).get_indexed_slices(utah().count(count));
            assert_eq!(some.count(), count.min(20), "{page} {count}");
        }
    }
    assert_eq!(users.select().row_count(5).get_indexed_slices(utah()).count(), 5);
    assert_eq!(keys(users.select().get_indexed_slices(IndexExpression::eq("state", "NY"))), [""; 0]);
}

#[test]
fn a_query_starts_at_a_key_and_gives_the_columns_that_are_asked_for() {
    let keyspace = Keyspace::new();
    let users = users(&keyspace);
    let clause = IndexClause::new([IndexExpression::eq("state", "UT")]);
    let all: Vec<_> =
        users.select().get_indexed_slices(clause.clone()).collect::<Result<_, _>>().expect("read");
    let rest = users.select().get_indexed_slices(clause.clone().start_key(&all[7].0));
    assert_eq!(
        rest.map(|row| row.expect("read").0).collect::<Vec<_>>()[..],
        all[7..].iter().map(|row| row.0.clone()).collect::<Vec<_>>()[..]
    );
    let rest = users.select().start_key(&all[7].0).get_indexed_slices(clause.clone());
    assert_eq!(rest.count(), all.len() - 7);
    for row in users.select().columns(["born"]).get_indexed_slices(clause.clone()) {
        let (_, columns) = row.expect("read");
        assert_eq!(columns.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>(), ["born"]);
    }
    // found, but without what was asked for
    let none = users.select().columns(["absent"]).get_indexed_slices(clause.clone());
    assert_eq!(none.map(|row| row.expect("read").1.len()).collect::<Vec<_>>(), [0; 20]);
    let wide = users.write().insert("user00", (0..100).map(|i| (format!("x{i:02}"), "y"))).map(|_| ());
    wide.expect("inserted");
    let whole = users.select().column_buffer_size(7).get_indexed_slices(clause.clone().eq("born", 1950));
    assert_eq!(whole.map(|row| row.expect("read").1.len()).collect::<Vec<_>>(), [102]);

    let e = users.select().finish_key("z").get_indexed_slices(clause.clone()).next().expect("an error");
    assert!(matches!(e, Err(Error::InvalidOption { option: "finish_key", .. })), "{e:?}");
    let e = users.select().get_indexed_slices(clause.gt("born", "long ago")).next().expect("an error");
    let e = e.expect_err("no number");
    assert!(matches!(&e, Error::Type { .. }) && e.to_string().contains(r#"column "born""#), "{e}");
    let e = users.select().get_indexed_slices(IndexExpression::gt("born", 1)).next().expect("an error");
    assert!(matches!(e, Err(Error::InvalidRequest { .. })), "no equality on an index: {e:?}");
}

#[test]
fn rows_that_are_changed_meanwhile_come_once_and_hide_no_others() {
    let keyspace = Keyspace::new();
    let users = users(&keyspace);
    let mut seen = Vec::new();
    for row in users.select().row_buffer_size(3).get_indexed_slices(IndexExpression::eq("state", "UT")) {
        let (key, _) = row.expect("read");
        users.insert(&key, [("state", "WI")]).expect("moved");
        assert!(!seen.contains(&key), "{key} came twice");
        seen.push(key);
    }
    assert_eq!(seen.len(), 20);
    assert_eq!(users.select().get_indexed_slices(IndexExpression::eq("state", "UT")).count(), 0);
}

#[test]
fn a_reply_over_the_limit_comes_in_smaller_pages() {
    let keyspace = Keyspace::new();
    let users = users(&keyspace);
    users
        .batch_insert((0..60).map(|i| (format!("user{i:02}"), [("bio", "b".repeat(400))])))
        .expect("inserted");
    let pool = ConnectionPool::builder(&keyspace.name).servers(&keyspace.servers).max_frame(4096);
    let small = ColumnFamily::open(&pool.build().expect("a pool"), "Users").expect("opened");
    assert_eq!(small.select().get_indexed_slices(IndexExpression::eq("state", "UT")).count(), 20);
}

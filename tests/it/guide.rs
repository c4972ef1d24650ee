//! The table "Coming from pycassa" has a row for everything that pycassa has; and what it promises where no
//! other test is about it.

use std::collections::{BTreeMap, BTreeSet};

use cassa::wire::Exception;
use cassa::wire::methods::Login;
use cassa::{
    CfMutator, Class, ColumnFamily, ColumnFamilyBuilder, Connection, ConnectionOptions, Error, IndexClause,
    IndexExpression, PooledConnection,
};

use crate::scripted::{Answer, ScriptedServer, frame};
use crate::support::Keyspace;

/// Which names each of pycassa's modules has: a line without indentation is a module, the others are names.
const PYCASSA: &str = include_str!("../data/pycassa.txt");
const PAGE: &str = include_str!("../../src/guide/pycassa.md");

/// The identifiers that stand as code in a cell.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    let code = cell.split('`').skip(1).step_by(2);
    code.flat_map(|code| code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
}

/// The rows of the page's tables by the module that their section is about.
fn rows() -> BTreeMap<&'static str, Vec<[&'static str; 3]>> {
    let mut rows: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    let mut module = "";
    for line in PAGE.lines() {
        if let Some(title) = line.strip_prefix("## `") {
            module = title.split('`').next().expect("a name");
        } else if line.starts_with('|') && !line.starts_with("|---") && line != "| pycassa | cassa | |" {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let cells = match cells[..] {
                [pycassa, cassa] => [pycassa, cassa, ""],
                [pycassa, cassa, note] => [pycassa, cassa, note],
                _ => panic!("a row of three cells: {line}"),
            };
            rows.entry(module).or_default().push(cells);
        }
    }
    rows
}

#[test]
fn nothing_of_pycassa_is_missing() {
    let rows = rows();
    let mut missing = Vec::new();
    let mut in_page = BTreeSet::new();
    for line in PYCASSA.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(listed) = line.strip_prefix("  ") {
            missing.extend(listed.split(' ').filter(|name| !in_page.contains(name)));
        } else {
            let section = rows.get(line).unwrap_or_else(|| panic!("the page has no section on {line}"));
            in_page = section.iter().flat_map(|[pycassa, ..]| names(pycassa)).collect();
        }
    }
    assert!(missing.is_empty(), "without a row: {missing:?}");
}

#[test]
fn what_has_no_counterpart_has_a_reason() {
    for [pycassa, cassa, why] in rows().into_values().flatten() {
        let counterpart = cassa.contains('`') || cassa.starts_with("the ");
        assert!(counterpart || matches!(cassa, "none" | "not yet"), "{pycassa}: {cassa}");
        assert!(counterpart || !why.is_empty(), "{pycassa} has neither a counterpart nor a reason");
    }
}

#[test]
fn each_operator_of_an_expression_compares_by_the_validator() {
    let test = Keyspace::new();
    let numbers = ColumnFamilyBuilder::new("Numbers")
        .key_validation_class(Class::Utf8)
        .comparator(Class::Utf8)
        .index("kind", Class::Utf8)
        .column("n", Class::Int32);
    let cf = test.column_family(numbers);
    // as bytes, -1 would come last
    for n in [-1, 0, 1] {
        cf.insert(n.to_string(), cassa::columns! { "kind" => "number", "n" => n }).expect("inserted");
    }
    let found = |expression: IndexExpression| {
        let clause = IndexClause::new([IndexExpression::eq("kind", "number"), expression]);
        let rows = cf.select().get_indexed_slices(clause).map(|row| row.expect("read").0.to_string());
        let mut keys: Vec<String> = rows.collect();
        keys.sort();
        keys
    };
    assert_eq!(found(IndexExpression::eq("n", 0)), ["0"]);
    assert_eq!(found(IndexExpression::gt("n", 0)), ["1"]);
    assert_eq!(found(IndexExpression::gte("n", 0)), ["0", "1"]);
    assert_eq!(found(IndexExpression::lt("n", 0)), ["-1"]);
    assert_eq!(found(IndexExpression::lte("n", 0)), ["-1", "0"]);
}

#[test]
fn super_column_names_may_be_packed_by_another_class() {
    let test = Keyspace::new();
    test.column_family(ColumnFamilyBuilder::new("Sup").subcomparator(Class::Utf8));
    let cf = ColumnFamily::open(&test.pool(), "Sup").expect("opened").super_column_name_class(Class::Long);
    cf.write().super_column(7).insert("k", [("a", "1")]).expect("inserted");
    let plain = ColumnFamily::open(&test.pool(), "Sup").expect("opened");
    let row = plain.get("k").expect("read").expect("there");
    assert_eq!(row.as_slice()[0].name, cassa::Value::from(7_i64.to_be_bytes().to_vec()));
    let names: Vec<_> =
        cf.get("k").expect("read").expect("there").as_slice().iter().map(|c| c.name.clone()).collect();
    assert_eq!(names, [7]);
}

#[test]
fn what_a_user_may_not_do_is_told_from_a_refused_login() {
    let server = ScriptedServer::start(|header, _| {
        let refusal = Exception::Authorization("bob may not use this cluster".to_owned());
        Answer::Frame(frame::<Login>(header, Err(refusal)))
    });
    let options = ConnectionOptions::default().credentials("bob", "secret");
    let e = Connection::open(&server.address().to_string(), &options).expect_err("not permitted");
    assert!(matches!(e, Error::Authorization { .. }), "{e:?}");
    let text = format!("login on {}: not permitted: bob may not use this cluster", server.address());
    assert_eq!(e.to_string(), text);
}

#[test]
fn handles_and_batches_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<CfMutator>();
    shared::<ColumnFamily>();
    fn sent<T: Send>() {}
    sent::<PooledConnection>();
}

//! The table "Coming from pycassa" has a row for everything that pycassa has.

use std::collections::{BTreeMap, BTreeSet};

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

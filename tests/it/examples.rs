//! The examples, the README's table of them, and what is run before a change lands agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

fn examples() -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = fs::read_dir(directory).expect("examples").map(|entry| entry.expect("an entry").file_name());
    files.filter_map(|name| name.to_str()?.strip_suffix(".rs").map(str::to_owned)).collect()
}

#[test]
fn the_readme_lists_every_example_and_no_other() {
    let readme = read("README.md");
    let cells = readme.lines().filter_map(|line| line.strip_prefix("| [`")?.split_once("`](examples/"));
    let mut listed = BTreeSet::new();
    for (name, rest) in cells {
        assert!(rest.starts_with(&format!("{name}.rs) |")), "the link of {name}: {rest}");
        assert!(listed.insert(name.to_owned()), "{name} is listed twice");
    }
    assert_eq!(listed, examples());
}

#[test]
fn every_example_says_how_to_run_it_and_what_it_needs() {
    let manifest = read("Cargo.toml");
    for name in examples() {
        let source = read(&format!("examples/{name}.rs"));
        assert!(source.starts_with("//! "), "{name} does not begin with what it shows");
        assert!(
            source.contains(&format!("//! cargo run --example {name}\n")),
            "{name} does not say how to run it"
        );
        let entry = format!("[[example]]\nname = \"{name}\"\nrequired-features = [");
        assert!(manifest.contains(&entry), "Cargo.toml does not say which features {name} needs");
    }
}

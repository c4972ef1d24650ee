//! The recorded bytes and orders of a real Cassandra and of pycassa, and properties.
//!
//! `tests/data/marshal_vectors.jsonl` was packed by pycassa 1.11.2; `marshal_orders.jsonl` and
//! `marshal_validation.jsonl` are what Cassandra 2.1.21 answered over Thrift: the order in which it returned the column
//! names that it was given, the names that it took for the same one, and what it accepted and rejected.

mod names;
mod orders;
mod properties;
mod time_uuids;
mod validation;
mod values;
mod vectors;

use serde_json::Value as Json;

use super::Class;

/// The classes in the recorded data that have no variant of their own.
fn is_not_ours(class: &str) -> bool {
    class == "DecimalType"
        || class.starts_with("CompositeType(")
        || class.starts_with("DynamicCompositeType(")
}

/// The records of a file, except for those whose class is not ours, and how many those were.
fn recorded(file: &str, field: &str) -> (Vec<(Class, Json)>, usize) {
    let mut skipped = 0;
    let mut records = Vec::new();
    for line in file.lines() {
        let record: Json = serde_json::from_str(line).expect("the file holds a JSON object a line");
        let name = record[field].as_str().expect("a class name");
        if is_not_ours(name) {
            skipped += 1;
            continue;
        }
        let class = Class::parse(name).expect("a class name");
        assert!(class.is_known(), "{class} is neither known nor listed as missing");
        records.push((class, record));
    }
    (records, skipped)
}

fn unhex(text: &Json) -> Vec<u8> {
    let text = text.as_str().expect("a text of hexadecimal digits");
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(digit).collect()
}

fn encoded(class: &Class, name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    class.encode_ordered(name, &mut out);
    out
}

//! The recorded bytes and orders of a real Cassandra and of pycassa, and properties.
//!
//! `tests/data/marshal_vectors.jsonl` was packed by pycassa 1.11.2; `marshal_orders.jsonl` and
//! `marshal_validation.jsonl` are what Cassandra 2.1.21 answered over Thrift: the order in which it returned the column
//! names that it was given, the names that it took for the same one, and what it accepted and rejected.

mod bounds;
mod names;
mod orders;
mod own;
mod properties;
mod strategies;
mod time_uuids;
mod validation;
mod values;
mod vectors;

use serde_json::Value as Json;

use super::Class;

/// The records of a file, with the class that `field` names.
fn recorded(file: &str, field: &str) -> Vec<(Class, Json)> {
    let read = |line| {
        let record: Json = serde_json::from_str(line).expect("the file holds a JSON object a line");
        let class = Class::parse(record[field].as_str().expect("a class name")).expect("a class name");
        assert!(class.is_known(), "{class}");
        (class, record)
    };
    file.lines().map(read).collect()
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

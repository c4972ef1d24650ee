//! Rows of many chunks, written a column at a time: what is read is what a sorted map has.

use std::collections::BTreeSet;

use super::*;

fn slice(client: &mut Client, start: &str, reversed: bool, count: i32) -> Vec<String> {
    let start = start.to_owned().into();
    let slice_range = Some(SliceRange { start, finish: "".into(), reversed, count });
    let row = client.call(&methods::GetSlice {
        key: "k".into(),
        column_parent: ColumnParent { column_family: "S".to_owned(), super_column: None },
        predicate: SlicePredicate { column_names: None, slice_range },
        consistency_level: ConsistencyLevel::One,
    });
    let names = row.expect("a row").into_iter().map(|entry| entry.column.expect("a column").name);
    names.map(|name| String::from_utf8(name.to_vec()).expect("a text")).collect()
}

fn check(client: &mut Client, model: &BTreeSet<String>, start: &str) {
    let first: Vec<String> = model.range(start.to_owned()..).take(3).cloned().collect();
    assert_eq!(slice(client, start, false, 3), first, "from {start}");
    let last: Vec<String> = model.range(..=start.to_owned()).rev().take(3).cloned().collect();
    assert_eq!(slice(client, start, true, 3), last, "back from {start}");
}

#[test]
fn a_column_is_found_wherever_the_last_one_was_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let mut model = BTreeSet::new();
    // a stride that is prime to the number comes to each name once, here and there in the row
    let names = (0..1_500_u32).map(|i| i * 557 % 1_500);
    for (i, number) in names.chain(1_500..2_000).enumerate() {
        let name = format!("{number:05}");
        let timestamp = 2 * i as i64;
        client.insert("S", &name, timestamp, None);
        model.insert(name.clone());
        if i % 7 == 0 {
            let other = format!("{:05}", i * 31 % 1_500);
            client.remove(Some(&other), timestamp + 1);
            model.remove(&other);
        }
        check(&mut client, &model, &name);
        let elsewhere = format!("{:05}", i * 911 % 2_100);
        check(&mut client, &model, &elsewhere);
        if i % 500 == 499 {
            client.restart(directory.path());
        }
    }
    let backwards: Vec<String> = model.iter().rev().cloned().collect();
    assert_eq!(slice(&mut client, "", true, 10_000), backwards);
    client.remove(None, 10_000);
    assert_eq!(slice(&mut client, "", true, 10), Vec::<String>::new());
}

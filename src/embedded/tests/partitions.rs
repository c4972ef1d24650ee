//! Partitions of the store that come and go.

use std::collections::BTreeSet;
use std::path::Path;

use super::open_store;
use crate::embedded::store::{Database, Store};

/// The store as a start opens it.
fn start(directory: &Path) -> Database {
    let store = open_store(directory);
    let records = store.create_partition("records").expect("it is there");
    store.created().expect("recorded");
    store.keep_marks(&records).expect("kept");
    store.mark().expect("marked");
    store
}

#[test]
fn a_partition_stays_whatever_was_dropped_before_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut kept = BTreeSet::from(["records".to_owned()]);
    for round in 0..24 {
        let store = start(directory.path());
        assert_eq!(store.partitions().into_iter().collect::<BTreeSet<_>>(), kept, "round {round}");
        // nothing is written behind them, as where the process is killed; the last number is used again
        let gone = (0..6).map(|gone| store.create_partition(&format!("gone {gone}")).expect("created"));
        let gone: Vec<_> = gone.collect();
        // the lowest number, which is the one that is used again, last
        store.drop_partitions(gone.into_iter().rev().collect()).expect("dropped");
        drop(store);
        if round % 3 == 0 {
            let store = start(directory.path());
            let name = format!("kept {round}");
            store.create_partition(&name).expect("created");
            kept.insert(name);
        }
    }
}

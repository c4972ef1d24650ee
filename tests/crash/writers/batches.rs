//! Batches over rows of two column families, some of them wider than what the server keeps in one piece.

use std::collections::BTreeMap;

use cassa::{Connection, Error};

use super::Model;
use crate::calls::{batch, column, rows, text, written};
use crate::state::Known;

/// The number of the last batch of each group; a batch overwrites all rows of its group.
#[derive(Default)]
pub(super) struct Batches {
    groups: Known<BTreeMap<u64, u64>>,
    next: u64,
}

const GROUPS: u64 = 20;
const ROWS: usize = 8;
const FAMILIES: [&str; 2] = ["Batches", "Batches2"];

/// How many columns a row has: the last ones have too many for the head of a row.
fn width(row: usize) -> usize {
    if row + 1 == ROWS { 40 } else { 1 }
}

/// The number of a batch, in a value of 120 bytes.
fn value(n: u64) -> String {
    format!("{n:0>120}")
}

impl Model for Batches {
    type State = BTreeMap<u64, u64>;

    const NAME: &str = "batches";

    fn known(&mut self) -> &mut Known<BTreeMap<u64, u64>> {
        &mut self.groups
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let (n, group) = (self.next, self.next % GROUPS);
        let mut next = self.groups.now().clone();
        next.insert(group, n);
        self.groups.change(next, || {
            let row = |row| {
                let cell = |cell| written(column(&format!("n{cell:02}"), value(n), n));
                let cells: Vec<_> = (0..width(row)).map(cell).collect();
                let families = FAMILIES.map(|family| (family.to_owned(), cells.clone()));
                (text(format!("group {group:02} {row}")), families.into())
            };
            batch(connection, (0..ROWS).map(row).collect())
        })
    }

    fn read(&self, connection: &mut Connection) -> Result<BTreeMap<u64, u64>, Error> {
        let mut groups: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for family in FAMILIES {
            for (key, columns) in rows(connection, family)? {
                let numbers = groups.entry(key[6..8].parse().expect("a group")).or_default();
                numbers.extend(columns.values().map(|n| n.parse::<u64>().expect("a number")));
            }
        }
        let cells = FAMILIES.len() * (0..ROWS).map(width).sum::<usize>();
        let whole = groups.into_iter().map(|(group, numbers)| {
            let is_whole = numbers.len() == cells && numbers.iter().all(|n| *n == numbers[0]);
            assert!(is_whole, "half a batch in group {group}: {numbers:?}");
            (group, numbers[0])
        });
        Ok(whole.collect())
    }
}

//! Counters, one by one and several in a batch.

use std::collections::BTreeMap;

use cassa::wire::methods::Add;
use cassa::wire::{ConsistencyLevel, CounterColumn};
use cassa::{Connection, Error};

use super::Model;
use crate::calls::{added, batch, parent, rows, text};
use crate::state::Known;

/// The sums in a column of its own, of rows that others add to as well.
pub(super) struct Counters {
    name: &'static str,
    sums: Known<BTreeMap<String, i64>>,
    next: i64,
}

impl Counters {
    pub(super) fn named(name: &'static str) -> Counters {
        Counters { name, sums: Known::default(), next: 0 }
    }
}

impl Model for Counters {
    type State = BTreeMap<String, i64>;

    const NAME: &str = "counters";

    fn known(&mut self) -> &mut Known<BTreeMap<String, i64>> {
        &mut self.sums
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let (delta, key) = (self.next % 17 + 1, format!("counter {}", self.next % 5));
        let name = self.name;
        let mut next = self.sums.now().clone();
        if self.next % 3 == 0 {
            for i in 0..5 {
                *next.entry(format!("counter {i}")).or_default() += delta;
            }
            return self.sums.change(next, || {
                let row = |i| {
                    let cells = vec![added(name, delta)];
                    (text(format!("counter {i}")), vec![("Counters".to_owned(), cells)])
                };
                batch(connection, (0..5).map(row).collect())
            });
        }
        *next.entry(key.clone()).or_default() += delta;
        self.sums.change(next, || {
            connection.call(&Add {
                key: text(key),
                column_parent: parent("Counters"),
                column: CounterColumn { name: text(name), value: delta },
                consistency_level: ConsistencyLevel::One,
            })
        })
    }

    fn read(&self, connection: &mut Connection) -> Result<BTreeMap<String, i64>, Error> {
        let rows = rows(connection, "Counters")?.into_iter();
        let sums =
            rows.filter_map(|(key, columns)| Some((key, columns.get(self.name)?.parse().expect("a number"))));
        Ok(sums.collect())
    }
}

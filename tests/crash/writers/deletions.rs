//! Rows that come and go: by column, by row, by a range of columns.

use cassa::wire::methods::Remove;
use cassa::wire::{ColumnPath, ConsistencyLevel};
use cassa::{Connection, Error};

use super::Model;
use crate::calls::{Rows, batch, between, column, deletion, names, rows, text, written};
use crate::state::Known;

#[derive(Default)]
pub(super) struct Deletions {
    rows: Known<Rows>,
    next: u64,
}

impl Model for Deletions {
    type State = Rows;

    const NAME: &str = "rows with deletions";

    fn known(&mut self) -> &mut Known<Rows> {
        &mut self.rows
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let n = self.next;
        let key = format!("row {:02}", n.wrapping_mul(2_654_435_761) % 30);
        let mut next = self.rows.now().clone();
        let row = next.entry(key.clone()).or_default();
        let mutations = match n % 5 {
            0 => {
                row.remove("a");
                vec![deletion(n, Some(names(&["a"])))]
            }
            1 => {
                row.clear();
                vec![deletion(n, None)]
            }
            2 => {
                row.retain(|name, _| !("b".."d").contains(&name.as_str()) && name != "d");
                vec![deletion(n, Some(between("b", "d")))]
            }
            _ => {
                let names = ["a", "b", "c", "d", "e"];
                row.extend(names.map(|name| (name.to_owned(), n.to_string())));
                names.map(|name| written(column(name, n.to_string(), n))).into()
            }
        };
        if row.is_empty() {
            next.remove(&key);
        }
        self.rows.change(next, || {
            if n % 5 == 1 {
                // the other way to delete a row
                return connection.call(&Remove {
                    key: text(key),
                    column_path: ColumnPath {
                        column_family: "Deletions".into(),
                        super_column: None,
                        column: None,
                    },
                    timestamp: n as i64,
                    consistency_level: ConsistencyLevel::One,
                });
            }
            batch(connection, vec![(text(key), vec![("Deletions".to_owned(), mutations)])])
        })
    }

    fn read(&self, connection: &mut Connection) -> Result<Rows, Error> {
        rows(connection, "Deletions")
    }
}

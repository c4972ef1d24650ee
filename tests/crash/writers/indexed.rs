//! Rows of an indexed column: the index must name the rows that have the value, and no others.

use std::collections::BTreeMap;

use cassa::{Connection, Error};

use super::Model;
use crate::calls::{Rows, batch, column, deletion, rows, rows_with, text, written};
use crate::state::Known;

const STATES: [&str; 4] = ["new", "open", "done", "lost"];

#[derive(Default)]
pub(super) struct Indexed {
    rows: Known<Rows>,
    next: u64,
}

impl Model for Indexed {
    type State = Rows;

    const NAME: &str = "indexed rows";

    fn known(&mut self) -> &mut Known<Rows> {
        &mut self.rows
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        self.next += 1;
        let n = self.next;
        let key = format!("row {:02}", n.wrapping_mul(2_654_435_761) % 40);
        let mut next = self.rows.now().clone();
        let mutation = if n.is_multiple_of(7) {
            next.remove(&key);
            deletion(n, None)
        } else {
            let state = STATES[(n / 3 % 4) as usize];
            next.insert(key.clone(), BTreeMap::from([("state".to_owned(), state.to_owned())]));
            written(column("state", state, n))
        };
        self.rows.change(next, || {
            batch(connection, vec![(text(key), vec![("Indexed".to_owned(), vec![mutation])])])
        })
    }

    fn read(&self, connection: &mut Connection) -> Result<Rows, Error> {
        let found = rows(connection, "Indexed")?;
        for state in STATES {
            let mut expected = found.clone();
            expected.retain(|_, columns| columns["state"] == state);
            let named = rows_with(connection, "Indexed", "state", state)?;
            assert_eq!(named, expected, "the index and the rows, {state}");
        }
        Ok(found)
    }
}

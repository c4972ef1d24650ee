//! A column family that is emptied again and again.

use cassa::wire::methods::Truncate;
use cassa::{Connection, Error};

use super::Model;
use crate::calls::{column, insert, rows};
use crate::state::Known;

/// The keys of its rows, in their order.
#[derive(Default)]
pub(super) struct Truncations {
    keys: Known<Vec<String>>,
    next: u64,
}

impl Model for Truncations {
    type State = Vec<String>;

    const NAME: &str = "a column family that is truncated";

    fn known(&mut self) -> &mut Known<Vec<String>> {
        &mut self.keys
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let mut next = self.keys.now().clone();
        if next.len() == 20 {
            return self
                .keys
                .change(Vec::new(), || connection.call(&Truncate { cfname: "Truncated".into() }));
        }
        self.next += 1;
        let key = format!("{:08}", self.next);
        next.push(key.clone());
        self.keys.change(next, || insert(connection, "Truncated", &key, column("n", "1", 1)))
    }

    fn read(&self, connection: &mut Connection) -> Result<Vec<String>, Error> {
        Ok(rows(connection, "Truncated")?.into_keys().collect())
    }
}

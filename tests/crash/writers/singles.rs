//! Rows one after the other, each by a call of its own.

use cassa::{Connection, Error};

use super::Model;
use crate::calls::{column, insert, rows};
use crate::state::Known;

/// How many rows there are: the first ones, without a gap.
#[derive(Default)]
pub(super) struct Singles(Known<u64>);

impl Model for Singles {
    type State = u64;

    const NAME: &str = "rows one by one";

    fn known(&mut self) -> &mut Known<u64> {
        &mut self.0
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let n = *self.0.now();
        self.0.change(n + 1, || {
            insert(connection, "Singles", &format!("single {n:08}"), column("n", n.to_string(), 1))
        })
    }

    fn read(&self, connection: &mut Connection) -> Result<u64, Error> {
        let mut rows = rows(connection, "Singles")?;
        rows.retain(|key, _| key.starts_with("single"));
        for n in 0..rows.len() {
            let row = rows.get(&format!("single {n:08}"));
            let row = row.unwrap_or_else(|| panic!("row {n} of {} is missing", rows.len()));
            assert_eq!(row.get("n"), Some(&n.to_string()), "row {n}");
        }
        Ok(rows.len() as u64)
    }
}

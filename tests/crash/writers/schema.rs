//! Column families that come and go, and get an index on what they hold.

use cassa::wire::methods::{
    DescribeKeyspace, SystemAddColumnFamily, SystemDropColumnFamily, SystemUpdateColumnFamily,
};
use cassa::wire::{CfDef, ColumnDef, IndexType};
use cassa::{Connection, Error};

use super::{KEYSPACE, Model};
use crate::calls::{column, insert, rows, rows_with, text};
use crate::state::Known;

/// Each family by its number, and what was done to it last.
#[derive(Default)]
pub(super) struct Schema {
    families: Known<Vec<(u64, Stage)>>,
    next: u64,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(super) enum Stage {
    Created,
    Filled,
    Indexed,
}

fn name(number: u64) -> String {
    format!("Made{number}")
}

fn definition(number: u64) -> CfDef {
    CfDef { keyspace: KEYSPACE.into(), name: name(number), ..CfDef::default() }
}

impl Model for Schema {
    type State = Vec<(u64, Stage)>;

    const NAME: &str = "column families";

    fn known(&mut self) -> &mut Known<Vec<(u64, Stage)>> {
        &mut self.families
    }

    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let mut next = self.families.now().clone();
        let many = next.len() > 3;
        match next.last_mut() {
            Some((number, stage @ Stage::Created)) => {
                *stage = Stage::Filled;
                let name = name(*number);
                self.families.change(next, || insert(connection, &name, "row", column("n", "1", 1)))
            }
            Some((number, stage @ Stage::Filled)) => {
                *stage = Stage::Indexed;
                let n = ColumnDef {
                    name: text("n"),
                    validation_class: "UTF8Type".into(),
                    index_type: Some(IndexType::Keys),
                    index_name: None,
                    index_options: None,
                };
                let cf_def = CfDef { column_metadata: Some(vec![n]), ..definition(*number) };
                self.families
                    .change(next, || connection.call(&SystemUpdateColumnFamily { cf_def }).map(|_| ()))
            }
            _ if many => {
                let (number, _) = next.remove(0);
                let column_family = name(number);
                self.families
                    .change(next, || connection.call(&SystemDropColumnFamily { column_family }).map(|_| ()))
            }
            _ => {
                self.next += 1;
                let cf_def = definition(self.next);
                next.push((self.next, Stage::Created));
                self.families.change(next, || connection.call(&SystemAddColumnFamily { cf_def }).map(|_| ()))
            }
        }
    }

    fn read(&self, connection: &mut Connection) -> Result<Vec<(u64, Stage)>, Error> {
        let described = connection.call(&DescribeKeyspace { keyspace: KEYSPACE.into() })?;
        let mut made = Vec::new();
        for family in described.cf_defs {
            let Some(number) = family.name.strip_prefix("Made") else { continue };
            let rows = rows(connection, &family.name)?;
            let columns = family.column_metadata.unwrap_or_default();
            let stage = match (rows.len(), columns.iter().any(|column| column.index_type.is_some())) {
                (0, false) => Stage::Created,
                (1, false) => Stage::Filled,
                (1, true) => {
                    let found = rows_with(connection, &family.name, "n", "1")?;
                    assert_eq!(found, rows, "the index that was made over the row of {}", family.name);
                    Stage::Indexed
                }
                other => panic!("{} has (rows, an index): {other:?}", family.name),
            };
            made.push((number.parse().expect("a number"), stage));
        }
        made.sort_by_key(|(number, _)| *number);
        Ok(made)
    }
}

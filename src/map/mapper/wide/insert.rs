//! Objects gathered by their rows.

use std::collections::HashMap;

use serde::Serialize;

use super::super::encode::put;
use super::super::{Mapper, WriteObjects};
use crate::error::Result;
use crate::map::field::{ColumnFamilyMap, PlainColumns};
use crate::map::ser::Cells;
use crate::wire::hot::{Batch, Mutations};

/// A message is sent as soon as so much has come together: large enough that its cost is that of its cells, small
/// enough for any server's limit on frames.
const BATCH_BYTES: usize = 512 * 1024;

/// Rows whose objects come in any order.
#[derive(Default)]
struct Rows {
    places: HashMap<Box<[u8]>, usize>,
    rows: Vec<(Box<[u8]>, Mutations)>,
    bytes: usize,
}

impl Rows {
    fn of(&mut self, key: &[u8]) -> &mut Mutations {
        let place = match self.places.get(key) {
            Some(place) => *place,
            None => {
                self.places.insert(key.into(), self.rows.len());
                self.rows.push((key.into(), Mutations::default()));
                self.bytes += key.len();
                self.rows.len() - 1
            }
        };
        &mut self.rows[place].1
    }
}

impl<T: ColumnFamilyMap> WriteObjects<'_, T> {
    /// Writes objects of which a row has several: those of a row go out together, in whatever order they come.
    pub(in crate::map::mapper) fn batch_insert_items<'o>(
        self,
        objects: impl IntoIterator<Item = &'o T>,
    ) -> Result<i64>
    where
        T: PlainColumns + Serialize + 'o,
    {
        let mapper = self.mapper;
        let (mut rows, mut cells) = (Rows::default(), Cells::default());
        let mut timestamp = self.write.stamp();
        for (i, object) in objects.into_iter().enumerate() {
            mapper.fill(&mut cells, object)?;
            // Each has its own: of one that is given again the later one wins.
            if i > 0 {
                timestamp = self.write.stamp();
            }
            let row = rows.of(cells.key(mapper.plan()));
            let before = row.size();
            put(mapper.plan(), &cells, self.stamp(timestamp), row);
            rows.bytes += rows.of(cells.key(mapper.plan())).size() - before;
            if rows.bytes >= BATCH_BYTES {
                self.send_rows(mapper, std::mem::take(&mut rows))?;
            }
        }
        self.send_rows(mapper, rows)?;
        Ok(timestamp)
    }

    fn send_rows(&self, mapper: &Mapper<T>, rows: Rows) -> Result<()> {
        if rows.rows.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::default();
        for (key, mutations) in &rows.rows {
            batch.row(key);
            batch.family(mapper.cf.name());
            batch.mutations(mutations, 0..mutations.len());
        }
        self.write.send(&batch, || match &rows.rows[..] {
            [(key, _)] => mapper.cf.key_place(key),
            _ => mapper.cf.place(),
        })
    }
}

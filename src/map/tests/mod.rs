//! Objects to cells and back, without a server: the cells go through the frames that a server would send.

mod composites;
mod errors;
mod layouts;
mod plan;
mod round_trip;
mod schema;
mod shapes;
mod vectors;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::de::{Found, Slots, object};
use super::fault::Fault;
use super::field::ColumnFamilyMap;
use super::plan::Plan;
use super::ser::Cells;
use crate::wire::hot::{Row, Rows, RowsMethod, RowsReply};

type Columns = Vec<(Vec<u8>, Option<Vec<u8>>)>;

fn plan<T: ColumnFamilyMap>() -> Plan {
    Plan::of::<T>().expect("the derive lets only sound structs pass")
}

/// The key and the columns that an insert of the object writes, in the order of declaration.
fn cells<T: ColumnFamilyMap + Serialize>(value: &T) -> Result<(Vec<u8>, Columns), Fault> {
    let plan = plan::<T>();
    let mut cells = Cells::default();
    cells.fill(&plan, value)?;
    let columns = cells.iter(&plan).map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec))).collect();
    Ok((cells.key(&plan).to_vec(), columns))
}

/// The value of one of the object's columns, which is there.
fn value<T: ColumnFamilyMap + Serialize>(object: &T, name: &str) -> Vec<u8> {
    let (_, columns) = cells(object).expect("the object fits its columns");
    let column = columns.into_iter().find(|(column, _)| column == name.as_bytes());
    column.and_then(|(_, value)| value).expect("the column is written")
}

/// The bytes of length before a message.
const LENGTH: usize = 4;

/// A row as a reply brings it.
fn rows(key: &[u8], columns: &[(&[u8], &[u8])]) -> Rows {
    let mut reply = Vec::new();
    let mut writer = RowsReply::begin(RowsMethod::GetRangeSlices, 7, &mut reply);
    writer.row(key);
    for (name, value) in columns {
        writer.column(name, value, 1, None);
    }
    writer.finish();
    let message = Bytes::from(reply).slice(LENGTH..);
    Rows::of(RowsMethod::GetRangeSlices, message, 7)
        .expect("the reply is well formed")
        .expect("the reply is a result")
}

/// A row's cells as those of an object.
fn found(row: Row<'_>) -> Found<'_> {
    Found { key: row.key(), super_column: None, cells: row.cells(), statics: None }
}

/// Reads the object of a row with these columns, in any order.
fn read<T: ColumnFamilyMap + DeserializeOwned>(key: &[u8], columns: &[(&[u8], &[u8])]) -> Result<T, Fault> {
    let rows = rows(key, columns);
    let row = rows.get(0).expect("one row was written");
    object(&plan::<T>(), &found(row), &mut Slots::default())
}

/// What a get after an insert gives.
fn turn<T: ColumnFamilyMap + Serialize + DeserializeOwned>(value: &T) -> Result<T, Fault> {
    let (key, mut columns) = cells(value)?;
    columns.sort();
    let stored: Vec<(&[u8], &[u8])> =
        columns.iter().filter_map(|(name, value)| Some((&name[..], value.as_deref()?))).collect();
    read(&key, &stored)
}

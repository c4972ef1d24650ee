//! Objects of a wide row are not found by an index, and not taken for whole rows.

use cassa::{ColumnFamilyMap, Mapper, Result};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Flight {
    #[cassa(key)]
    tailnum: String,
    #[cassa(clustering)]
    scheduled: i64,
    dest: String,
}

fn by_index(flights: &Mapper<Flight>) -> Result<()> {
    for flight in flights.get_indexed_slices(Flight::COLUMNS.dest.eq("IAH").and(Flight::COLUMNS.dest.gt("A"))) {
        flight?;
    }
    Ok(())
}

fn main() {}

//! Objects that are whole rows are not read as those of a wide row.

use cassa::{ColumnFamilyMap, Mapper, Result};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    model: String,
}

fn streams(planes: &Mapper<Plane>) -> Result<()> {
    for plane in planes.xget("N14228") {
        plane?;
    }
    planes.first("N14228")?;
    planes.select().range(1..5).limit(3).xget("N14228");
    planes.last("N14228")?;
    planes.get_count("N14228")?;
    planes.lend("N14228");
    planes.remove_range("N14228", 1..5)?;
    planes.batch().remove_prefix("N14228", 1)?;
    Ok(())
}

fn main() {}

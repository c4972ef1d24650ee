//! What may be done with an object is known from its struct.

use cassa::{ColumnFamilyMap, Mapper, Result};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Hits {
    #[cassa(key)]
    page: String,
    #[cassa(counter)]
    views: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Account {
    #[cassa(key)]
    owner: String,
    balance: i64,
    #[cassa(version)]
    version: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    model: String,
}

fn counters(hits: &Mapper<Hits>, object: &mut Hits) -> Result<()> {
    hits.insert(object)?;
    hits.save(object)?;
    Ok(())
}

fn versions(accounts: &Mapper<Account>, object: &Account) -> Result<()> {
    accounts.insert(object)?;
    accounts.add(object)?;
    Ok(())
}

fn plain(planes: &Mapper<Plane>, object: &mut Plane) -> Result<()> {
    planes.add(object)?;
    planes.save(object)?;
    Ok(())
}

fn main() {}

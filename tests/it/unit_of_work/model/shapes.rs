//! The objects: each layout that there is, and counters, and versions.

use std::collections::BTreeMap;

use cassa::ColumnFamilyMap;
use serde::{Deserialize, Serialize};

use super::rows::Cells;

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Planes")]
pub(super) struct Plane {
    #[cassa(key)]
    pub(super) tailnum: String,
    pub(super) year: Option<i32>,
    pub(super) model: String,
    pub(super) seats: Option<i64>,
}

/// The columns that are no field are a map.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Tagged")]
pub(super) struct Tagged {
    #[cassa(key)]
    pub(super) id: String,
    pub(super) name: String,
    #[cassa(rest)]
    pub(super) tags: BTreeMap<String, String>,
}

/// One a super column.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Seats")]
pub(super) struct Seat {
    #[cassa(key)]
    pub(super) flight: String,
    #[cassa(super_column)]
    pub(super) row: i64,
    pub(super) passenger: Option<String>,
    pub(super) price: i64,
}

/// One a composite prefix of a wide row.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Stops")]
pub(super) struct Stop {
    #[cassa(key)]
    pub(super) flight: String,
    #[cassa(clustering)]
    pub(super) number: i32,
    pub(super) airport: String,
    pub(super) delay: Option<i32>,
}

/// One a column of a wide row.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Readings")]
pub(super) struct Reading {
    #[cassa(key)]
    pub(super) sensor: String,
    #[cassa(clustering)]
    pub(super) minute: i32,
    #[cassa(value)]
    pub(super) degrees: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Hits")]
pub(super) struct Hits {
    #[cassa(key)]
    pub(super) page: String,
    #[serde(default)]
    #[cassa(counter)]
    pub(super) hits: i64,
    #[serde(default)]
    #[cassa(counter)]
    pub(super) errors: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Landings")]
pub(super) struct Landings {
    #[cassa(key)]
    pub(super) airport: String,
    #[cassa(clustering)]
    pub(super) day: i32,
    #[cassa(counter)]
    pub(super) landed: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Accounts")]
pub(super) struct Account {
    #[cassa(key)]
    pub(super) owner: String,
    #[cassa(version)]
    pub(super) version: i64,
    pub(super) balance: i64,
}

/// What an object is in a row: the names of its columns, and the values, as they print. `None` is a field that is `None`.
pub(super) trait Shape {
    const FAMILY: &'static str;

    fn cells(&self) -> Vec<(String, Option<String>)>;

    /// What the names of its columns begin with, where it is not the whole row.
    fn prefix(&self) -> String {
        String::new()
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self>
    where
        Self: Sized;
}

fn number<N: std::str::FromStr>(cells: &Cells, name: &str) -> Option<N> {
    cells.get(name)?.parse().ok()
}

fn some(value: &impl ToString) -> Option<String> {
    Some(value.to_string())
}

impl Shape for Plane {
    const FAMILY: &'static str = "Planes";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        let year = self.year.map(|year| year.to_string());
        let seats = self.seats.map(|seats| seats.to_string());
        vec![("year".into(), year), ("model".into(), some(&self.model)), ("seats".into(), seats)]
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        let model = cells.get("model")?.clone();
        let (year, seats) = (number(cells, "year"), number(cells, "seats"));
        Some(Plane { tailnum: like.tailnum.clone(), year, model, seats })
    }
}

impl Shape for Tagged {
    const FAMILY: &'static str = "Tagged";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        let tags = self.tags.iter().map(|(name, value)| (name.clone(), some(value)));
        tags.chain([("name".into(), some(&self.name))]).collect()
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        let mut tags = cells.clone();
        Some(Tagged { id: like.id.clone(), name: tags.remove("name")?, tags })
    }
}

impl Shape for Seat {
    const FAMILY: &'static str = "Seats";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        let name = |name| format!("{}/{name}", self.row);
        vec![(name("passenger"), self.passenger.clone()), (name("price"), some(&self.price))]
    }

    fn prefix(&self) -> String {
        format!("{}/", self.row)
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        let passenger = cells.get(&format!("{}/passenger", like.row)).cloned();
        let price = number(cells, &format!("{}/price", like.row))?;
        Some(Seat { passenger, price, ..like.clone() })
    }
}

impl Shape for Stop {
    const FAMILY: &'static str = "Stops";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        let name = |name| format!("({}, {name})", self.number);
        let delay = self.delay.map(|delay| delay.to_string());
        vec![(name("airport"), some(&self.airport)), (name("delay"), delay)]
    }

    fn prefix(&self) -> String {
        format!("({}, ", self.number)
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        let airport = cells.get(&format!("({}, airport)", like.number))?.clone();
        let delay = number(cells, &format!("({}, delay)", like.number));
        Some(Stop { airport, delay, ..like.clone() })
    }
}

impl Shape for Reading {
    const FAMILY: &'static str = "Readings";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        vec![(self.minute.to_string(), some(&self.degrees))]
    }

    fn prefix(&self) -> String {
        self.minute.to_string()
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        Some(Reading { degrees: number(cells, &like.minute.to_string())?, ..like.clone() })
    }
}

impl Shape for Account {
    const FAMILY: &'static str = "Accounts";

    fn cells(&self) -> Vec<(String, Option<String>)> {
        vec![("version".into(), some(&self.version)), ("balance".into(), some(&self.balance))]
    }

    fn of(cells: &Cells, like: &Self) -> Option<Self> {
        let (version, balance) = (number(cells, "version")?, number(cells, "balance")?);
        Some(Account { version, balance, ..like.clone() })
    }
}

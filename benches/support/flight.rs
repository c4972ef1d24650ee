//! An object of ten columns, as the mapper stores it.

use cassa::ColumnFamilyMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone)]
pub(crate) struct Flight {
    #[cassa(key)]
    pub(crate) id: String,
    pub(crate) carrier: String,
    pub(crate) origin: String,
    pub(crate) distance: i64,
    pub(crate) delay: Option<i32>,
    pub(crate) speed: f64,
    pub(crate) cancelled: bool,
    pub(crate) number: i32,
    pub(crate) plane: Uuid,
    pub(crate) gate: String,
    pub(crate) seats: i64,
}

impl Flight {
    pub(crate) fn of(id: String) -> Flight {
        Flight {
            id,
            carrier: "UA".to_owned(),
            origin: "EWR".to_owned(),
            distance: 1400,
            delay: Some(-4),
            speed: 417.5,
            cancelled: false,
            number: 1545,
            plane: Uuid::from_u128(7),
            gate: "C120".to_owned(),
            seats: 149,
        }
    }
}

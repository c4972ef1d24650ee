#![deny(warnings)]

mod vendored {
    pub use cassa as store;
}

#[derive(cassa::ColumnFamilyMap)]
#[cassa(crate = "crate::vendored::store")]
pub struct Plane {
    #[cassa(key)]
    pub tailnum: String,
    pub year: i32,
}

#[derive(cassa::ColumnFamilyMap)]
#[cassa(crate = "crate::vendored::store")]
pub struct Reading {
    #[cassa(key)]
    pub sensor: String,
    #[cassa(clustering)]
    pub minute: i32,
    #[cassa(value)]
    pub degrees: f64,
}

fn main() {
    use cassa::Fields;
    assert_eq!(Reading::FIELDS.len(), 3);
    assert_eq!(Plane::FIELDS.len(), 2);
}

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

fn main() {
    use cassa::Fields;
    assert_eq!(Plane::FIELDS.len(), 2);
}

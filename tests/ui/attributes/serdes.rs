//! What serde can say is said to serde.

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(rename_all = "camelCase", deny_unknown_fields)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[cassa(rename = "type")]
    model: String,
    #[cassa(default, alias = "built")]
    year: i32,
    #[cassa(skip)]
    cache: i32,
    #[cassa(skip_serializing_if = "String::is_empty", borrow)]
    note: String,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[serde(flatten)]
    home: String,
    #[serde(getter = "Other::year")]
    year: i32,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    model: String,
    #[serde(rename(serialize = "a"))]
    seats: i32,
    #[serde(new_thing)]
    note: String,
}

fn main() {}

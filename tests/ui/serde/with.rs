use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[serde(with = "hexadecimal")]
    year: i32,
    #[serde(serialize_with = "write", deserialize_with = "read")]
    model: String,
    #[serde(with = "hexadecimal")]
    #[cassa(validator = "UTF8Type")]
    fine: i32,
}

fn main() {}

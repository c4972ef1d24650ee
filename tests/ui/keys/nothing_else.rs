use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[serde(skip)]
    cache: String,
}

fn main() {}

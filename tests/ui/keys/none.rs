use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    tailnum: String,
    year: i32,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(name = "my planes", comparator = "AsciiType")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[serde(rename = "")]
    empty: i32,
    #[serde(rename = "größe")]
    size: i32,
}

#[derive(ColumnFamilyMap)]
struct AStructWhoseNameIsLongerThanTheNameOfAFamilyMayBe {
    #[cassa(key)]
    tailnum: String,
    year: i32,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(name = 7, nulls = "drop", ttl = "60", comparator = "LongType", crate = "not a path")]
struct Plane {
    #[cassa(key = "yes")]
    tailnum: String,
    #[cassa(validator)]
    year: i32,
    #[cassa(json(true))]
    tags: String,
}

#[derive(ColumnFamilyMap)]
#[cassa(ttl = 0, comparator = "UTF8")]
struct Zero {
    #[cassa(key)]
    id: String,
    column: i32,
}

#[derive(ColumnFamilyMap)]
#[cassa(ttl = 630720001)]
struct TooLong {
    #[cassa(key)]
    id: String,
    column: i32,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(name = "Planes", name = "Aeroplanes")]
#[cassa(ttl = 1)]
#[cassa(ttl = 2)]
struct Plane {
    #[cassa(key, key)]
    tailnum: String,
    #[cassa(validator = "LongType")]
    #[cassa(validator = "Int32Type")]
    year: i32,
}

fn main() {}

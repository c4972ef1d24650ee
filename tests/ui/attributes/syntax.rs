use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa("Planes", nulls = "nothing")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[cassa(validator: "LongType", jsno)]
    year: i32,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Flight {
    #[cassa(key)]
    carrier: String,
    #[cassa(key)]
    number: i32,
    #[cassa(key)]
    day: i32,
    origin: String,
}

fn main() {}

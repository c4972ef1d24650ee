use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(part, name = "Addresses", ttl = 60, comparator = "AsciiType", deny_unknown)]
struct Address {
    #[cassa(key)]
    id: String,
    #[cassa(version)]
    version: i64,
    city: String,
}

#[derive(ColumnFamilyMap)]
#[cassa(part)]
struct Empty {}

struct NoPart;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key)]
    id: String,
    #[cassa(flatten)]
    home: NoPart,
    #[cassa(rest)]
    rest: Vec<String>,
    #[cassa(version)]
    version: String,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(nam = "Planes", frobnicate, key)]
struct Plane {
    #[cassa(kye)]
    tailnum: String,
    #[cassa(key, comparator = "UTF8Type")]
    id: i64,
    #[cassa(jsn)]
    tags: String,
    #[cassa]
    nothing: String,
    #[cassa = "json"]
    text: String,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[serde(from = "Other", into = "Other", rename_all(serialize = "camelCase"))]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: i32,
}

#[derive(ColumnFamilyMap)]
#[serde(try_from = "Other", tag = "kind", content = "it", untagged, transparent, remote = "Other", new_thing)]
struct More {
    #[cassa(key)]
    tailnum: String,
    year: i32,
}

#[derive(ColumnFamilyMap)]
#[serde(rename_all = "Title Case")]
struct Case {
    #[cassa(key)]
    tailnum: String,
    year: i32,
}

fn main() {}

use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[serde(rename_all = "camelCase")]
struct Plane {
    #[cassa(key)]
    tail_num: String,
    #[serde(rename = "tailNum")]
    other: i32,
    #[serde(alias = "kind", alias = "kind")]
    model: String,
    kind: String,
    #[serde(alias = "model")]
    note: String,
}

fn main() {}

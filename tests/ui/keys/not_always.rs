use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key, json)]
    #[serde(skip_serializing_if = "String::is_empty", alias = "tail")]
    tailnum: String,
    year: i32,
}

#[derive(ColumnFamilyMap)]
struct OneWay {
    #[cassa(key)]
    #[serde(skip_deserializing)]
    tailnum: String,
    year: i32,
}

#[derive(ColumnFamilyMap)]
struct Skipped {
    #[cassa(key)]
    #[serde(skip)]
    tailnum: String,
    #[cassa(validator = "LongType", json)]
    #[serde(skip_serializing, skip_deserializing)]
    year: i32,
    model: String,
}

fn main() {}

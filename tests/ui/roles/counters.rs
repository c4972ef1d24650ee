use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(ttl = 60, nulls = "delete")]
struct Hits {
    #[cassa(key)]
    page: String,
    #[cassa(counter)]
    views: i64,
    title: String,
    #[cassa(ttl)]
    ttl: i32,
    #[cassa(timestamp)]
    written: i64,
    #[cassa(version)]
    version: i64,
    #[cassa(flatten)]
    more: More,
}

#[derive(ColumnFamilyMap)]
#[cassa(part)]
struct More {
    #[cassa(counter, json)]
    a: i64,
    #[cassa(counter, index)]
    b: i64,
    #[cassa(counter, validator = "LongType")]
    c: i64,
}

#[derive(ColumnFamilyMap)]
struct Key {
    #[cassa(key, counter)]
    page: String,
    #[cassa(counter)]
    views: i64,
}

fn main() {}

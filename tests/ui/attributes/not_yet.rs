use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
#[cassa(keyspace = "Keyspace1", part)]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    #[cassa(index)]
    model: String,
    #[cassa(counter)]
    landings: i64,
    #[cassa(flatten("home_"))]
    home: String,
    #[cassa(validator = "CounterColumnType")]
    starts: i64,
    #[cassa(validator = "org.apache.cassandra.db.marshal.CompositeType(LongType)")]
    pair: String,
}

#[derive(ColumnFamilyMap)]
struct Wide {
    #[cassa(key)]
    id: String,
    #[cassa(clustering)]
    when: i64,
    #[cassa(value)]
    what: String,
    #[cassa(super_column)]
    group: String,
    #[cassa(rest)]
    others: String,
    #[cassa(ttl)]
    ttl: i32,
    #[cassa(timestamp)]
    written: i64,
    #[cassa(version)]
    version: i64,
}

fn main() {}

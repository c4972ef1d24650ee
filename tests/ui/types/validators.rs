use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
struct Plane {
    #[cassa(key, validator = "text")]
    tailnum: String,
    #[cassa(validator = "Int32")]
    year: i32,
    #[cassa(validator = "org.apache.cassandra.db.marshal.LongTyp")]
    seats: i64,
    #[cassa(validator = "com.example.Money")]
    price: String,
    #[cassa(validator = "UTF8Type", json)]
    tags: String,
}

fn main() {}

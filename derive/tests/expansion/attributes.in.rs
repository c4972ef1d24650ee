#[cassa(name = "Planes", keyspace = "Flights", comment = "one row a plane", nulls = "delete", ttl = 60)]
#[cassa(comparator = "AsciiType", key_type = "BytesType", crate = "other::cassa")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plane {
    #[cassa(key)]
    tail_num: String,
    #[cassa(validator = "org.apache.cassandra.db.marshal.LongType")]
    #[serde(with = "seats")]
    number_of_seats: u8,
    #[serde(rename = "type", alias = "model", alias = "kind")]
    #[cassa(index)]
    r#type: String,
    #[cassa(json)]
    tags: Vec<String>,
    #[serde(skip_serializing)]
    read: i32,
    #[serde(skip_deserializing)]
    written: i32,
    #[serde(skip)]
    cache: Cache,
}

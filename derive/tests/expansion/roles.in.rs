pub(crate) struct Engine<T> {
    #[cassa(key)]
    carrier: String,
    #[cassa(key, validator = "Int32Type")]
    number: u32,
    #[cassa(super_column)]
    position: i32,
    #[cassa(flatten)]
    maker: Maker<T>,
    #[cassa(flatten(prefix = "old_"))]
    before: Option<Maker<i64>>,
    #[cassa(rest)]
    others: BTreeMap<String, T>,
    #[cassa(ttl)]
    ttl: Option<i32>,
    #[cassa(timestamp)]
    written: i64,
}

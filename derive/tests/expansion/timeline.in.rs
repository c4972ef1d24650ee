struct Reading<'a, T> {
    #[cassa(key)]
    sensor: &'a str,
    #[cassa(clustering, reversed, validator = "TimeUUIDType")]
    at: Uuid,
    #[cassa(value)]
    degrees: T,
    #[cassa(ttl)]
    ttl: Option<i32>,
}

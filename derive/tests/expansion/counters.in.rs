struct Hits {
    #[cassa(key)]
    page: String,
    #[cassa(counter)]
    views: i64,
    #[cassa(counter)]
    #[serde(default)]
    clicks: i64,
}

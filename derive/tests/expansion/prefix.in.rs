struct Flight {
    #[cassa(key)]
    tailnum: String,
    #[cassa(clustering)]
    scheduled: DateTime<Utc>,
    #[cassa(clustering)]
    number: i32,
    dest: String,
    #[cassa(static)]
    model: Option<String>,
}

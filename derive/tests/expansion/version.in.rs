struct Account {
    #[cassa(key)]
    owner: String,
    balance: i64,
    #[cassa(version)]
    version: u32,
}

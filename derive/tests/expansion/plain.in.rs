struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
}

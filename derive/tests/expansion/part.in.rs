#[cassa(part)]
pub struct Address<'a> {
    #[cassa(index)]
    city: &'a str,
    #[cassa(flatten(prefix = "geo_"))]
    place: Coordinates,
}

//! The expansion is clean under every lint that a user may have on.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, missing_debug_implementations)]
#![deny(single_use_lifetimes, trivial_casts, unused_lifetimes, elided_lifetimes_in_paths, variant_size_differences)]

/// A plane.
#[derive(Debug, cassa::ColumnFamilyMap, serde::Serialize, serde::Deserialize)]
struct Plane<'a> {
    #[cassa(key)]
    tailnum: &'a str,
    year: Option<i32>,
}

/// Counts of a page.
#[derive(Debug, cassa::ColumnFamilyMap, serde::Serialize, serde::Deserialize)]
pub(crate) struct Hits {
    #[cassa(key)]
    page: String,
    #[cassa(counter)]
    views: i64,
}

/// An account.
#[derive(Debug, cassa::ColumnFamilyMap, serde::Serialize, serde::Deserialize)]
pub struct Account<T> {
    /// Whose it is.
    #[cassa(key)]
    pub owner: String,
    /// How much there is.
    pub balance: T,
    /// Counts its changes.
    #[cassa(version)]
    pub version: i64,
}

/// What a sensor read.
#[derive(Debug, cassa::ColumnFamilyMap, serde::Serialize, serde::Deserialize)]
pub struct Reading<'a> {
    /// Which one.
    #[cassa(key)]
    pub sensor: &'a str,
    /// When.
    #[cassa(clustering)]
    pub minute: i64,
    /// What.
    pub degrees: f64,
    /// Where it is.
    #[cassa(static)]
    pub place: Option<&'a str>,
}

fn main() {
    println!("{:?}", Reading { sensor: "attic", minute: 1, degrees: 21.5, place: None });
    println!("{:?}", Hits { page: "/".to_owned(), views: 1 });
    println!("{:?}", Plane { tailnum: "N1", year: None });
}

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

fn main() {
    println!("{:?}", Plane { tailnum: "N1", year: None });
}

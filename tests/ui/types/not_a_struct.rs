use cassa::ColumnFamilyMap;

#[derive(ColumnFamilyMap)]
enum Kind {
    Jet,
}

#[derive(ColumnFamilyMap)]
struct Tuple(#[cassa(key)] String, i32);

#[derive(ColumnFamilyMap)]
struct Unit;

#[derive(ColumnFamilyMap)]
union Bits {
    integer: u32,
    float: f32,
}

fn main() {}

use cassa::{ColumnFamilyMap, Columns};

#[derive(ColumnFamilyMap)]
struct Pair<T> {
    #[cassa(key)]
    id: String,
    value: T,
}

fn fields<T: Columns>() -> usize {
    T::FIELDS.len()
}

fn main() {
    fields::<Pair<i64>>();
    fields::<Pair<usize>>();
}

use cassa::{ColumnFamilyMap, Fields};

#[derive(ColumnFamilyMap)]
struct Pair<T> {
    #[cassa(key)]
    id: String,
    value: T,
}

fn fields<T: Fields>() -> usize {
    T::FIELDS.len()
}

fn main() {
    fields::<Pair<i64>>();
    fields::<Pair<usize>>();
}

use cassa::ColumnFamilyMap;

struct Plane;

fn name<T: ColumnFamilyMap>() -> &'static str {
    T::NAME
}

fn main() {
    name::<Plane>();
}

#![deny(warnings)]

use cassa::{ColumnFamilyMap, Fields, FieldClass};

macro_rules! mapped {
    ($name:ident { $key:ident: $key_type:ty, $($field:ident: $type:ty = $validator:literal),* }) => {
        #[derive(ColumnFamilyMap)]
        pub struct $name {
            #[cassa(key)]
            pub $key: $key_type,
            $(#[cassa(validator = $validator)] pub $field: $type,)*
        }
    };
}

mapped!(Plane { tailnum: String, year: i32 = "LongType", seats: Option<u8> = "IntegerType" });

macro_rules! timeline {
    ($name:ident by $at:ident: $at_type:ty, $value:ident: $type:ty $(, $static:ident: $static_type:ty)?) => {
        #[derive(ColumnFamilyMap)]
        pub struct $name<'a> {
            #[cassa(key)]
            pub key: &'a str,
            #[cassa(clustering)]
            pub $at: $at_type,
            pub $value: $type,
            $(#[cassa(static)] pub $static: Option<$static_type>,)?
        }
    };
}

timeline!(Reading by minute: i64, degrees: f64, place: String);

fn main() {
    assert_eq!(Reading::COLUMNS.place.name(), "place");
    assert_eq!(Plane::FIELDS[2].class, FieldClass::Named("IntegerType"));
}

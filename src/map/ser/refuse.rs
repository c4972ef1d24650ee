//! What a serializer does not take, in one line for each of ours.

/// Writes the methods of a `Serializer` for the kinds named. Its `refused(&self, got: &'static str) -> Fault` makes the
/// error; the types of compounds have to be `Impossible`.
macro_rules! refuse {
    ($($kind:ident)*) => { $(refuse!(@ $kind);)* };
    (@ bool) => { refuse!(@value serialize_bool(bool), "a boolean"); };
    (@ i8) => { refuse!(@value serialize_i8(i8), "an integer"); };
    (@ i16) => { refuse!(@value serialize_i16(i16), "an integer"); };
    (@ i32) => { refuse!(@value serialize_i32(i32), "an integer"); };
    (@ i64) => { refuse!(@value serialize_i64(i64), "an integer"); };
    (@ i128) => { refuse!(@value serialize_i128(i128), "an integer"); };
    (@ u8) => { refuse!(@value serialize_u8(u8), "an integer"); };
    (@ u16) => { refuse!(@value serialize_u16(u16), "an integer"); };
    (@ u32) => { refuse!(@value serialize_u32(u32), "an integer"); };
    (@ u64) => { refuse!(@value serialize_u64(u64), "an integer"); };
    (@ u128) => { refuse!(@value serialize_u128(u128), "an integer"); };
    (@ f32) => { refuse!(@value serialize_f32(f32), "a float"); };
    (@ f64) => { refuse!(@value serialize_f64(f64), "a float"); };
    (@ char) => { refuse!(@value serialize_char(char), "a text"); };
    (@ str) => { refuse!(@value serialize_str(&str), "a text"); };
    (@ bytes) => { refuse!(@value serialize_bytes(&[u8]), "bytes"); };
    (@ none) => { fn serialize_none(self) -> Result<Self::Ok> { Err(self.refused("none")) } };
    (@ unit) => { fn serialize_unit(self) -> Result<Self::Ok> { Err(self.refused("a unit")) } };
    (@ unit_struct) => { refuse!(@value serialize_unit_struct(&'static str), "a unit"); };
    (@ some) => {
        fn serialize_some<T: serde::Serialize + ?Sized>(self, _: &T) -> Result<Self::Ok> {
            Err(self.refused("an option"))
        }
    };
    (@ newtype_struct) => {
        fn serialize_newtype_struct<T: serde::Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<Self::Ok> {
            Err(self.refused("a newtype"))
        }
    };
    (@ unit_variant) => {
        fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Self::Ok> {
            Err(self.refused("an enum"))
        }
    };
    (@ newtype_variant) => {
        fn serialize_newtype_variant<T: serde::Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok> {
            Err(self.refused("an enum that holds a value"))
        }
    };
    (@ seq) => {
        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq> { Err(self.refused("a sequence")) }
    };
    (@ tuple) => {
        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple> { Err(self.refused("a tuple")) }
    };
    (@ tuple_struct) => {
        fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct> {
            Err(self.refused("a tuple"))
        }
    };
    (@ tuple_variant) => {
        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant> {
            Err(self.refused("an enum that holds values"))
        }
    };
    (@ map) => {
        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap> { Err(self.refused("a map")) }
    };
    (@ struct) => {
        fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct> {
            Err(self.refused("a struct"))
        }
    };
    (@ struct_variant) => {
        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant> {
            Err(self.refused("an enum that holds values"))
        }
    };
    (@value $method:ident($type:ty), $got:literal) => {
        fn $method(self, _: $type) -> Result<Self::Ok> { Err(self.refused($got)) }
    };
}

pub(super) use refuse;

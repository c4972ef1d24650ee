//! How a borrowed value stands in a field, and the macros that make borrowed structs of table rows.

use crate::wire::cursor::{Cursor, ttype};
use crate::wire::{ConsistencyLevel, DecodeError, IndexOperator};

/// A value read from and written to a frame without the protocol traits between.
pub(super) trait InPlace<'a>: Sized {
    /// Its Thrift type.
    const TYPE: u8;

    /// Reads one.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such value.
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError>;

    /// Writes this one.
    fn write(&self, out: &mut Vec<u8>);

    /// What an absent field stands for; `None` where the field must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the field is to be left out.
    fn is_absent(&self) -> bool {
        false
    }
}

#[inline]
pub(super) fn put_field(out: &mut Vec<u8>, kind: u8, id: i16) {
    let [high, low] = id.to_be_bytes();
    out.extend_from_slice(&[kind, high, low]);
}

#[inline]
pub(super) fn put_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    // a frame over the limit, which is below 2 GiB, is refused before it is sent
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

#[inline]
pub(super) fn write_field<'a, T: InPlace<'a>>(id: i16, value: &T, out: &mut Vec<u8>) {
    if !value.is_absent() {
        put_field(out, T::TYPE, id);
        value.write(out);
    }
}

impl<'a> InPlace<'a> for &'a [u8] {
    const TYPE: u8 = ttype::STRING;
    #[inline]
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        cursor.blob()
    }
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        put_blob(out, self);
    }
}

impl<'a> InPlace<'a> for &'a str {
    const TYPE: u8 = ttype::STRING;
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        cursor.text()
    }
    fn write(&self, out: &mut Vec<u8>) {
        put_blob(out, self.as_bytes());
    }
}

impl InPlace<'_> for bool {
    const TYPE: u8 = ttype::BOOL;
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        Ok(cursor.u8()? != 0)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }
}

impl InPlace<'_> for i32 {
    const TYPE: u8 = ttype::I32;
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        cursor.i32()
    }
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }
}

impl InPlace<'_> for i64 {
    const TYPE: u8 = ttype::I64;
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        cursor.i64()
    }
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }
}

macro_rules! number_enums {
    ($($name:ident),*) => { $(
        impl InPlace<'_> for $name {
            const TYPE: u8 = ttype::I32;
            fn read(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
                $name::try_from(cursor.i32()?)
            }
            fn write(&self, out: &mut Vec<u8>) {
                (*self as i32).write(out);
            }
        }
    )* };
}
number_enums!(ConsistencyLevel, IndexOperator);

impl<'a, T: InPlace<'a>> InPlace<'a> for Option<T> {
    const TYPE: u8 = T::TYPE;
    #[inline]
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        T::read(cursor).map(Some)
    }
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(out);
        }
    }
    #[inline]
    fn absent() -> Option<Self> {
        Some(None)
    }
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<'a, T: InPlace<'a>> InPlace<'a> for Box<T> {
    const TYPE: u8 = T::TYPE;
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        T::read(cursor).map(Box::new)
    }
    fn write(&self, out: &mut Vec<u8>) {
        T::write(self, out);
    }
}

/// So many elements are believed before any has been read; more come as they are read.
const BELIEVED: usize = 256;

/// A list takes at most this many times the memory that it takes in its frame. A mutation with all its fields is some
/// twice as large in memory; one that is empty, a single byte of the frame, would be a hundred times.
const MOST_TIMES: usize = 24;

impl<'a, T: InPlace<'a>> InPlace<'a> for Vec<T> {
    const TYPE: u8 = ttype::LIST;
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        let n = cursor.list(T::TYPE)?;
        let start = cursor.rest().len();
        let mut items = Vec::with_capacity(n.min(BELIEVED));
        for _ in 0..n {
            items.push(T::read(cursor)?);
            if items.len() % BELIEVED == 0
                && items.len() * size_of::<T>() > MOST_TIMES * (start - cursor.rest().len())
            {
                return Err(DecodeError::Hollow);
            }
        }
        Ok(items)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(T::TYPE);
        out.extend_from_slice(&(self.len() as u32).to_be_bytes());
        for item in self {
            item.write(out);
        }
    }
}

/// A map, in the order of the wire.
impl<'a, K: InPlace<'a>, V: InPlace<'a>> InPlace<'a> for Vec<(K, V)> {
    const TYPE: u8 = ttype::MAP;
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        let n = cursor.map(K::TYPE, V::TYPE)?;
        let mut entries = Vec::with_capacity(n.min(BELIEVED));
        for _ in 0..n {
            entries.push((K::read(cursor)?, V::read(cursor)?));
        }
        Ok(entries)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[K::TYPE, V::TYPE]);
        out.extend_from_slice(&(self.len() as u32).to_be_bytes());
        for (key, value) in self {
            key.write(out);
            value.write(out);
        }
    }
}

/// Borrowed structs; rows as in `structs!`. `like` names a function that reads the most usual form, or nothing.
macro_rules! in_place {
    ($(
        $(#[$doc:meta])*
        $name:ident<'a> $(like $usual:ident)? { $( $id:literal $field:ident: $type:ty ),* $(,)? }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name<'a> {
            $(
                #[doc = concat!("Field ", $id, " of `", stringify!($name), "`.")]
                pub $field: $type,
            )*
        }
        impl<'a> InPlace<'a> for $name<'a> {
            const TYPE: u8 = ttype::STRUCT;

            #[inline]
            fn read(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
                $( if let Some(usual) = $usual(cursor) {
                    return Ok(usual);
                } )?
                $( let mut $field: Option<$type> = None; )*
                loop {
                    match cursor.field()? {
                        (ttype::STOP, _) => break,
                        // a known id with another type is as good as an unknown field
                        $( (kind, $id) if kind == <$type as InPlace<'a>>::TYPE => {
                            $field = Some(InPlace::read(cursor)?);
                        } )*
                        (other, _) => cursor.skip(other)?,
                    }
                }
                Ok($name { $(
                    $field: $field
                        .or_else(<$type as InPlace<'a>>::absent)
                        .ok_or(DecodeError::Missing(stringify!($name), stringify!($field)))?,
                )* })
            }

            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                $( write_field($id, &self.$field, out); )*
                out.push(ttype::STOP);
            }
        }
    )* };
}
pub(super) use in_place;

/// Borrowed calls: the struct of a method's arguments, with its name on the wire.
macro_rules! calls {
    ($(
        $(#[$doc:meta])*
        $name:ident<'a> $method:literal { $( $id:literal $field:ident: $type:ty ),* $(,)? }
    )*) => { $(
        in_place! { $(#[$doc])* $name<'a> { $( $id $field: $type ),* } }
        impl<'a> $name<'a> {
            /// The method's name on the wire.
            pub const METHOD: &'static str = $method;

            /// The arguments, from a message's body.
            ///
            /// # Errors
            /// [`DecodeError`] where the bytes are no such call.
            pub fn decode(body: &'a [u8]) -> Result<Self, DecodeError> {
                Self::read(&mut Cursor::new(body))
            }

            /// Appends the call as a whole frame.
            pub fn encode(&self, sequence: i32, out: &mut Vec<u8>) {
                let start = begin_message(out, MessageKind::Call, Self::METHOD, sequence);
                self.write(out);
                end_message(out, start);
            }
        }
    )* };
}
pub(super) use calls;

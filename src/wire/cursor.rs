//! Reads the binary protocol from a slice, without copying.

use super::DecodeError;

/// The numbers of Thrift's types on the wire.
pub(crate) mod ttype {
    pub(crate) const STOP: u8 = 0;
    pub(crate) const VOID: u8 = 1;
    pub(crate) const BOOL: u8 = 2;
    pub(crate) const BYTE: u8 = 3;
    pub(crate) const DOUBLE: u8 = 4;
    pub(crate) const I16: u8 = 6;
    pub(crate) const I32: u8 = 8;
    pub(crate) const I64: u8 = 10;
    pub(crate) const STRING: u8 = 11;
    pub(crate) const STRUCT: u8 = 12;
    pub(crate) const MAP: u8 = 13;
    pub(crate) const SET: u8 = 14;
    pub(crate) const LIST: u8 = 15;
    pub(crate) const UUID: u8 = 16;
}

/// Deeper than any message of the interface nests.
pub(crate) const MAX_DEPTH: u32 = 32;

type Result<T> = std::result::Result<T, DecodeError>;

/// A place in a frame; what it hands out borrows from the frame.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(DecodeError::PastTheEnd)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(DecodeError::PastTheEnd)?;
        self.rest = rest;
        Ok(*taken)
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[b]| b)
    }

    #[inline]
    pub(crate) fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_be_bytes)
    }

    #[inline]
    pub(crate) fn i64(&mut self) -> Result<i64> {
        self.array().map(i64::from_be_bytes)
    }

    #[inline]
    pub(crate) fn blob(&mut self) -> Result<&'a [u8]> {
        let n = self.i32()?;
        self.take(usize::try_from(n).map_err(|_| DecodeError::NegativeLength(n))?)
    }

    #[inline]
    pub(crate) fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.blob()?).map_err(|_| DecodeError::NotUtf8)
    }

    /// The type and id of the next field; type `STOP` at the end of a struct.
    #[inline]
    pub(crate) fn field(&mut self) -> Result<(u8, i16)> {
        match self.u8()? {
            ttype::STOP => Ok((ttype::STOP, 0)),
            kind => Ok((kind, i16::from_be_bytes(self.array()?))),
        }
    }

    /// A count of elements that take at least `least` bytes each: more than the frame can hold is an error.
    #[inline]
    pub(crate) fn count(&mut self, least: usize) -> Result<usize> {
        let n = self.i32()?;
        let count = usize::try_from(n).map_err(|_| DecodeError::NegativeLength(n))?;
        if count.saturating_mul(least) > self.rest.len() {
            return Err(DecodeError::PastTheEnd);
        }
        Ok(count)
    }

    /// The count of a list whose elements must be of type `element`. An empty list may name any type.
    #[inline]
    pub(crate) fn list(&mut self, element: u8) -> Result<usize> {
        let came = self.u8()?;
        let n = self.count(least_size(element))?;
        if n > 0 && came != element {
            return Err(DecodeError::WrongElement);
        }
        Ok(n)
    }

    /// The count of a map whose keys and values must be of these types. An empty map may name any.
    #[inline]
    pub(crate) fn map(&mut self, key: u8, value: u8) -> Result<usize> {
        let came = self.array::<2>()?;
        let n = self.count(least_size(key) + least_size(value))?;
        if n > 0 && came != [key, value] {
            return Err(DecodeError::WrongElement);
        }
        Ok(n)
    }

    /// Passes over a value of type `kind`, whatever it holds.
    pub(crate) fn skip(&mut self, kind: u8) -> Result<()> {
        self.skip_to_depth(kind, MAX_DEPTH)
    }

    fn skip_to_depth(&mut self, kind: u8, depth: u32) -> Result<()> {
        let depth = depth.checked_sub(1).ok_or(DecodeError::TooDeep)?;
        match kind {
            ttype::BOOL | ttype::BYTE => self.take(1).map(drop),
            ttype::I16 => self.take(2).map(drop),
            ttype::I32 => self.take(4).map(drop),
            ttype::I64 | ttype::DOUBLE => self.take(8).map(drop),
            ttype::UUID => self.take(16).map(drop),
            ttype::STRING => self.blob().map(drop),
            ttype::STRUCT => loop {
                match self.field()? {
                    (ttype::STOP, _) => return Ok(()),
                    (kind, _) => self.skip_to_depth(kind, depth)?,
                }
            },
            ttype::MAP => {
                let [key, value] = self.array()?;
                for _ in 0..self.count(least_size(key) + least_size(value))? {
                    self.skip_to_depth(key, depth)?;
                    self.skip_to_depth(value, depth)?;
                }
                Ok(())
            }
            ttype::SET | ttype::LIST => {
                let element = self.u8()?;
                for _ in 0..self.count(least_size(element))? {
                    self.skip_to_depth(element, depth)?;
                }
                Ok(())
            }
            other => Err(DecodeError::UnknownType(other)),
        }
    }
}

/// The fewest bytes that a value of this type takes.
pub(crate) fn least_size(kind: u8) -> usize {
    match kind {
        ttype::I16 => 2,
        ttype::I32 | ttype::STRING => 4,
        ttype::MAP => 6,
        ttype::SET | ttype::LIST => 5,
        ttype::I64 | ttype::DOUBLE => 8,
        ttype::UUID => 16,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_frame_is_an_error() {
        assert_eq!(Cursor::new(&[0, 0, 0, 4, 1]).blob(), Err(DecodeError::PastTheEnd));
        assert_eq!(Cursor::new(&[0xff; 4]).blob(), Err(DecodeError::NegativeLength(-1)));
        assert_eq!(
            Cursor::new(&[ttype::LIST, 0x7f, 0xff, 0xff, 0xff]).list(15),
            Err(DecodeError::PastTheEnd)
        );
    }

    #[test]
    fn skipping_is_bounded_in_depth() {
        // a list in a list in a list ...
        let deep = [ttype::LIST, 0, 0, 0, 1].repeat(100);
        assert_eq!(Cursor::new(&deep).skip(ttype::LIST), Err(DecodeError::TooDeep));
        assert_eq!(Cursor::new(&[]).skip(99), Err(DecodeError::UnknownType(99)));
    }

    #[test]
    fn skipping_passes_over_every_type() {
        let bytes = [
            &[ttype::BOOL, 0, 1, 1][..],
            &[ttype::I16, 0, 2, 0, 0],
            &[ttype::STRING, 0, 3, 0, 0, 0, 1, b'x'],
            &[ttype::MAP, 0, 4, ttype::STRING, ttype::I32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7],
            &[ttype::UUID, 0, 5],
            &[0; 16],
            &[ttype::STOP, 42],
        ]
        .concat();
        let mut cursor = Cursor::new(&bytes);
        cursor.skip(ttype::STRUCT).expect("well formed");
        assert_eq!(cursor.rest(), [42]);
    }
}

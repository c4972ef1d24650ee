//! Text that mostly needs no memory of its own.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use compact_str::CompactString;

/// Text in a [`Value`](super::Value): a `str` that is owned.
///
/// Up to 24 bytes are kept in place, as most names of columns and many values need no more; longer text is in memory of
/// its own, as that of a `String`. It never shares the reply that brought it, so that a name that is kept keeps nothing
/// else. A `String` becomes one and is had back without a copy, if it is longer than what is kept in place.
///
/// ```
/// use cassa::{Text, Value};
///
/// let text = Text::from("EMB-145XR");
/// assert_eq!(text, "EMB-145XR");
/// assert!(text.starts_with("EMB")); // as every `str`
/// match Value::from("EMB-145XR") {
///     Value::Utf8(model) => assert_eq!(String::from(model), "EMB-145XR"),
///     other => unreachable!("text is UTF8Type, not {other:?}"),
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(CompactString);

/// What [`CompactString`] keeps in place.
const IN_PLACE: usize = size_of::<CompactString>();

/// Room for a short text, aligned, and longer by zeros to whole blocks: the standard library checks UTF-8 two aligned
/// words at a time, and what is left of them byte by byte. Names and values in a frame are not aligned.
#[repr(align(16))]
struct Blocks([u8; 32]);

impl Text {
    /// The text, as a `str`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Copies what should be UTF-8; `None` where it is not.
    #[inline]
    pub(super) fn from_utf8(bytes: &[u8]) -> Option<Text> {
        if bytes.len() > IN_PLACE {
            return String::from_utf8(bytes.to_vec()).ok().map(Text::from);
        }
        let mut blocks = Blocks([0; 32]);
        blocks.0[..bytes.len()].copy_from_slice(bytes);
        // a character that is cut at the end is not made whole by a zero
        let text = std::str::from_utf8(&blocks.0).ok()?;
        text.get(..bytes.len()).map(Text::from)
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        Text(CompactString::new(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(text.into())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Text {
        Text(text.into())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.0.into_string()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        **self == **other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_the_standard_library_reads_it() {
        let of_all_lengths = (0..70).map(|length| b"abcdefghij".repeat(7)[..length].to_vec());
        let wide = ["é", "漢字", "a\u{10FFFF}", "\0", "a\0b"].map(|text| text.as_bytes().to_vec());
        let mut cases: Vec<Vec<u8>> = of_all_lengths.chain(wide).collect();
        cases.extend([
            vec![0x80],
            vec![0xc0, 0x80],
            vec![0xed, 0xa0, 0x80],
            vec![b'a', 0xf4, 0x90, 0x80, 0x80],
        ]);
        // a character that is cut, and one that is not, at each place
        for length in 0..40 {
            for tail in [&b"\xc3"[..], b"\xc3\xa9", b"\xf0\x9f\x98", b"\xf0\x9f\x98\x80", b"\xff"] {
                cases.push([&vec![b'x'; length][..], tail].concat());
            }
        }
        for bytes in cases {
            // at another place of memory, too
            let moved = [&b"!"[..], &bytes].concat();
            for bytes in [&bytes[..], &moved[1..]] {
                let read = Text::from_utf8(bytes);
                assert_eq!(read.as_deref(), std::str::from_utf8(bytes).ok(), "{bytes:?}");
            }
        }
    }

    #[test]
    fn a_string_becomes_text_and_is_had_back() {
        for length in [0, 1, 23, 24, 25, 100] {
            let string = "é".repeat(length);
            let text = Text::from(string.clone());
            assert_eq!((&text, text.len()), (&Text::from(&*string), string.len()));
            assert_eq!(String::from(text), string);
        }
        let long = "x".repeat(IN_PLACE + 1);
        let place = long.as_ptr();
        let back = String::from(Text::from(long));
        assert_eq!(back.as_ptr(), place, "a long text is not copied");
    }
}

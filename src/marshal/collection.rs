//! How the elements of a collection stand in its bytes: a count, then each with its length, both in four bytes.

use super::Class;

/// The elements of a list, a set or a map (key, value, key, value …); after something broken there are no more.
#[derive(Clone)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
    /// `None` before the count has been read.
    left: Option<usize>,
    each: usize,
    done: bool,
}

impl<'a> Elements<'a> {
    /// The elements of the bytes of `class`, which is a collection.
    pub(crate) fn new(class: &Class, bytes: &'a [u8]) -> Elements<'a> {
        let each = if matches!(class, Class::Map(_)) { 2 } else { 1 };
        Elements { rest: bytes, left: None, each, done: bytes.is_empty() }
    }

    /// The bytes that have not been read; after something broken, those of the element that is.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn length(&self) -> Option<(usize, &'a [u8])> {
        let (length, rest) = self.rest.split_first_chunk::<4>()?;
        Some((usize::try_from(i32::from_be_bytes(*length)).ok()?, rest))
    }

    fn element(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.length()?;
        let (element, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(element)
    }
}

/// An element, or that the bytes there are none.
impl<'a> Iterator for Elements<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let left = match self.left {
            Some(left) => left,
            None => match self.length() {
                Some((count, rest)) => {
                    self.rest = rest;
                    count.saturating_mul(self.each)
                }
                None => {
                    self.done = true;
                    return Some(None);
                }
            },
        };
        self.left = Some(left.saturating_sub(1));
        if left == 0 {
            self.done = true;
            // what follows the last element belongs to nothing
            return (!self.rest.is_empty()).then_some(None);
        }
        let element = self.element();
        self.done = element.is_none();
        Some(element)
    }
}

/// The class of an element by its place; `class` is a collection.
pub(crate) fn element_class(class: &Class, at: usize) -> Option<&Class> {
    match class {
        Class::List(element) | Class::Set(element) => Some(element),
        Class::Map(pair) => Some(&pair[at % 2]),
        _ => None,
    }
}

/// Appends a length or a count; `None` from 2 GiB on.
pub(crate) fn put_length(length: usize, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(&i32::try_from(length).ok()?.to_be_bytes());
    Some(())
}

/// Appends an element that `put` appends.
pub(crate) fn put_element<E>(
    out: &mut Vec<u8>,
    put: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<Option<()>, E> {
    let place = out.len();
    out.extend_from_slice(&[0; 4]);
    put(out)?;
    let Ok(length) = i32::try_from(out.len() - place - 4) else { return Ok(None) };
    out[place..place + 4].copy_from_slice(&length.to_be_bytes());
    Ok(Some(()))
}

//! A message's header, and the frame around it.

use thrift::protocol::TMessageType;

use super::DecodeError;
use super::cursor::Cursor;

const VERSION: u32 = 0x8001_0000;
const VERSION_MASK: u32 = 0xffff_0000;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A call that is answered.
    Call = 1,
    /// The answer, also where it is a declared exception.
    Reply = 2,
    /// A `TApplicationException`.
    Exception = 3,
    /// A call without an answer; Cassandra's interface has none.
    OneWay = 4,
}

impl From<TMessageType> for MessageKind {
    fn from(kind: TMessageType) -> Self {
        match kind {
            TMessageType::Call => Self::Call,
            TMessageType::Reply => Self::Reply,
            TMessageType::Exception => Self::Exception,
            TMessageType::OneWay => Self::OneWay,
        }
    }
}

impl From<MessageKind> for TMessageType {
    fn from(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Call => Self::Call,
            MessageKind::Reply => Self::Reply,
            MessageKind::Exception => Self::Exception,
            MessageKind::OneWay => Self::OneWay,
        }
    }
}

/// What stands before the body of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHeader<'a> {
    /// Call or answer.
    pub kind: MessageKind,
    /// The method's name.
    pub method: &'a str,
    /// The number that the caller gave; the answer repeats it.
    pub sequence: i32,
}

pub(crate) fn read_header<'a>(cursor: &mut Cursor<'a>) -> Result<MessageHeader<'a>, DecodeError> {
    let version = u32::from_be_bytes(cursor.array()?);
    if version & VERSION_MASK != VERSION {
        return Err(DecodeError::BadVersion(version));
    }
    let kind = match version & !VERSION_MASK {
        1 => MessageKind::Call,
        2 => MessageKind::Reply,
        3 => MessageKind::Exception,
        4 => MessageKind::OneWay,
        _ => return Err(DecodeError::BadVersion(version)),
    };
    Ok(MessageHeader { kind, method: cursor.text()?, sequence: cursor.i32()? })
}

pub(crate) fn write_header(out: &mut Vec<u8>, kind: MessageKind, method: &str, sequence: i32) {
    out.extend_from_slice(&(VERSION | kind as u32).to_be_bytes());
    out.extend_from_slice(&(method.len() as u32).to_be_bytes());
    out.extend_from_slice(method.as_bytes());
    out.extend_from_slice(&sequence.to_be_bytes());
}

/// The header and the body of a message (a frame without its four bytes of length).
///
/// ```
/// use cassa::wire::{DecodeError, decode, encode_call, methods, split_message};
///
/// let mut frame = Vec::new();
/// encode_call(&methods::Truncate { cfname: "Planes".to_owned() }, 7, &mut frame);
/// let (header, body) = split_message(&frame[4..])?;
/// assert_eq!((header.method, header.sequence), ("truncate", 7));
/// assert_eq!(decode::<methods::Truncate>(body)?.cfname, "Planes");
/// assert_eq!(split_message(b"GET / HTTP/1.1"), Err(DecodeError::BadVersion(0x4745_5420)));
/// # Ok::<(), DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] where the bytes do not start with a header of the strict binary protocol.
pub fn split_message(message: &[u8]) -> Result<(MessageHeader<'_>, &[u8]), DecodeError> {
    let mut cursor = Cursor::new(message);
    let header = read_header(&mut cursor)?;
    Ok((header, cursor.rest()))
}

/// Starts a frame at the end of `out`: room for its length, and the header. Gives the place for
/// [`end_message`].
///
/// ```
/// use cassa::wire::{MessageKind, begin_message, encode, end_message, methods, split_message};
///
/// let mut frame = Vec::new();
/// let start = begin_message(&mut frame, MessageKind::Call, "describe_version", 7);
/// encode(&methods::DescribeVersion {}, &mut frame);
/// end_message(&mut frame, start);
/// assert_eq!(frame[..4], (frame.len() as u32 - 4).to_be_bytes());
/// assert_eq!(split_message(&frame[4..])?.0.kind, MessageKind::Call);
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
pub fn begin_message(out: &mut Vec<u8>, kind: MessageKind, method: &str, sequence: i32) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    write_header(out, kind, method, sequence);
    start
}

/// Writes the length of the frame that [`begin_message`] started.
pub fn end_message(out: &mut [u8], start: usize) {
    // a frame over the limit, which is below 2 GiB, is refused before it is sent
    let n = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&n.to_be_bytes());
}

//! Calls and replies of any method, by its row of the table.

use thrift::protocol::{TFieldIdentifier, TInputProtocol, TOutputProtocol, TType};

use super::DecodeError;
use super::exception::{ApplicationErrorKind, Exception, ExceptionKind};
use super::field::{Field, Struct, encode, write_field};
use super::message::{MessageKind, begin_message, end_message, split_message};
use super::protocol::{FrameInput, FrameOutput};

/// A method: the struct of its arguments, with its name, its result, and what it throws.
///
/// ```
/// use cassa::wire::{Exception, decode_reply, encode_call, encode_reply, methods::SetKeyspace};
///
/// let (mut call, mut reply) = (Vec::new(), Vec::new());
/// encode_call(&SetKeyspace { keyspace: "Fleet".to_owned() }, 7, &mut call);
/// assert_eq!(cassa::wire::split_message(&call[4..])?.0.method, "set_keyspace");
/// let refused = Err(Exception::InvalidRequest("no keyspace Fleet".to_owned()));
/// encode_reply::<SetKeyspace>(&refused, 7, &mut reply);
/// assert_eq!(decode_reply::<SetKeyspace>(&reply[4..], 7)?, refused);
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
pub trait Method: Struct {
    /// The name on the wire.
    const METHOD: &'static str;
    /// What it gives.
    type Output: Field;
    /// The exceptions it declares; the first has field id 1.
    const THROWS: &'static [ExceptionKind];
}

/// Appends a call as a whole frame.
pub fn encode_call<M: Method>(call: &M, sequence: i32, out: &mut Vec<u8>) {
    let start = begin_message(out, MessageKind::Call, M::METHOD, sequence);
    encode(call, out);
    end_message(out, start);
}

/// The result of a reply (a frame without its four bytes of length).
///
/// # Errors
/// [`DecodeError`] where the frame is not a reply to this method and sequence number, or not well formed.
/// The inner result is what the server answered.
pub fn decode_reply<M: Method>(
    frame: &[u8],
    sequence: i32,
) -> Result<Result<M::Output, Exception>, DecodeError> {
    match reply_body(frame, M::METHOD, sequence)? {
        Ok(body) => Ok(read_result::<M>(body)?),
        Err(e) => Ok(Err(e)),
    }
}

/// The body of a reply to this call; the inner error is a `TApplicationException`.
pub(crate) fn reply_body<'a>(
    frame: &'a [u8],
    method: &'static str,
    sequence: i32,
) -> Result<Result<&'a [u8], Exception>, DecodeError> {
    let (header, body) = split_message(frame)?;
    if header.kind == MessageKind::Exception {
        return Ok(Err(Exception::read_application(&mut FrameInput::new(body))?));
    }
    if header.kind != MessageKind::Reply || header.method != method {
        return Err(DecodeError::WrongReply(
            method,
            format!("{:?} of {}", header.kind, header.method).into(),
        ));
    }
    if header.sequence != sequence {
        return Err(DecodeError::WrongSequence(sequence, header.sequence));
    }
    Ok(Ok(body))
}

fn read_result<M: Method>(body: &[u8]) -> thrift::Result<Result<M::Output, Exception>> {
    let mut input = FrameInput::new(body);
    let mut output = None;
    let mut exception = None;
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        let id = field.id.unwrap_or(0);
        let thrown = usize::try_from(id).ok().and_then(|id| M::THROWS.get(id.checked_sub(1)?));
        match (field.field_type, thrown) {
            (TType::Stop, _) => break,
            (kind, None) if id == 0 && kind == M::Output::TYPE => output = Some(Field::read(&mut input)?),
            (TType::Struct, Some(kind)) => exception = Some(Exception::read(*kind, &mut input)?),
            (other, _) => input.skip(other)?,
        }
    }
    Ok(match (exception, output.or_else(M::Output::absent)) {
        (Some(e), _) => Err(e),
        (None, Some(output)) => Ok(output),
        (None, None) => Err(missing_result(M::METHOD)),
    })
}

/// What a client makes of a reply that has neither a result nor an exception.
pub(crate) fn missing_result(method: &str) -> Exception {
    Exception::Application(
        ApplicationErrorKind::MissingResult,
        format!("{method}: the reply holds no result"),
    )
}

/// Appends a reply as a whole frame. An exception that the method does not declare goes out as a
/// `TApplicationException`.
pub fn encode_reply<M: Method>(result: &Result<M::Output, Exception>, sequence: i32, out: &mut Vec<u8>) {
    match result {
        Ok(output) => {
            let start = begin_message(out, MessageKind::Reply, M::METHOD, sequence);
            let mut protocol = FrameOutput(out);
            write_field(0, output, &mut protocol)
                .and_then(|()| protocol.write_field_stop())
                .expect("writing to a vector does not fail");
            end_message(out, start);
        }
        Err(e) => encode_exception(e, M::METHOD, M::THROWS, sequence, out),
    }
}

pub(crate) fn encode_exception(
    e: &Exception,
    method: &str,
    throws: &[ExceptionKind],
    sequence: i32,
    out: &mut Vec<u8>,
) {
    let declared = throws.iter().position(|kind| Some(*kind) == e.kind());
    let start = match declared {
        Some(_) => begin_message(out, MessageKind::Reply, method, sequence),
        None => begin_message(out, MessageKind::Exception, method, sequence),
    };
    let mut protocol = FrameOutput(out);
    let written = match (declared, e) {
        (Some(i), e) => protocol
            .write_field_begin(&TFieldIdentifier {
                name: None,
                field_type: TType::Struct,
                id: Some(i as i16 + 1),
            })
            .and_then(|()| e.write(&mut protocol))
            .and_then(|()| protocol.write_field_stop()),
        (None, Exception::Application(..)) => e.write(&mut protocol),
        (None, e) => {
            Exception::Application(ApplicationErrorKind::InternalError, e.to_string()).write(&mut protocol)
        }
    };
    written.expect("writing to a vector does not fail");
    end_message(out, start);
}

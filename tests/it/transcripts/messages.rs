//! Messages taken apart and put together.

use cassa::wire::{self, ApplicationErrorKind, Exception, Method, methods};

pub(super) fn arguments_of<M: Method>(request: &[u8]) -> M {
    let (_, body) = wire::split_message(request).expect("a message");
    wire::decode(body).expect("arguments")
}

/// A call as a message without its frame.
pub(super) fn message<M: Method>(call: &M) -> Vec<u8> {
    let mut frame = Vec::new();
    wire::encode_call(call, 1, &mut frame);
    frame.split_off(4)
}

pub(super) fn sequence_of(message: &[u8]) -> i32 {
    wire::split_message(message).expect("a message").0.sequence
}

/// The exception in a reply; the reply is read as one of `get`, as ids 1 to 4 throw alike.
pub(super) fn exception_of(method: &str, reply: &[u8]) -> Option<Exception> {
    let (header, body) = wire::split_message(reply).expect("a message");
    assert_eq!(header.method, method);
    if header.kind == wire::MessageKind::Exception {
        let exception: wire::ApplicationException = wire::decode(body).expect("an exception");
        let unknown = exception.number == Some(ApplicationErrorKind::UnknownMethod as i32);
        let kind = if unknown { ApplicationErrorKind::UnknownMethod } else { ApplicationErrorKind::Unknown };
        return Some(Exception::Application(kind, exception.message.unwrap_or_default()));
    }
    // every method that is refused by its arguments declares InvalidRequest first
    let mut renamed = Vec::new();
    let start = wire::begin_message(&mut renamed, wire::MessageKind::Reply, "truncate", 1);
    renamed.extend_from_slice(body);
    wire::end_message(&mut renamed, start);
    wire::decode_reply::<methods::Truncate>(&renamed[4..], 1).expect("a reply").err()
}

pub(super) fn is_ok(reply: Option<&[u8]>) -> bool {
    // the first field of a result has id 0, that of an exception its own; a void result ends at once
    reply.is_some_and(|reply| {
        let (header, body) = wire::split_message(reply).expect("a message");
        header.kind == wire::MessageKind::Reply && (body[0] == 0 || body[1..3] == [0, 0])
    })
}

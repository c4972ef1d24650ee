//! The Thrift messages of Cassandra's interface: types, calls, and a framed binary codec.
//!
//! Two mechanisms share one set of facts (Cassandra's interface version 19.39.0):
//!
//! * [`types`] and [`methods`]: every struct, exception and method as one row of a table, owned, on the
//!   protocol traits of the `thrift` crate. Client and server use the same rows.
//! * [`hot`]: the messages that carry cells, read and written in place, with nothing allocated for a column.
//!
//! Every length from the wire is checked against the bytes that are left before anything is read or
//! reserved, nesting is bounded, unknown fields are skipped, and absent optional fields are `None`.
//!
//! # Layout
//!
//! `error` → `cursor` → `message` → `protocol` → `field` → `types` → `exception` → `call` → `methods`; beside them
//! `frame` (the four bytes of length) and `hot`.

mod call;
mod cursor;
mod error;
mod exception;
mod field;
pub mod frame;
pub mod hot;
mod message;
pub mod methods;
mod protocol;
#[cfg(test)]
mod tests;
pub mod types;

#[cfg(feature = "embedded")]
pub(crate) use call::encode_exception;
pub use call::{Method, decode_reply, encode_call, encode_reply};
pub use cursor::Cursor;
pub use error::DecodeError;
pub use exception::{ApplicationErrorKind, ApplicationException, Exception, ExceptionKind};
pub use field::{Struct, decode, encode};
pub use message::{MessageHeader, MessageKind, begin_message, end_message, split_message};
pub use types::*;

/// The largest frame that a Cassandra server takes by default: 15 MiB
/// (`thrift_framed_transport_size_in_mb`).
pub const DEFAULT_MAX_FRAME: usize = 15 * 1024 * 1024;

/// How the embedded server begins to refuse a call whose reply would pass its limit; a client then asks for less.
pub(crate) const REPLY_TOO_LARGE: &str = "the reply would have more bytes than the server's limit";

//! What a server answers in place of a result.

use std::fmt;

use thrift::protocol::{TInputProtocol, TOutputProtocol};

use super::field::{Field, structs};
use super::types::{
    AuthenticationException, AuthorizationException, InvalidRequestException, NotFoundException,
    SchemaDisagreementException, TimedOutException, UnavailableException,
};

/// An answer that is not a result: an exception of the interface, or Thrift's own.
///
/// ```
/// use cassa::wire::{Exception, ExceptionKind, Method, methods::Insert};
///
/// let exception = Exception::InvalidRequest("empty column name".to_owned());
/// assert_eq!(exception.kind(), Some(ExceptionKind::InvalidRequest));
/// assert_eq!(exception.to_string(), "invalid request: empty column name");
/// assert!(Insert::THROWS.contains(&ExceptionKind::InvalidRequest));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Exception {
    /// `NotFoundException`
    NotFound,
    /// `InvalidRequestException`: why.
    InvalidRequest(String),
    /// `UnavailableException`
    Unavailable,
    /// `TimedOutException`
    TimedOut(TimedOutException),
    /// `AuthenticationException`: why.
    Authentication(String),
    /// `AuthorizationException`: why.
    Authorization(String),
    /// `SchemaDisagreementException`
    SchemaDisagreement,
    /// `TApplicationException`: the call did not reach the method, or the method failed in a way that the
    /// interface does not declare.
    Application(ApplicationErrorKind, String),
}

/// The exceptions that a method may declare.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExceptionKind {
    /// `NotFoundException`
    NotFound,
    /// `InvalidRequestException`
    InvalidRequest,
    /// `UnavailableException`
    Unavailable,
    /// `TimedOutException`
    TimedOut,
    /// `AuthenticationException`
    Authentication,
    /// `AuthorizationException`
    Authorization,
    /// `SchemaDisagreementException`
    SchemaDisagreement,
}

/// The kinds of a `TApplicationException`, with Thrift's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationErrorKind {
    /// No kind was given, or one that Thrift does not define.
    Unknown = 0,
    /// The server has no such method.
    UnknownMethod = 1,
    /// The message is neither call nor reply.
    InvalidMessageType = 2,
    /// A reply to another method.
    WrongMethodName = 3,
    /// A reply to another call.
    BadSequenceId = 4,
    /// The reply holds no result.
    MissingResult = 5,
    /// The method failed.
    InternalError = 6,
    /// The server could not read the message.
    ProtocolError = 7,
}

impl ApplicationErrorKind {
    fn from_number(number: Option<i32>) -> Self {
        match number {
            Some(1) => Self::UnknownMethod,
            Some(2) => Self::InvalidMessageType,
            Some(3) => Self::WrongMethodName,
            Some(4) => Self::BadSequenceId,
            Some(5) => Self::MissingResult,
            Some(6) => Self::InternalError,
            Some(7) => Self::ProtocolError,
            _ => Self::Unknown,
        }
    }
}

structs! {
    /// Thrift's own exception.
    ApplicationException {
        1 message: Option<String>,
        2 number: Option<i32>,
    }
}

impl Exception {
    /// The declared exception that this is; `None` for `TApplicationException`.
    pub fn kind(&self) -> Option<ExceptionKind> {
        Some(match self {
            Self::NotFound => ExceptionKind::NotFound,
            Self::InvalidRequest(_) => ExceptionKind::InvalidRequest,
            Self::Unavailable => ExceptionKind::Unavailable,
            Self::TimedOut(_) => ExceptionKind::TimedOut,
            Self::Authentication(_) => ExceptionKind::Authentication,
            Self::Authorization(_) => ExceptionKind::Authorization,
            Self::SchemaDisagreement => ExceptionKind::SchemaDisagreement,
            Self::Application(..) => return None,
        })
    }

    pub(crate) fn read<P: TInputProtocol>(kind: ExceptionKind, input: &mut P) -> thrift::Result<Self> {
        Ok(match kind {
            ExceptionKind::NotFound => NotFoundException::read(input).map(|_| Self::NotFound)?,
            ExceptionKind::InvalidRequest => Self::InvalidRequest(InvalidRequestException::read(input)?.why),
            ExceptionKind::Unavailable => UnavailableException::read(input).map(|_| Self::Unavailable)?,
            ExceptionKind::TimedOut => Self::TimedOut(TimedOutException::read(input)?),
            ExceptionKind::Authentication => Self::Authentication(AuthenticationException::read(input)?.why),
            ExceptionKind::Authorization => Self::Authorization(AuthorizationException::read(input)?.why),
            ExceptionKind::SchemaDisagreement => {
                SchemaDisagreementException::read(input).map(|_| Self::SchemaDisagreement)?
            }
        })
    }

    pub(crate) fn read_application<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        let e = ApplicationException::read(input)?;
        Ok(Self::Application(ApplicationErrorKind::from_number(e.number), e.message.unwrap_or_default()))
    }

    /// The struct alone, without a field around it.
    pub(crate) fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        match self {
            Self::NotFound => NotFoundException {}.write(output),
            Self::InvalidRequest(why) => InvalidRequestException { why: why.clone() }.write(output),
            Self::Unavailable => UnavailableException {}.write(output),
            Self::TimedOut(e) => e.write(output),
            Self::Authentication(why) => AuthenticationException { why: why.clone() }.write(output),
            Self::Authorization(why) => AuthorizationException { why: why.clone() }.write(output),
            Self::SchemaDisagreement => SchemaDisagreementException {}.write(output),
            Self::Application(kind, message) => {
                ApplicationException { message: Some(message.clone()), number: Some(*kind as i32) }
                    .write(output)
            }
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::InvalidRequest(why) => write!(f, "invalid request: {why}"),
            Self::Unavailable => f.write_str("too few replicas are up for the consistency level"),
            Self::TimedOut(_) => f.write_str("the replicas did not answer in time"),
            Self::Authentication(why) => write!(f, "login refused: {why}"),
            Self::Authorization(why) => write!(f, "not permitted: {why}"),
            Self::SchemaDisagreement => f.write_str("the nodes do not agree on the schema"),
            Self::Application(kind, message) => write!(f, "{kind:?}: {message}"),
        }
    }
}

impl std::error::Error for Exception {}

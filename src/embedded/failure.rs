//! Why a call fails.

use super::store::StoreError;
use crate::wire::Exception;

/// Either what the interface declares, or what happened below it.
#[derive(Debug)]
pub(crate) enum Failure {
    Exception(Exception),
    Store(StoreError),
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Failure {
        Failure::Exception(exception)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

/// An `InvalidRequestException`.
pub(crate) fn invalid(why: impl Into<String>) -> Failure {
    Failure::Exception(Exception::InvalidRequest(why.into()))
}

//! What may be tried again, and what may have taken effect.

use super::{Error, ServerFailure};
use crate::wire::REPLY_TOO_LARGE;

impl Error {
    /// Whether the same call may succeed on another server: it timed out, too few replicas were up, or the
    /// connection failed. A request that a server refuses is refused by all.
    ///
    /// It says nothing of whether the call may be *repeated*: a counter that was added to before the
    /// connection broke would be added to twice.
    ///
    /// ```
    /// use cassa::{Connection, ConnectionOptions, EmbeddedServer, SystemManager};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let error = Connection::open("127.0.0.1:1", &ConnectionOptions::default()).unwrap_err();
    /// assert!(error.is_retryable()); // nobody listens there
    /// let server = EmbeddedServer::start()?;
    /// let system = SystemManager::connect(server.addresses())?;
    /// assert!(!system.drop_keyspace("Fleet").unwrap_err().is_retryable()); // there is none
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::NoAnswer { .. }
                | Self::Io { .. }
                | Self::Protocol { .. }
                | Self::Unavailable { .. }
                | Self::TimedOut { .. }
        )
    }

    /// Whether it speaks against the server rather than the call: others will fare no better there.
    pub(crate) fn blames_server(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::NoAnswer { .. } | Self::Io { .. } | Self::Protocol { .. })
    }

    /// Whether a write that failed so may have taken effect all the same: the call was sent, and no answer came that
    /// says otherwise.
    pub(crate) fn may_have_written(&self) -> bool {
        let any =
            |failures: &[ServerFailure]| failures.iter().any(|failure| failure.cause.may_have_written());
        match self {
            Self::NoAnswer { .. }
            | Self::Io { .. }
            | Self::Protocol { .. }
            | Self::TimedOut { .. }
            | Self::Application { .. } => true,
            Self::FrameTooLarge { .. } => false, // a write's reply holds nothing
            Self::MaximumRetry { failures, .. } | Self::AllServersUnavailable(failures) => any(failures),
            Self::DeadlineExceeded { failures, .. } => failures.is_empty() || any(failures),
            _ => false,
        }
    }

    /// As `may_have_written`, of a batch of so many rows that is not atomic: a server checks and sends row by row, so that
    /// where too few replicas are up for one, those before it are written.
    pub(crate) fn may_have_written_some(&self, rows: usize) -> bool {
        let unavailable = |failure: &ServerFailure| matches!(failure.cause, Self::Unavailable { .. });
        let is_unavailable = match self {
            Self::Unavailable { .. } => true,
            Self::MaximumRetry { failures, .. } | Self::DeadlineExceeded { failures, .. } => {
                failures.iter().any(unavailable)
            }
            _ => false,
        };
        self.may_have_written() || rows > 1 && is_unavailable
    }

    /// Whether a batch that timed out is in the coordinator's batch log: it will be applied.
    pub(crate) fn is_in_batchlog(&self) -> bool {
        match self {
            Self::TimedOut { progress, .. } => progress.acknowledged_by_batchlog == Some(true),
            Self::MaximumRetry { failures, .. } | Self::DeadlineExceeded { failures, .. } => {
                failures.iter().any(|failure| failure.cause.is_in_batchlog())
            }
            _ => false,
        }
    }

    /// Whether the call itself was refused, here or by a server, so that it would be refused again.
    pub(crate) fn was_refused(&self) -> bool {
        !matches!(
            self,
            Self::Connect { .. }
                | Self::AllServersUnavailable(_)
                | Self::NoConnectionAvailable { .. }
                | Self::Unavailable { .. }
                | Self::MaximumRetry { .. }
                | Self::DeadlineExceeded { .. }
        ) && !self.may_have_written()
    }

    /// Whether a message was over the limit on frames, or a reply over the server's own, at the last attempt.
    pub(crate) fn is_too_large(&self) -> bool {
        match self {
            Self::FrameTooLarge { .. } => true,
            Self::InvalidRequest { why, .. } => why.starts_with(REPLY_TOO_LARGE),
            Self::MaximumRetry { failures, .. } => {
                failures.last().is_some_and(|failure| failure.cause.is_too_large())
            }
            _ => false,
        }
    }
}

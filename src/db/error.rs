//! What can go wrong at the database, as far as callers act differently on it.

/// An error of the database layer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too much waits already: try again in a moment (HTTP 503 with Retry-After).
    #[error("the write queue is full")]
    Busy,
    /// The database cannot be reached, or a commit failed; nothing of the work is stored.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A job's lease passed to another worker while this one was at it: what it did is rolled back.
    #[error("the lease of this job was lost")]
    LeaseLost,
    /// A stored value does not parse: the sentence says which.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// The engine refused a statement.
    #[error("the database refused a statement: {0}")]
    Engine(#[source] diesel::result::Error),
}

/// Two transactions that waited for each other are a matter of the moment, like a server that is away: whoever must store
/// something tries again.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind::SerializationFailure;
        match &error {
            diesel::result::Error::DatabaseError(SerializationFailure, said) => {
                Self::Unavailable(said.message().to_owned())
            }
            diesel::result::Error::DatabaseError(_, said) if said.message().starts_with("deadlock detected") => {
                Self::Unavailable(said.message().to_owned())
            }
            _ => Self::Engine(error),
        }
    }
}

/// Result of the database layer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A stored value of `what` that does not parse.
    pub fn corrupt(what: &str) -> Self {
        Self::Corrupt(what.to_owned())
    }

    /// A copy for each of several callers whose work failed together.
    pub(crate) fn echo(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::LeaseLost => Self::LeaseLost,
            Self::Unavailable(text) => Self::Unavailable(text.clone()),
            Self::Corrupt(text) => Self::Corrupt(text.clone()),
            Self::Engine(error) => Self::Unavailable(error.to_string()),
        }
    }
}

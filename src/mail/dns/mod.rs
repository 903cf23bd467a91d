//! What the world finds in the DNS about a sending domain: [`check()`] asks for DKIM, SPF, DMARC and the way back, says what is right, wrong or
//! missing and what to publish, and stores that, so that keys sign whose records stand; [`look_again`] does so regularly.
//!
//! Whom to ask is a setting (`dns.resolver`), else the machine's own resolvers. Every look asks anew, without a cache: who has just
//! published a record wants to know. A resolver that does not answer changes nothing that was known.

mod alignment;
mod ask;
mod check;
mod dkim;
mod dmarc;
mod mx;
mod report;
mod spf;
mod tags;

pub use alignment::{Alignment, Proof};
pub use ask::{Resolver, ResolverError};
pub use check::{check, look_again};
pub use report::{Report, Retired, State, known};

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a look at one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Right,
    /// Not there.
    Missing,
    /// There, and not as it should be.
    Wrong,
    /// The resolver gave no answer.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "right",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        })
    }
}

/// What a record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The public half of a key.
    Dkim,
    /// Who may send for the domain.
    Spf,
    /// Where answers to the envelope go.
    Mx,
    /// What receivers do with mail that neither proves.
    Dmarc,
}

impl Kind {
    /// The type of its record in the DNS.
    pub fn record_type(self) -> &'static str {
        match self {
            Self::Dkim | Self::Spf | Self::Dmarc => "TXT",
            Self::Mx => "MX",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dkim => "DKIM",
            Self::Spf => "SPF",
            Self::Mx => "MX",
            Self::Dmarc => "DMARC",
        })
    }
}

/// One record: what should stand there, what does, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is for.
    pub kind: Kind,
    /// Where it stands: a name in the DNS.
    pub name: String,
    /// The record to publish there: a text, or priority and host of an MX.
    pub publish: String,
    /// What stands there.
    pub found: Vec<String>,
    /// What that means.
    pub verdict: Verdict,
    /// The cause and what to do, in a sentence.
    pub detail: String,
}

/// What a resolver says about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer<T> {
    /// These records, at least one.
    Found(Vec<T>),
    /// There are none.
    Nothing,
    /// It did not answer, and why.
    Silent(String),
}

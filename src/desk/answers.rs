//! What came of a change, as the API says it. No rule and no request here.

use crate::merchants::settings::Flaw;
use crate::merchants::{Changed, Shop};
use crate::problem::{Code, Problem};

/// A field that is not accepted.
pub(super) fn flawed(flaw: Flaw) -> Problem {
    Problem::new(Code::InvalidField, flaw.detail).at(flaw.pointer)
}

/// The shop as it is now, or why it is not changed.
pub(super) fn changed(outcome: Changed) -> Result<Shop, Problem> {
    match outcome {
        Changed::Done(shop) | Changed::Unchanged(shop) => Ok(*shop),
        Changed::Refused(flaw) => Err(flawed(flaw)),
        Changed::NoShop | Changed::NoMerchant => Err(Problem::not_found("shop")),
        Changed::Raced => Err(Problem::new(
            Code::Conflict,
            "The settings were changed by another request at the same moment. Read them again and repeat the change.",
        )),
        Changed::DomainTaken => Err(Problem::new(Code::Conflict, "Another shop of this instance has this domain.")),
    }
}

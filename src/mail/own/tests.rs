//! What the parts of this folder do together: asks measured with the corpus, and proposals that are refused.

use super::*;
use crate::kernel::locale::Language;
use crate::mail::template::Templates;

mod corpus;
mod limits;
mod proposals;

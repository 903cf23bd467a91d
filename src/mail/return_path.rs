//! Makes a mail returnable: gives its envelope a sender of its own, with a signed part that names the message (VERP), and adds the marks
//! by which the provider of this instance names the message when it reports on it. Without the settings of `[returns]` nothing changes.
//!
//! The marks are headers that their provider takes out again; they are put before the rest, so that nothing that is signed moves.

use lettre::Address;

use crate::config::Returns;
use crate::context::Context;
use crate::kernel::id::MessageId;

use super::compose::Composed;

/// The member under which marks carry the message's id.
pub const MARK: &str = "attesta-message";

/// The same mail with the envelope sender and the marks that the settings ask for.
pub(super) fn returnable(ctx: &Context, mut mail: Composed) -> Composed {
    let returns = &ctx.config().returns;
    if let Some(sender) = sender(ctx, mail.id) {
        mail.from = sender;
    }
    let marks = marks(returns, mail.id);
    if !marks.is_empty() {
        mail.bytes.splice(0..0, marks.into_bytes());
    }
    mail
}

/// `returns+SIGNED@bounces.example`. Without a key of links nothing could be sent anyway: the mail keeps its plain sender.
fn sender(ctx: &Context, id: MessageId) -> Option<Address> {
    let mailbox = ctx.config().returns.mailbox.as_ref()?;
    let part = ctx.keyring().mint_return(id).ok()?;
    Address::new(format!("{}+{part}", mailbox.local_part()), mailbox.domain()).ok()
}

/// Postmark reports metadata, SendGrid unique arguments. SES and Mailgun report the envelope sender and the Message-ID.
fn marks(returns: &Returns, id: MessageId) -> String {
    let postmark = returns.postmark_login.is_some().then(|| format!("X-PM-Metadata-{MARK}: {id}\r\n"));
    let sendgrid =
        returns.sendgrid_key.is_some().then(|| format!("X-SMTPAPI: {{\"unique_args\":{{\"{MARK}\":\"{id}\"}}}}\r\n"));
    postmark.into_iter().chain(sendgrid).collect()
}

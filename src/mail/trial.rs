//! One mail sent to see what happens: composed in the shop's own words, made returnable and handed over by the code that carries every mail,
//! with each step noted. Nothing is stored, and nothing is tried again; should it come back, nobody knows it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::context::Context;
use crate::db;
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::locale::Language;
use crate::kernel::time::{HOUR, SECOND, Timestamp};

use super::compose::Composed;
use super::context::{Frame, MailContext, ShopFace, StarLinks};
use super::dialogue::{Class, Dialogue, Notes, Signature, Step, class, said_of};
use super::identity::{Identity, shown_name};
use super::letter::Mail;
use super::mailer::{Carrier, Mailer, NO_PUBLIC_URL};
use super::mask::masked;
use super::outcome::{Fault, Stage};
use super::own;
use super::pace::Progress;
use super::return_path;
use super::samples;

/// Trials of one shop in an hour.
pub const AN_HOUR: usize = 10;

impl Mailer {
    /// Sends this mail now, past queue, pace and holds, and tells every step.
    ///
    /// # Errors
    /// The database's, when the keys that sign and the shop's words are read.
    pub async fn try_out(&self, ctx: &Context, mail: &Mail) -> db::Result<Dialogue> {
        self.refresh_signing(ctx).await?;
        let (name, address) = self.shown_sender(&mail.identity, &mail.context.frame().shop.name);
        let domain = self.composer().author(&mail.identity).domain().to_owned();
        let signatures = self.selectors_of(&domain).into_iter();
        let mut dialogue = Dialogue {
            sent: false,
            server: self.route_name(),
            from: format!("\"{name}\" <{address}>"),
            signatures: signatures.map(|selector| Signature { domain: domain.clone(), selector }).collect(),
            steps: Vec::new(),
            cause: None,
            next: None,
        };
        let id: MessageId = ctx.ids().next();
        let (shop, template, language) = (mail.shop_id, mail.context.template(), mail.language);
        let kept = ctx.db().read(move |conn| own::current(conn, shop, template, language)).await?;
        let own = kept.map(|kept| kept.own).filter(|own| !own.is_empty());
        match self.composer().compose_own(mail, own.as_ref(), id, ctx.now()) {
            Ok(composed) => self.carry(&mut dialogue, &return_path::returnable(ctx, composed)).await,
            Err(fault) => dialogue.ends(&fault, class(&fault, None)),
        }
        Ok(dialogue)
    }

    /// Name and address in From, as they stand there now.
    pub fn shown_sender(&self, identity: &Identity, shop: &str) -> (String, String) {
        let author = self.composer().author(identity);
        let name = shown_name(identity, shop, &self.composer().sender().name);
        (name, format!("{}@{}", author.local_part(), author.domain()))
    }

    /// Whether a shop may send another trial.
    ///
    /// # Errors
    /// The seconds after which it may.
    pub fn allow_trial(&self, shop: ShopId, now: Timestamp) -> Result<(), u64> {
        self.trials.allow(shop, now)
    }

    async fn carry(&self, dialogue: &mut Dialogue, mail: &Composed) {
        let said = match dialogue.signatures.len() {
            0 => "not signed".to_owned(),
            1 => "signed with one key".to_owned(),
            several => format!("signed with {several} keys"),
        };
        dialogue.steps.push(Step { step: Stage::Compose.as_str(), said, heard: format!("{} bytes", mail.bytes.len()) });
        let carrier = match self.way_out() {
            Ok(carrier) => carrier,
            Err(NO_PUBLIC_URL) => return dialogue.means(Class::NoPublicUrl),
            Err(_no_server) => return dialogue.means(Class::NoServer),
        };
        let notes = Notes::default();
        let ended = match &carrier {
            Carrier::Smtp(smtp) => smtp.send_noting(mail, &notes).await,
            Carrier::File(_) | Carrier::Capture(_) => carrier.send(mail, &Progress::default()).await,
        };
        let (steps, broke) = notes.take();
        dialogue.steps.extend(steps);
        match (ended, carrier) {
            (Err(fault), _) => dialogue.ends(&fault, class(&fault, broke)),
            (Ok(_), Carrier::Smtp(_)) => dialogue.sent = true,
            (Ok(_), Carrier::File(_)) => dialogue.means(Class::Filed),
            (Ok(_), Carrier::Capture(_)) => dialogue.means(Class::Captured),
        }
    }
}

/// When each shop sent trials in the last hour, on this node since it started.
#[derive(Debug, Default)]
pub(super) struct Trials {
    sent: Mutex<HashMap<ShopId, Vec<Timestamp>>>,
}

impl Trials {
    fn allow(&self, shop: ShopId, now: Timestamp) -> Result<(), u64> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for times in sent.values_mut() {
            times.retain(|at| now.since(*at) < HOUR);
        }
        sent.retain(|_, times| !times.is_empty());
        let times = sent.entry(shop).or_default();
        match times.first() {
            Some(first) if times.len() >= AN_HOUR => {
                let wait = (HOUR - now.since(*first)).max(SECOND) / SECOND;
                Err(u64::try_from(wait).unwrap_or(1))
            }
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }
}

impl Dialogue {
    /// The last step is the one that failed, where that one was told itself.
    fn ends(&mut self, fault: &Fault, class: Class) {
        let (said, heard) = ("no further".to_owned(), said_of(fault));
        let told = self.steps.last().is_some_and(|step| step.heard == masked(&heard));
        if !told {
            self.steps.push(Step { step: fault.stage.as_str(), said, heard });
        }
        self.means(class);
    }

    fn means(&mut self, class: Class) {
        (self.cause, self.next) = (Some(class.cause()), Some(class.next()));
    }
}

/// What a trial says: the invitation of a test order, as it says itself, of this shop. Its links lead to the shop's profile.
pub fn sample(frame: &Frame, language: Language) -> Option<MailContext> {
    let all = samples::all().into_iter().find(|(name, _)| *name == "invitation")?.1;
    let mut context = all.into_iter().next()?;
    if let MailContext::Invitation(invitation) = &mut context {
        let url = frame.shop.profile_url.clone();
        invitation.frame = Frame { test: true, customer_name: None, ..frame.clone() };
        invitation.order.items = vec![word(language).to_owned()];
        invitation.order.more = 0;
        invitation.unsubscribe_url.clone_from(&url);
        let [form, one, two, three, four, five] = [(); 6].map(|()| url.clone());
        invitation.stars = StarLinks { form, one, two, three, four, five };
    }
    Some(context)
}

/// What was ordered in a trial.
fn word(language: Language) -> &'static str {
    match language {
        Language::It => "Messaggio di prova",
        Language::En => "Test message",
        Language::De => "Testnachricht",
        Language::Fr => "Message d’essai",
        Language::Es => "Mensaje de prueba",
    }
}

/// Who sends a trial where there is no shop yet: nobody through the instance, whose name then stands alone in From.
pub fn own_identity() -> Identity {
    Identity { name: Some(String::new()), address: None }
}

/// The frame of a trial where there is no shop yet: the instance itself.
pub fn own_frame(ctx: &Context, mailer: &Mailer) -> Frame {
    let host = ctx.links().base().host().to_owned();
    let profile_url = ctx.links().home();
    let shop = ShopFace { name: mailer.composer().sender().name.clone(), domain: host.clone(), profile_url };
    Frame { shop, customer_name: None, operator: host, test: true, privacy_url: ctx.links().privacy() }
}

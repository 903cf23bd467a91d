//! `attesta mail preview`: a shop's mails as a folder of pages to open in a browser. Every kind, language and case, and the last real orders
//! or reviews, on a phone and a desk, light and dark, and as text; beside them the versions there are, and what the last one changed.
//!
//! Each mail stands in a frame that may do nothing: no script runs, and no link leads away. Nothing is stored or sent. Names of customers
//! are in these files: on Unix the folder is readable by nobody else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::shop;
use super::super::shown::{Failure, Shown};
use super::{language, unwritable};
use crate::context::Context;
use crate::desk::templates::{self, Changed, Which};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::mail::own::{self, Flaw, MAILS, Own, Proposal, Sight};
use crate::mail::template::{Rendered, Templates};
use crate::mail::{MailContext, Mailer};
use crate::merchants::Shop;

/// Which mails, and where to write them.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// Whose mails: the id or domain of a shop.
    #[arg(long, value_name = "SHOP")]
    shop: String,
    /// The folder that they are written into.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Only this mail: `invitation`, `reminder`, `review_received`, `reply_notice`, `answer_shown` or `fresh_link`.
    #[arg(long, alias = "kind", value_name = "MAIL")]
    mail: Option<String>,
    /// The language: it, en, de, fr or es (default: the shop's).
    #[arg(long, alias = "lang", value_name = "LANGUAGE")]
    language: Option<String>,
    /// Only this case, such as `no_name`, `longest` or `order:1001` (default: all).
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// The words of this version; 0 are the house's own (default: those in use).
    #[arg(long, value_name = "NUMBER", conflicts_with = "draft", requires = "mail")]
    version: Option<i64>,
    /// Words that are not stored yet: a file with the body that the API takes.
    #[arg(long, value_name = "FILE", requires = "mail")]
    draft: Option<PathBuf>,
}

/// The ways to look at a mail.
const SIGHTS: [(&str, &str, Sight); 4] = [
    ("phone-light", "On a phone", Sight { phone: true, dark: false }),
    ("phone-dark", "On a phone, dark", Sight { phone: true, dark: true }),
    ("desktop-light", "On a desk", Sight { phone: false, dark: false }),
    ("desktop-dark", "On a desk, dark", Sight { phone: false, dark: true }),
];

const STYLE: &str = include_str!("pages/preview.css");
const INDEX: &str = include_str!("pages/preview.hbs");
const LOOK: &str = include_str!("pages/preview_case.hbs");

/// One mail with everything that is shown of it.
#[derive(Debug, Serialize)]
struct Shelf {
    mail: &'static str,
    language: Language,
    /// Which words are shown.
    shown: String,
    cases: Vec<Looked>,
    versions: Vec<Listed>,
    /// What the words shown change of those before them.
    compared: Option<String>,
    parts: Vec<Changed>,
}

/// A case as it was written out.
#[derive(Debug, Serialize)]
struct Looked {
    case: String,
    page: String,
    subject: String,
    html_bytes: usize,
}

#[derive(Debug, Serialize)]
struct Listed {
    version: i64,
    at: Timestamp,
}

/// Runs the command.
pub(super) fn run(ctx: &Context, mailer: &Mailer, asked: &Preview, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let shop = shop::find(ctx, &asked.shop)?;
    let language = asked.language.as_deref().map(language).transpose()?.unwrap_or(shop.locale.language());
    let mails = match asked.mail.as_deref() {
        None => MAILS.to_vec(),
        Some(name) => vec![own::is_mail(name).ok_or_else(|| unknown_mail(name))?],
    };
    let folder = Folder::open(&asked.out)?;
    let (mut shelves, mut known) = (Vec::new(), Vec::new());
    for mail in mails {
        let which = Which { mail, language };
        let chosen = choose(ctx, &shop, which, asked)?;
        if asked.draft.is_some() {
            check(mailer.composer().templates(), &shop, which, &chosen.own)?;
        }
        let all = contexts(ctx, &shop, mail)?;
        let wanted =
            all.iter().enumerate().filter(|(_, (name, _))| asked.case.as_ref().is_none_or(|only| only == name));
        let mut cases = Vec::new();
        for (number, (name, context)) in wanted {
            let written = Case { which, own: &chosen.own, domain: shop.domain.as_str(), number, name, context };
            cases.push(written.write(mailer, &folder)?);
        }
        known.extend(all.into_iter().map(|(name, _)| name).filter(|name| !known.contains(name)).collect::<Vec<_>>());
        let Chosen { shown, versions, compared, parts, .. } = chosen;
        shelves.push(Shelf { mail, language, shown, cases, versions, compared, parts });
    }
    if let Some(only) = asked.case.as_ref().filter(|_| shelves.iter().all(|shelf| shelf.cases.is_empty())) {
        return Err(Failure::usage(format!("--case: {only} is none of {}.", known.join(", "))));
    }
    folder.write("preview.css", STYLE)?;
    let facts = json!({ "shop": shop.domain, "name": shop.name, "mails": shelves });
    folder.page("index.html", INDEX, &facts)?;
    let index = asked.out.join("index.html");
    let text = format!("Open {}. It names customers: delete the folder when it was looked at.", index.display());
    shown.say(&json!({ "index": index, "mails": shelves }), &text)
}

fn unknown_mail(name: &str) -> Failure {
    Failure::usage(format!("--mail: {name} is no mail whose words a shop may change; these are {}.", MAILS.join(", ")))
}

/// The words to show, and what is told of them.
struct Chosen {
    own: Own,
    shown: String,
    versions: Vec<Listed>,
    compared: Option<String>,
    parts: Vec<Changed>,
}

fn choose(ctx: &Context, shop: &Shop, which: Which, asked: &Preview) -> Result<Chosen, Failure> {
    let draft = asked.draft.as_deref().map(read_draft).transpose()?;
    let (now, kept) = ctx.db().read_now(|conn| {
        let now = templates::read(conn, shop.id, which, asked.version)?;
        Ok((now, own::versions(conn, shop.id, which.mail, which.language)?))
    })?;
    let now = now.ok_or_else(|| Failure::new("There is no such version of this mail."))?;
    let versions = kept.iter().map(|kept| Listed { version: kept.version, at: kept.at }).collect();
    let before = kept.iter().find(|kept| kept.version < now.version);
    let (own, shown, compared, older) = if let Some(draft) = draft {
        (draft, "a draft".to_owned(), Some(version_name(now.version)), now.own)
    } else {
        let older = before.map(|kept| kept.own.clone()).unwrap_or_default();
        let compared = (now.version > 0).then(|| version_name(before.map_or(0, |kept| kept.version)));
        (now.own, version_name(now.version), compared, older)
    };
    let parts = templates::difference(which, &older, &own);
    Ok(Chosen { own, shown, versions, compared, parts })
}

fn version_name(version: i64) -> String {
    if version == 0 { "the house's own words".to_owned() } else { format!("version {version}") }
}

fn read_draft(file: &Path) -> Result<Own, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}.", file.display())))?;
    let own: Own = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{} is not what the API takes: {error}.", file.display())))?;
    Ok(own.tidied())
}

/// A draft is checked as if it were to be stored.
fn check(templates: &Templates, shop: &Shop, which: Which, own: &Own) -> Result<(), Failure> {
    let Which { mail, language } = which;
    let said = |flaw: Flaw| {
        let case = flaw.case.map(|case| format!(" (case {case})")).unwrap_or_default();
        Failure::new(format!("The draft would be refused: {flaw}{case}"))
    };
    own::check(templates, Proposal { mail, language, domain: shop.domain.as_str(), own }).map_err(said)
}

/// Every case of a mail, and the last real ones.
fn contexts(ctx: &Context, shop: &Shop, mail: &str) -> Result<Vec<(String, MailContext)>, Failure> {
    let last = ctx.db().read_now(|conn| templates::last(conn, ctx, shop, mail))?;
    Ok(own::preview_cases(mail, &templates::place(ctx, shop), &last))
}

/// One case to write out.
struct Case<'a> {
    which: Which,
    own: &'a Own,
    domain: &'a str,
    number: usize,
    name: &'a str,
    context: &'a MailContext,
}

impl Case<'_> {
    /// Whatever stands in an order's number, no file is called by it.
    fn file(&self) -> String {
        let Which { mail, language } = self.which;
        let name = match self.name.split_once(':') {
            Some((kind, _)) => format!("{kind}-{}", self.number),
            None => self.name.to_owned(),
        };
        format!("{mail}.{language}.{name}")
    }

    fn seen(&self, mailer: &Mailer, sight: Sight) -> Result<Rendered, Failure> {
        let seen =
            own::preview(mailer.composer().templates(), self.which.language, self.context, Some(self.own), sight);
        seen.map_err(|fault| Failure::new(fault.to_string()))
    }

    fn write(&self, mailer: &Mailer, folder: &Folder) -> Result<Looked, Failure> {
        let file = self.file();
        let mut frames = Vec::new();
        for (suffix, title, sight) in SIGHTS {
            let frame = format!("{file}.{suffix}.html");
            folder.write(&frame, &self.seen(mailer, sight)?.html)?;
            frames.push(json!({ "title": title, "file": frame, "phone": sight.phone }));
        }
        let mail = self.seen(mailer, Sight::default())?;
        folder.write(&format!("{file}.txt"), &format!("{}\n\n{}", mail.subject, mail.text))?;
        let page = format!("{file}.html");
        let facts = json!({
            "mail": self.which.mail, "language": self.which.language, "case": self.name, "frames": frames,
            "subject": mail.subject, "text": mail.text, "loads": own::loads(self.own, self.domain),
        });
        folder.page(&page, LOOK, &facts)?;
        Ok(Looked { case: self.name.to_owned(), page, subject: mail.subject, html_bytes: mail.html.len() })
    }
}

/// Where the pages go.
struct Folder(PathBuf);

impl Folder {
    fn open(path: &Path) -> Result<Self, Failure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|error: io::Error| unwritable(path, &error))?;
        Ok(Self(path.to_owned()))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let file = self.0.join(name);
        fs::write(&file, text).map_err(|error| unwritable(&file, &error))
    }

    /// A page of ours: strict, and everything escaped.
    fn page(&self, name: &str, source: &str, facts: &Value) -> Result<(), Failure> {
        let mut registry = handlebars::Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::html_escape);
        let page = registry.render_template(source, facts).map_err(|error| Failure::new(error.to_string()))?;
        self.write(name, &page)
    }
}

//! Turns a typed context into subject, text and HTML, in strict mode: a variable that is not there is an error, also inside `if`.
//! Every template of every locale is rendered with every sample when the service starts; a fault names file, line and column and stops the start.
//! Two registries a locale: subject and text are written as they are, HTML is escaped. Nothing here reads files at run time.

pub(super) mod dress;
mod files;
mod lines;
pub(super) mod markup;
mod prose;
mod speech;
mod strict;
#[cfg(test)]
mod wording;

use std::collections::BTreeMap;
use std::fmt;

use handlebars::{Handlebars, RenderError, TemplateError};
use serde_json::Value;

use super::context::MailContext;
use super::own::{Bounded, Flaw, Own, Said};
use super::samples;
use crate::kernel::locale::Language;
use dress::Dress;
use files::{LOCALES, LocaleFiles, SHARED};

/// One mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without line breaks.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// A template that does not parse or does not render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    /// The file, from the top of the source tree.
    pub file: String,
    /// Line, from 1, where known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for TemplateFault {}

/// Every fault found at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFaults(pub Vec<TemplateFault>);

impl fmt::Display for TemplateFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(TemplateFault::to_string).collect();
        write!(f, "{}", lines.join("\n"))
    }
}

impl std::error::Error for TemplateFaults {}

/// Plain and HTML templates of one locale.
pub(super) struct LocaleSet {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

impl LocaleSet {
    /// Renders a shop's text, which was checked before: it knows helpers, but no partial can be in it.
    pub(super) fn render_text(&self, source: &str, variables: &Value, html: bool) -> Result<Bounded, RenderError> {
        let registry = if html { &self.html } else { &self.plain };
        let mut out = Bounded::default();
        registry.render_template_to_write(source, variables, &mut out)?;
        Ok(out)
    }
}

/// What the house says where a shop may say something else.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct House {
    /// `subject.hbs`
    pub(crate) subject: String,
    /// The heading of the HTML part.
    pub(crate) heading: String,
    /// What mail programs show beside the subject.
    pub(crate) preheader: String,
    /// The opening of the text part.
    pub(crate) text: String,
    /// The opening of the HTML part.
    pub(crate) html: String,
}

/// Where the part of a mail begins that a shop may replace.
const OPENING: &str = "{{#prose \"opening\"}}";
/// Where it ends.
const END: &str = "{{/prose}}";

/// What stands between two marks; nothing where they are not there.
fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(inside, _)| inside)
}

fn put(variables: &mut Value, name: &str, value: Value) {
    if let Some(all) = variables.as_object_mut() {
        all.insert(name.to_owned(), value);
    }
}

/// All templates, parsed and checked.
pub struct Templates {
    locales: BTreeMap<&'static str, LocaleSet>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").field("locales", &self.locales.keys()).finish()
    }
}

impl Templates {
    /// Parses the embedded templates and renders each with every sample.
    pub fn load() -> Result<Self, TemplateFaults> {
        Self::from_files(LOCALES)
    }

    /// The locales there are, by folder name.
    pub fn locales(&self) -> impl Iterator<Item = &'static str> {
        self.locales.keys().copied()
    }

    /// Renders one mail in the house's own words. A locale without a folder is a fault, not a fallback: the caller has chosen among
    /// [`Templates::locales`].
    pub fn render(&self, locale: &str, context: &MailContext) -> Result<Rendered, TemplateFault> {
        self.render_own(locale, context, None)
    }

    /// The same with what a shop changed of it.
    pub(super) fn render_own(
        &self,
        locale: &str,
        context: &MailContext,
        own: Option<&Own>,
    ) -> Result<Rendered, TemplateFault> {
        let mail = context.template();
        let place = || format!("{locale}/{mail}");
        let set = self.set(locale).ok_or_else(|| fault(&place(), None, "there is no such locale"))?;
        let unserialisable = |e: serde_json::Error| fault(&place(), None, &format!("context does not serialise: {e}"));
        let mut variables = context.variables().map_err(unserialisable)?;
        let said = match own {
            Some(own) => own.say(set, context, &variables).map_err(|flaw| fault(&place(), None, &flaw.to_string()))?,
            None => Said::default(),
        };
        let look = own.map_or_else(Dress::default, |own| own.dress(&context.frame().shop.domain));
        put(&mut variables, "look", serde_json::to_value(look).map_err(unserialisable)?);
        put(&mut variables, "own", said.text());
        let subject = match &said.subject {
            Some(subject) => one_line(subject),
            None => one_line(&part(&set.plain, locale, mail, "subject", &variables)?),
        };
        let text = part(&set.plain, locale, mail, "text", &variables)?;
        put(&mut variables, "own", said.html());
        Ok(Rendered { subject, text, html: part(&set.html, locale, mail, "html", &variables)? })
    }

    /// Only what the shop says, to find where it fails.
    pub(super) fn try_own(&self, locale: &str, context: &MailContext, own: &Own) -> Result<Said, Flaw> {
        let set = self.set(locale).ok_or_else(|| Flaw::language(locale))?;
        let variables = context.variables().unwrap_or_default();
        own.say(set, context, &variables)
    }

    /// The same flaw with the place in the shop's words that it comes from.
    pub(super) fn placed(&self, locale: &str, context: &MailContext, (own, flaw): (&Own, Flaw)) -> Flaw {
        match (self.set(locale), context.variables()) {
            (Some(set), Ok(variables)) => own.placed(flaw, set, context.template(), &variables),
            _ => flaw,
        }
    }

    fn set(&self, locale: &str) -> Option<&LocaleSet> {
        self.locales.get(locale)
    }

    /// What the house itself says in the parts that a shop may change, as a shop would write it.
    pub(crate) fn house(locale: &str, mail: &str) -> Option<House> {
        let locale = LOCALES.iter().find(|files| files.tag == locale)?;
        let files = locale.mails.iter().find(|files| files.name == mail)?;
        Some(House {
            subject: files.subject.trim_end().to_owned(),
            heading: between(files.html, "title=\"", "\"").to_owned(),
            preheader: between(files.html, "{{#*inline \"preheader\"}}", "{{/inline}}").to_owned(),
            text: between(files.text, OPENING, END).trim().to_owned(),
            html: between(files.html, OPENING, END).trim().to_owned(),
        })
    }

    fn from_files(files: &[LocaleFiles]) -> Result<Self, TemplateFaults> {
        let mut faults = Vec::new();
        let mut locales = BTreeMap::new();
        for locale in files {
            match parse(locale) {
                Ok(set) => {
                    locales.insert(locale.tag, set);
                }
                Err(found) => faults.push(found),
            }
        }
        let templates = Self { locales };
        for locale in templates.locales() {
            faults.extend(templates.check(locale));
        }
        if faults.is_empty() { Ok(templates) } else { Err(TemplateFaults(faults)) }
    }

    /// The first fault of each mail of a locale.
    fn check(&self, locale: &str) -> Vec<TemplateFault> {
        samples::all()
            .iter()
            .filter_map(|(_, contexts)| contexts.iter().find_map(|context| self.render(locale, context).err()))
            .collect()
    }
}

fn parse(files: &LocaleFiles) -> Result<LocaleSet, TemplateFault> {
    let mut set =
        LocaleSet { plain: strict::registry(handlebars::no_escape), html: strict::registry(handlebars::html_escape) };
    let language = Language::parse(files.tag).map_err(|error| fault(files.tag, None, &error.to_string()))?;
    for (registry, html) in [(&mut set.plain, false), (&mut set.html, true)] {
        speech::add(registry, language);
        prose::add(registry, html);
        lines::add(registry, html);
    }
    add(&mut set.html, "layout", "layout", files.layout)?;
    for (name, source) in SHARED {
        add(&mut set.html, name, name, source)?;
    }
    for mail in files.mails {
        let path = |part: &str| format!("{}/{}/{part}", files.tag, mail.name);
        add(&mut set.plain, &path("subject"), &path("subject"), mail.subject)?;
        add(&mut set.plain, &path("text"), &path("text"), mail.text)?;
        add(&mut set.html, &path("html"), &path("html"), mail.html)?;
    }
    Ok(set)
}

fn add(registry: &mut Handlebars<'static>, name: &str, path: &str, source: &str) -> Result<(), TemplateFault> {
    registry.register_template_string(name, source).map_err(|e| parse_fault(path, &e))
}

fn part(
    registry: &Handlebars<'_>,
    locale: &str,
    mail: &str,
    part: &str,
    variables: &Value,
) -> Result<String, TemplateFault> {
    let path = format!("{locale}/{mail}/{part}");
    registry.render(&path, variables).map_err(|e| render_fault(&path, &e))
}

fn parse_fault(path: &str, error: &TemplateError) -> TemplateFault {
    fault(path, error.pos().map(|(line, _)| line), &error.reason().to_string())
}

fn render_fault(path: &str, error: &RenderError) -> TemplateFault {
    // A fault inside a partial carries the partial's own name.
    let at = match error.template_name.as_deref() {
        Some("layout") => "layout".to_owned(),
        Some(name) if SHARED.iter().any(|(shared, _)| *shared == name) => name.to_owned(),
        Some(name) => name.to_owned(),
        None => path.to_owned(),
    };
    fault(&at, error.line_no, &error.reason().to_string())
}

fn fault(path: &str, line: Option<usize>, message: &str) -> TemplateFault {
    TemplateFault { file: format!("email_templates/{path}.hbs"), line, message: message.to_owned() }
}

/// A subject is one line whatever stands in its variables. Blanks that must not break stay what they are.
fn one_line(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::own::{Overrun, overrun};
    use files::MailFiles;

    #[test]
    fn every_template_renders_with_every_sample() {
        let templates = Templates::load().unwrap();
        assert_eq!(templates.locales().collect::<Vec<_>>(), ["de", "en", "es", "fr", "it"]);
    }

    #[test]
    fn every_file_in_the_tree_is_embedded() {
        let mut on_disk: Vec<std::path::PathBuf> = Vec::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("email_templates");
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let list = if path.is_dir() { &mut folders } else { &mut on_disk };
                list.push(path);
            }
        }
        let parts: usize = LOCALES.iter().map(|locale| locale.mails.len() * 3).sum();
        assert_eq!(on_disk.len(), parts + 1 + SHARED.len(), "{on_disk:?}");
        for locale in LOCALES {
            let embedded: Vec<_> = locale.mails.iter().map(|mail| mail.name).collect();
            let known: Vec<_> = samples::all().iter().map(|(name, _)| *name).collect();
            assert_eq!(embedded, known, "{}", locale.tag);
        }
    }

    /// The embedded locale with one part of the invitation replaced.
    fn with(replace: impl Fn(&mut MailFiles)) -> Result<Templates, TemplateFaults> {
        let mut mails: Vec<MailFiles> = LOCALES[0].mails.to_vec();
        replace(&mut mails[0]);
        let files = LocaleFiles { tag: "it", layout: LOCALES[0].layout, mails: &mails };
        Templates::from_files(&[files])
    }

    #[test]
    fn a_missing_variable_stops_the_start() {
        let texts = [
            "one\n{{nobody}}",
            "one\n{{shop.nobody}}",
            "one\n{{#if nobody}}x{{/if}}",
            "one\n{{#unless shop.nobody}}x{{/unless}}",
            "one\n{{#if (eq nobody 1)}}x{{/if}}",
            "one\n{{#if customer_name}}x{{else if nobody}}y{{/if}}",
            "one\n{{#if customer_name}}x{{else}}{{nobody}}{{/if}}",
            "one\n{{#each nobody}}x{{/each}}",
            "one\n{{#with nobody}}x{{/with}}",
            "one\n{{date nobody}}",
            "one\n{{date customer_name}}",
            "one\n{{plural order.more one=\"#\"}}",
            "one\n{{> nobody}}",
            "one\n{{nobody \"x\"}}",
        ];
        for text in texts {
            let faults = with(|mail| mail.text = text).unwrap_err().0;
            assert_eq!(faults.len(), 1, "{text}");
            assert!(faults[0].file.starts_with("email_templates/it/"), "{text}: {}", faults[0]);
            if faults[0].file.ends_with("invitation/text.hbs") {
                assert_eq!(faults[0].line, Some(2), "{text}: {}", faults[0]);
            }
        }
    }

    #[test]
    fn a_template_that_does_not_parse_stops_the_start() {
        let faults = with(|mail| mail.html = "one\ntwo {{#if test}}").unwrap_err().0;
        assert_eq!(faults[0].file, "email_templates/it/invitation/html.hbs");
        assert!(faults[0].line.is_some(), "{}", faults[0]);
    }

    fn check(locale: &str, context: &MailContext, mail: &Rendered) {
        let both = format!("{locale} {}\n{}\n{}", context.template(), mail.text, mail.html);
        assert!(mail.text.contains("L'Orto & Figli"), "{both}");
        assert!(mail.html.contains("L&#x27;Orto &amp; Figli"), "{both}");
        assert!(!mail.html.contains("<bio>") && !mail.html.contains("&amp;amp;"), "{both}");
        assert!(!mail.text.contains("&amp;") && !mail.text.contains("{{"), "{both}");
        let url = context.unsubscribe_url().unwrap_or_default();
        assert!(mail.text.contains(url) && mail.html.contains(url), "{both}");
        assert!(!mail.subject.contains('\n') && !mail.subject.is_empty(), "{}", mail.subject);
    }

    /// What the grammar of a shop's words never lets through: the engine itself comes to an end.
    #[test]
    fn whatever_is_rendered_for_a_shop_comes_to_an_end() {
        let templates = Templates::load().unwrap();
        let set = templates.set("it").unwrap();
        let items: Vec<String> = (0..12).map(|n| format!("Articolo {n}")).collect();
        let variables = serde_json::json!({ "items": items });
        let (open, close) = ("{{#each @root/items}}".repeat(3), "{{/each}}".repeat(3));
        let deep = |inner: &str| format!("{open}{inner}{close}");
        for html in [false, true] {
            let many = set.render_text(&deep(&"{{this}}{{@index}}".repeat(400)), &variables, html);
            assert_eq!(many.err().as_ref().and_then(overrun), Some(Overrun::Bytes));
            let short = set.render_text(&deep(&"{{@index}}".repeat(780)), &variables, html);
            assert_eq!(short.err().as_ref().and_then(overrun), Some(Overrun::Writes));
            let few = set.render_text(&deep("."), &variables, html);
            assert_eq!(few.unwrap().into_text().len(), 12 * 12 * 12);
        }
    }

    #[test]
    fn text_is_written_as_it_is_and_html_is_escaped() {
        let templates = Templates::load().unwrap();
        for locale in templates.locales() {
            for context in samples::all().iter().flat_map(|(_, contexts)| contexts) {
                check(locale, context, &templates.render(locale, context).unwrap());
            }
        }
    }

    #[test]
    fn every_language_has_its_folder() {
        let templates = Templates::load().unwrap();
        let mut languages: Vec<_> = Language::ALL.iter().map(|language| language.tag()).collect();
        languages.sort_unstable();
        assert_eq!(templates.locales().collect::<Vec<_>>(), languages);
    }
}

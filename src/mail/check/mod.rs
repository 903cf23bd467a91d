//! Looks over what mails look like before anybody gets one: every mail in every language with all its samples, its size, pictures
//! without words, links that lead elsewhere, and what mail programs drop ([`drops`]). [`judge`] does it for one rendered mail,
//! [`of_shop`] for what a shop changed.

mod drops;
mod home;
mod html;
mod shops;

use std::collections::BTreeSet;

use serde::Serialize;

use super::compose::Composer;
use super::own;
use super::samples;
use super::template::Rendered;
use crate::links::Base;

pub(crate) use shops::of_shop;

/// Largest HTML part, in bytes: far below where Gmail cuts a mail off (102 KB).
pub const HTML_MAX: usize = 60 * 1024;

/// One thing about a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Remark {
    /// A fault must be mended; the others are borne: the mail is whole without what is dropped.
    pub fault: bool,
    /// What it is.
    pub what: String,
    /// Who drops it, where it is something that is dropped.
    pub dropped_by: Option<&'static str>,
}

/// One mail in one language, over all its samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// The shop whose words these are, by its domain; the house's own where there is none.
    pub shop: Option<String>,
    /// Which version of the shop's words.
    pub version: Option<i64>,
    /// Which mail.
    pub mail: &'static str,
    /// The language.
    pub language: String,
    /// Samples rendered.
    pub samples: usize,
    /// Bytes of the largest HTML part.
    pub html_bytes: usize,
    /// Bytes of the largest text part.
    pub text_bytes: usize,
    /// What is to be said about it, each once.
    pub remarks: Vec<Remark>,
}

impl Looked {
    fn of(mail: &'static str, language: &str) -> Self {
        Self {
            shop: None,
            version: None,
            mail,
            language: language.to_owned(),
            samples: 0,
            html_bytes: 0,
            text_bytes: 0,
            remarks: Vec::new(),
        }
    }

    /// One more sample as it came out.
    fn saw(&mut self, rendered: &Rendered, homes: Homes<'_>, remarks: &mut BTreeSet<Remark>) {
        self.html_bytes = self.html_bytes.max(rendered.html.len());
        self.text_bytes = self.text_bytes.max(rendered.text.len());
        remarks.extend(judge(rendered, &self.language, homes));
    }

    /// Whether nothing must be mended.
    pub fn is_good(&self) -> bool {
        self.remarks.iter().all(|remark| !remark.fault)
    }
}

/// Where the links of a mail may lead.
#[derive(Clone, Copy, Debug)]
pub struct Homes<'a> {
    /// What every address of the instance begins with.
    base: &'a str,
    /// The domain of a shop that wrote links of its own.
    shop: Option<&'a str>,
}

impl<'a> Homes<'a> {
    /// Nowhere but below the base.
    fn of(base: &'a str) -> Self {
        Self { base, shop: None }
    }

    /// Below the base, to the shop, within the mail, or a mail to somebody.
    fn hold(self, link: &str) -> bool {
        let below =
            link.strip_prefix(self.base).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        let to_shop = || self.shop.is_some_and(|domain| own::leads_to(link, domain));
        below || link.starts_with('#') || link.starts_with("mailto:") || link.starts_with("cid:") || to_shop()
    }
}

/// One sample as it came out.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Which mail.
    pub mail: &'static str,
    /// In which language.
    pub language: &'a str,
    /// Its number among the samples of this mail, from 1.
    pub number: usize,
    /// What a mail program would get.
    pub rendered: &'a Rendered,
}

/// Every mail of the house in every language, as an instance at this base sends it; `show` sees each sample.
pub fn all(composer: &Composer, base: Option<&Base>, show: &mut dyn FnMut(Sample<'_>)) -> Vec<Looked> {
    let templates = composer.templates();
    let mut looked = Vec::new();
    for (mail, contexts) in samples::all() {
        let contexts: Vec<_> = contexts.into_iter().map(|context| home::moved(context, base)).collect();
        for language in templates.locales() {
            let mut one = Looked::of(mail, language);
            let mut remarks = BTreeSet::new();
            for context in &contexts {
                let homes = Homes::of(base_of(&context.frame().shop.profile_url));
                match templates.render(language, context) {
                    Ok(rendered) => {
                        one.saw(&rendered, homes, &mut remarks);
                        show(Sample { mail, language, number: one.samples + 1, rendered: &rendered });
                    }
                    Err(broken) => {
                        remarks.insert(fault(broken.to_string()));
                    }
                }
                one.samples += 1;
            }
            one.remarks = remarks.into_iter().collect();
            looked.push(one);
        }
    }
    looked
}

/// Where the links of a sample lead: what stands before a profile's path.
fn base_of(profile_url: &str) -> &str {
    profile_url.split_once("/shops/").map_or(profile_url, |(base, _)| base)
}

fn fault(what: String) -> Remark {
    Remark { fault: true, what, dropped_by: None }
}

/// What is to be said about one rendered mail.
pub fn judge(mail: &Rendered, language: &str, homes: Homes<'_>) -> Vec<Remark> {
    let (tags, sheets) = html::take_apart(&mail.html);
    let mut remarks = Vec::new();
    if mail.html.len() > HTML_MAX {
        remarks.push(fault(format!("the HTML has {} bytes, more than {HTML_MAX}", mail.html.len())));
    }
    if mail.subject.trim().is_empty() || mail.text.trim().is_empty() {
        remarks.push(fault("subject or text is empty".to_owned()));
    }
    let lang = tags.iter().find(|tag| tag.name == "html").and_then(|tag| tag.get("lang"));
    if lang.is_none_or(|lang| lang.split('-').next() != Some(language)) {
        remarks.push(fault(format!("the language is not given: <html lang=\"{language}\">")));
    }
    for image in tags.iter().filter(|tag| tag.name == "img" && tag.get("alt").is_none()) {
        remarks.push(fault(format!("a picture has no alt: {}", image.get("src").unwrap_or("?"))));
    }
    let links = tags.iter().flat_map(|tag| [tag.get("href"), tag.get("src"), tag.get("background")]).flatten();
    let in_text = mail.text.split(|letter: char| letter.is_whitespace() || "<>()\"".contains(letter));
    let in_text = in_text.filter(|word| word.starts_with("http://") || word.starts_with("https://"));
    for link in links.chain(in_text).filter(|link| !homes.hold(link)) {
        remarks.push(fault(format!("a link leads elsewhere: {link}")));
    }
    remarks.extend(drops::found(&tags, &sheets).into_iter().map(|drop| Remark {
        fault: !drop.borne,
        what: drop.what(),
        dropped_by: Some(drop.by),
    }));
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailContext;
    use crate::mail::template::Templates;

    fn judged(html: &str, text: &str) -> Vec<String> {
        let mail = Rendered { subject: "s".to_owned(), text: text.to_owned(), html: html.to_owned() };
        judge(&mail, "it", Homes::of("https://r.example/a"))
            .into_iter()
            .filter(|remark| remark.fault)
            .map(|remark| remark.what)
            .collect()
    }

    const HEAD: &str = "<html lang=\"it\">";

    #[test]
    fn a_good_mail_has_no_faults() {
        let html = format!(
            "{HEAD}<a href=\"https://r.example/a/r/x\">x</a><img src=\"cid:1\" alt=\"\"><a href=\"mailto:a@b.example\">m</a>"
        );
        assert_eq!(judged(&html, "vedi https://r.example/a/r/x."), Vec::<String>::new());
    }

    #[test]
    fn every_fault_is_said() {
        let big = format!("{HEAD}{}", "x".repeat(HTML_MAX));
        let table = [
            ("<html><p>x", "t", "the language"),
            ("<html lang=\"en\">", "t", "the language"),
            (big.as_str(), "t", "bytes, more than"),
            ("<html lang=\"it\"><img src=\"https://r.example/a/x.png\">", "t", "no alt"),
            ("<html lang=\"it\"><a href=\"https://evil.example/\">", "t", "elsewhere: https://evil"),
            ("<html lang=\"it\"><a href=\"https://r.example/ab\">", "t", "elsewhere"),
            ("<html lang=\"it\"><img alt=\"\" src=\"http://r.example/a/x\">", "t", "elsewhere"),
            ("<html lang=\"it\">", "see http://evil.example/x now", "elsewhere: http://evil"),
            ("<html lang=\"it\"><form>", "t", "<form>"),
            ("<html lang=\"it\"><p style=\"position:fixed\">", "t", "position"),
            ("<html lang=\"it\">", " ", "empty"),
        ];
        for (html, text, expected) in table {
            let said = judged(html, text);
            assert!(said.iter().any(|what| what.contains(expected)), "{expected}: {said:?}");
        }
    }

    /// As long as people may write, however they write it.
    #[test]
    fn no_text_makes_a_mail_of_ours_too_large() {
        let templates = Templates::load().unwrap();
        let all = samples::all();
        for words in ["a\n\n", "a\n", "\"", "&<", "👩‍🌾", "parola "] {
            let text: String = words.chars().cycle().take(5_000).collect();
            let said = crate::mail::paragraphs::paragraphs(&text);
            for (_, contexts) in &all {
                let mut context = contexts[0].clone();
                match &mut context {
                    MailContext::ReplyNotice(c) => c.reply.clone_from(&said),
                    MailContext::AnswerShown(c) => c.answer.clone_from(&said),
                    MailContext::RestrictionStatement(c) => c.statement.clone_from(&said),
                    _ => continue,
                }
                let rendered = templates.render("it", &context).unwrap();
                assert!(rendered.html.len() <= HTML_MAX, "{words:?}: {} bytes", rendered.html.len());
                let letters = words.chars().filter(char::is_ascii_alphabetic).count();
                assert!(letters == 0 || rendered.text.matches('a').count() > 600, "all of it is said");
            }
        }
    }

    #[test]
    fn our_own_mails_are_good() {
        let templates = Templates::load().unwrap();
        for (_, contexts) in samples::all() {
            for (language, context) in templates.locales().flat_map(|l| contexts.iter().map(move |c| (l, c))) {
                for base in [None, Some(Base::parse("https://[2001:db8::1]:8443/voices").unwrap())] {
                    let context = home::moved(context.clone(), base.as_ref());
                    let rendered = templates.render(language, &context).unwrap();
                    let remarks = judge(&rendered, language, Homes::of(base_of(&context.frame().shop.profile_url)));
                    let faults: Vec<_> = remarks.into_iter().filter(|remark| remark.fault).collect();
                    assert!(faults.is_empty(), "{language} {}: {faults:?}", context.template());
                    let named = rendered.html.contains("reviews.example") && !rendered.html.contains("reclami@");
                    assert!(base.is_none() || !named, "it names this instance: {}", rendered.html);
                }
            }
        }
    }
}

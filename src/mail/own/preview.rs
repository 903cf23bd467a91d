//! A mail as it would be read: on a phone or a desk, in light or dark. The mail is the one that would be sent; only the conditions in its
//! own style sheet are decided beforehand.

use super::model::Own;
use crate::kernel::locale::Language;
use crate::mail::context::MailContext;
use crate::mail::template::{Rendered, TemplateFault, Templates};

/// The condition of the narrow rules in the layout.
const NARROW: &str = "@media (max-width:480px)";
/// The condition of the narrowest rules.
const NARROWEST: &str = "@media (max-width:345px)";
/// The condition of the dark rules in the layout.
const DARK: &str = "@media (prefers-color-scheme:dark)";

/// How it is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// As on a phone.
    pub(crate) phone: bool,
    /// As where the reader likes it dark.
    pub(crate) dark: bool,
}

/// Renders a mail for looking at it.
///
/// # Errors
/// What cannot be rendered; a draft is checked before.
pub(crate) fn preview(
    templates: &Templates,
    language: Language,
    context: &MailContext,
    own: Option<&Own>,
    sight: Sight,
) -> Result<Rendered, TemplateFault> {
    let rendered = templates.render_own(language.tag(), context, own)?;
    Ok(Rendered { html: seen(&rendered.html, sight), ..rendered })
}

fn seen(html: &str, sight: Sight) -> String {
    let decided = |is: bool| if is { "@media all" } else { "@media not all" };
    let scheme = if sight.dark { "dark" } else { "light" };
    let html = html.replace(NARROW, decided(sight.phone)).replace(NARROWEST, decided(false));
    let html = html.replace(DARK, decided(sight.dark));
    let html = html.replace("color-scheme:light dark", &format!("color-scheme:{scheme}"));
    let html = html.replace("color-schemes:light dark", &format!("color-schemes:{scheme}"));
    let html = html.replace("content=\"light dark\"", &format!("content=\"{scheme}\""));
    if sight.phone { html.replacen("style=\"margin:0;", "style=\"max-width:360px;margin:0 auto;", 1) } else { html }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::samples;

    #[test]
    fn every_condition_of_the_layout_is_decided() {
        let templates = Templates::load().unwrap();
        let (_, contexts) = samples::all().into_iter().next().unwrap();
        for (phone, dark) in [(false, false), (false, true), (true, false), (true, true)] {
            let sight = Sight { phone, dark };
            let html = preview(&templates, Language::It, &contexts[0], None, sight).unwrap().html;
            assert!(!html.contains("@media (") && !html.contains("light dark"), "{html}");
            assert_eq!(html.matches("@media all").count(), usize::from(phone) + usize::from(dark));
            assert_eq!(html.contains("max-width:360px"), phone);
        }
    }
}

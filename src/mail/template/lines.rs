//! `{{lines text}}`: a text with the line breaks that its writer made. In HTML each becomes a `<br>`; in the text part each begins a quoted
//! line, as the first one does.

use handlebars::{Context, Handlebars, Helper, Output, RenderContext, RenderErrorReason, html_escape};

/// Adds the helper.
pub(super) fn add(registry: &mut Handlebars<'_>, html: bool) {
    let lines = move |helper: &Helper<'_>,
                      _: &Handlebars<'_>,
                      _: &Context,
                      _: &mut RenderContext<'_, '_>,
                      out: &mut dyn Output| {
        let text = helper.param(0).and_then(|given| given.value().as_str());
        let text = text.ok_or_else(|| RenderErrorReason::Other("`lines` needs a text".to_owned()))?;
        let said = if html { html_escape(text).replace('\n', "<br>\n") } else { text.replace('\n', "\n> ") };
        Ok(out.write(&said)?)
    };
    registry.register_helper("lines", Box::new(lines));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(html: bool, given: &serde_json::Value) -> Result<String, handlebars::RenderError> {
        let mut registry = super::super::strict::registry(handlebars::no_escape);
        add(&mut registry, html);
        registry.render_template("> {{lines this}}", given)
    }

    #[test]
    fn breaks_stay_breaks() {
        let text = json!("Gentile <Giulia>,\nci dispiace.");
        assert_eq!(said(false, &text).unwrap(), "> Gentile <Giulia>,\n> ci dispiace.");
        assert_eq!(said(true, &text).unwrap(), "> Gentile &lt;Giulia&gt;,<br>\nci dispiace.");
        assert!(said(true, &json!(7)).is_err());
    }
}

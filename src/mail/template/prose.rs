//! `{{#prose "opening"}}…{{/prose}}`: the parts of a mail that a shop may say in its own words. What the shop wrote stands there, else
//! what the file says; in HTML both are dressed alike, so that neither brings a style of its own.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason, Renderable,
    StringOutput,
};
use serde_json::Value;

use super::markup;

struct Prose {
    html: bool,
}

/// Adds the helper.
pub(super) fn add(registry: &mut Handlebars<'_>, html: bool) {
    registry.register_helper("prose", Box::new(Prose { html }));
}

impl HelperDef for Prose {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
        let own = context.data().get("own").and_then(|own| own.get(name)).and_then(Value::as_str);
        let text = match (own, helper.template()) {
            (Some(own), _) if self.html => own.to_owned(),
            // In the text part the opening ends its line, and the closing stands apart from what is before it.
            (Some(own), _) if name == "closing" => format!("\n{}\n", own.trim_end()),
            (Some(own), _) => format!("{}\n", own.trim_end()),
            (None, Some(house)) => {
                let mut text = StringOutput::new();
                house.render(registry, context, state, &mut text)?;
                text.into_string()?
            }
            (None, None) => String::new(),
        };
        if !self.html {
            return Ok(out.write(&text)?);
        }
        let accent = context.data().pointer("/look/accent").and_then(Value::as_str).unwrap_or_default();
        let dressed = markup::dress(&text, accent);
        Ok(out.write(&dressed.map_err(|flaw| RenderErrorReason::Other(flaw.what.into_owned()))?)?)
    }
}

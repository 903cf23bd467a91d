//! A handlebars registry without forgiveness. The library's own strict mode lets a missing variable pass as "false" inside `if` and
//! `unless`; here both refuse it, so that a typing error in a condition stops the start instead of dropping a sentence.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output, RenderContext, RenderErrorReason,
    Renderable,
};

/// An empty strict registry that escapes with `escape`.
pub(super) fn registry(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    registry.register_helper("if", Box::new(Condition { when: true }));
    registry.register_helper("unless", Box::new(Condition { when: false }));
    registry
}

struct Condition {
    when: bool,
}

impl HelperDef for Condition {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let asked = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("if", 0))?;
        if asked.is_value_missing() {
            return Err(RenderErrorReason::MissingVariable(asked.relative_path().cloned()).into());
        }
        let branch = if asked.value().is_truthy(false) == self.when { helper.template() } else { helper.inverse() };
        branch.map_or(Ok(()), |template| template.render(registry, context, state, out))
    }
}

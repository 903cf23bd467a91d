//! One handlebars registry for all pages: strict (a missing variable is an error), everything escaped for
//! HTML, the helpers of `say.rs`. Templates are embedded and compiled once; a broken one is reported
//! by [`check`] at start and never seen by a visitor.

use std::sync::LazyLock;

use handlebars::{Context, Handlebars, RenderContext, Renderable, StringOutput, Template as Compiled};
use serde::Serialize;

use super::page::{Page, View};
use super::say;
use super::words;
use crate::kernel::locale::Language;
use crate::problem::Problem;

type Registry = Result<Handlebars<'static>, Broken>;

static IT: LazyLock<Registry> = LazyLock::new(|| registry(Language::It));
static EN: LazyLock<Registry> = LazyLock::new(|| registry(Language::En));
static DE: LazyLock<Registry> = LazyLock::new(|| registry(Language::De));
static FR: LazyLock<Registry> = LazyLock::new(|| registry(Language::Fr));
static ES: LazyLock<Registry> = LazyLock::new(|| registry(Language::Es));

/// One registry per language: its helpers speak it.
fn registry_of(language: Language) -> &'static Registry {
    match language {
        Language::It => &IT,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
        Language::Es => &ES,
    }
}

fn registry(language: Language) -> Registry {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(handlebars::html_escape);
    say::register(&mut registry, language);
    for (name, source) in [
        ("tombstone", include_str!("partials/tombstone.hbs")),
        ("review", include_str!("partials/review.hbs")),
        ("history", include_str!("partials/history.hbs")),
        ("parts", include_str!("partials/parts.hbs")),
        ("score", include_str!("partials/score.hbs")),
        ("marks", include_str!("partials/marks.hbs")),
        ("list", include_str!("partials/list.hbs")),
        ("choices", include_str!("partials/choices.hbs")),
        ("fault", include_str!("partials/fault.hbs")),
        ("rate", include_str!("partials/rate.hbs")),
        ("share", include_str!("partials/share.hbs")),
    ] {
        registry.register_template(name, Template::parse(name, source)?);
    }
    Ok(registry)
}

/// A template that does not compile, or a view that does not fit it. Names the template and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("page template {name}: {why}")]
pub(crate) struct Broken {
    /// Which template.
    pub(crate) name: String,
    /// What is wrong.
    pub(crate) why: String,
}

/// A page that cannot be drawn is our fault, whatever was asked for.
impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        Self::internal(broken)
    }
}

/// An embedded template, compiled once. Made by `look::template!`.
pub(crate) struct Template {
    name: &'static str,
    compiled: Result<Compiled, Broken>,
}

impl Template {
    /// Compiles; the failure is kept and reported by every use.
    pub(crate) fn compile(name: &'static str, source: &str) -> Self {
        Self { name, compiled: Self::parse(name, source) }
    }

    fn parse(name: &str, source: &str) -> Result<Compiled, Broken> {
        let broken = |why: String| Broken { name: name.to_owned(), why };
        for key in phrases(source) {
            for language in Language::ALL {
                if words::phrase(*language, key).is_none() {
                    return Err(broken(format!("no phrase `{key}` in {language}")));
                }
            }
        }
        Compiled::compile(source).map_err(|error| broken(error.to_string()))
    }

    /// Renders a value in a language.
    pub(crate) fn fill(&self, language: Language, value: &impl Serialize) -> Result<String, Broken> {
        let broken = |why: String| Broken { name: self.name.to_owned(), why };
        let registry = registry_of(language).as_ref().map_err(Clone::clone)?;
        let compiled = self.compiled.as_ref().map_err(Clone::clone)?;
        let context = Context::wraps(value).map_err(|error| broken(error.to_string()))?;
        let mut out = StringOutput::new();
        compiled
            .render(registry, &context, &mut RenderContext::new(None), &mut out)
            .map_err(|error| broken(error.to_string()))?;
        out.into_string().map_err(|error| broken(error.to_string()))
    }
}

/// The keys a template asks the glossary for: `t "…"`, `dated "…"`.
fn phrases(source: &str) -> impl Iterator<Item = &str> {
    ["{{t \"", "(t \"", "{{dated \""]
        .into_iter()
        .flat_map(|start| source.split(start).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

#[derive(Serialize)]
struct Scope<'a, V> {
    language: Language,
    #[serde(flatten)]
    view: &'a V,
}

/// A whole page: the view's template in the layout.
pub(crate) fn render<V: View>(view: &V) -> Result<String, Broken> {
    document(view, view.frame().language)
}

/// A whole page in a language.
pub(super) fn document<V: View>(view: &V, language: Language) -> Result<String, Broken> {
    let body = V::template().fill(language, &Scope { language, view })?;
    let head = view.head(words::of(language));
    Page::new(language, view.frame(), &head, &body).document()
}

/// Renders all samples of a view, in every language.
pub(crate) fn check<V: View>() -> Result<(), Broken> {
    for sample in V::samples() {
        for language in Language::ALL {
            document(&sample, *language)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missing_variable_is_an_error_even_in_a_condition() {
        for source in [
            "{{gone}}",
            "{{#if gone}}x{{/if}}",
            "{{#unless gone}}x{{/unless}}",
            "{{#each gone}}x{{/each}}",
            "{{date gone}}",
        ] {
            assert!(Template::compile("t", source).fill(Language::It, &json!({})).is_err(), "{source}");
        }
    }

    #[test]
    fn a_missing_phrase_does_not_compile() {
        for source in ["{{t \"nothing.like_this\"}}", "{{dated \"nothing.like_this\" \"2026-03-08\"}}"] {
            let broken = Template::compile("t", source).fill(Language::It, &json!({}));
            assert!(broken.is_err_and(|b| b.why.contains("nothing.like_this")));
        }
    }

    #[test]
    fn text_is_text() {
        let page = Template::compile("t", "{{name}}{{t \"profile.title\" shop=name}}");
        let out = page.fill(Language::It, &json!({"name": "<script>\"'"})).expect("renders");
        assert!(!out.contains('<') && !out.contains('"'), "{out}");
    }
}

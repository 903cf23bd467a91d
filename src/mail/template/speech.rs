//! The helpers of a mail's templates that speak the language of its reader: `{{date day}}`, `{{number n}}` and
//! `{{plural n one="…" other="…"}}`, in which `#` stands for the number. What they are given is checked: a day that is not there is an
//! error, as a missing variable is.

use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason};
use serde_json::Value;

use crate::kernel::locale::Language;
use crate::look::words;

/// Which of them.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Date,
    Number,
    Plural,
}

struct Speech {
    kind: Kind,
    language: Language,
}

/// Adds the helpers for a language.
pub(super) fn add(registry: &mut Handlebars<'_>, language: Language) {
    for (name, kind) in [("date", Kind::Date), ("number", Kind::Number), ("plural", Kind::Plural)] {
        registry.register_helper(name, Box::new(Speech { kind, language }));
    }
}

impl HelperDef for Speech {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _registry: &'reg Handlebars<'reg>,
        _context: &'rc Context,
        _state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let given = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("date, number and plural", 0))?;
        if given.is_value_missing() {
            return Err(RenderErrorReason::MissingVariable(given.relative_path().cloned()).into());
        }
        let said = match self.kind {
            Kind::Date => date(self.language, given.value()),
            Kind::Number => given.value().as_i64().map(|n| words::number(self.language, n)),
            Kind::Plural => given.value().as_i64().and_then(|n| {
                let form = if words::is_one(self.language, n) { "one" } else { "other" };
                let phrase = helper.hash_get(form)?.value().as_str()?;
                Some(phrase.replace('#', &words::number(self.language, n)))
            }),
        };
        let what = match self.kind {
            Kind::Date => "`date` needs a day, and this one is not always there: ask with `if` first",
            Kind::Number => "`number` needs a number",
            Kind::Plural => "`plural` needs a number and two phrases, such as one=\"# item\" other=\"# items\"",
        };
        let said = said.ok_or_else(|| RenderErrorReason::Other(what.to_owned()))?;
        Ok(out.write(&said)?)
    }
}

fn date(language: Language, day: &Value) -> Option<String> {
    let part = |name: &str| day.get(name).and_then(Value::as_i64);
    let (year, month, day) = (part("year")?, part("month")?, part("day")?);
    words::date(language, &format!("{year:04}-{month:02}-{day:02}"))
}

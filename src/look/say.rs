//! What templates can say beside their variables: phrases, stars, dates, numbers. Helpers are bound to the
//! language of their registry; every text is escaped, only drawings of ours go out as markup.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonRender, JsonTruthy, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, ScopedJson, html_escape,
};
use serde_json::{Value, json};

use super::plot::Month;
use super::{plot, seal, stars, words};
use crate::kernel::locale::Language;

/// Makes a text from a helper's arguments.
type Say = fn(Language, &Helper<'_>) -> Option<String>;
/// Makes a value for other helpers.
type Make = fn(&Helper<'_>) -> Option<Value>;
/// Makes markup from a helper's arguments.
type Draw = fn(Language, &Helper<'_>) -> Option<String>;

struct Saying(&'static str, Language, Say);
struct Drawing(&'static str, Language, Draw);
/// Makes a value for other helpers from a helper's arguments.
struct Making(&'static str, Make);
/// `if` and `unless` that take a missing name for the mistake it is.
struct Condition(bool);

/// Registers all of them.
pub(crate) fn register(registry: &mut Handlebars<'_>, language: Language) {
    let sayings: [(&'static str, Say); 11] = [
        ("t", phrase),
        ("num", number),
        ("decimal", score),
        ("verdict", verdict),
        ("experience", experience),
        ("money", money),
        ("duration", duration),
        ("word", word),
        ("percent", percent),
        ("month", month),
        ("mean", mean),
    ];
    for (name, say) in sayings {
        registry.register_helper(name, Box::new(Saying(name, language, say)));
    }
    let drawings: [(&'static str, Draw); 10] = [
        ("plain_five", plain_stars),
        ("plain_seal", plain_mark),
        ("one_star", one_star),
        ("date", date),
        ("dated", dated),
        ("moment", moment),
        ("five", five_stars),
        ("bar", bar),
        ("trend", trend),
        ("seal", mark),
    ];
    for (name, draw) in drawings {
        registry.register_helper(name, Box::new(Drawing(name, language, draw)));
    }
    let makings: [(&'static str, Make); 3] = [("concat", concat), ("scale", scale), ("faulty", faulty)];
    for (name, make) in makings {
        registry.register_helper(name, Box::new(Making(name, make)));
    }
    registry.register_helper("if", Box::new(Condition(true)));
    registry.register_helper("unless", Box::new(Condition(false)));
}

fn complaint(helper: &str) -> RenderError {
    RenderErrorReason::Other(format!("the helper `{helper}` cannot use what it was given")).into()
}

impl HelperDef for Saying {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let text = (self.2)(self.1, h).ok_or_else(|| complaint(self.0))?;
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

impl HelperDef for Making {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        (self.1)(h).map(ScopedJson::Derived).ok_or_else(|| complaint(self.0))
    }
}

impl HelperDef for Drawing {
    fn call<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let markup = (self.2)(self.1, h).ok_or_else(|| complaint(self.0))?;
        out.write(&markup)?;
        Ok(())
    }
}

impl HelperDef for Condition {
    fn call<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        r: &'reg Handlebars<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let asked = h.param(0).filter(|p| !p.is_value_missing()).ok_or_else(|| complaint("if"))?;
        let branch = if asked.value().is_truthy(false) == self.0 { h.template() } else { h.inverse() };
        branch.map_or(Ok(()), |branch| branch.render(r, ctx, rc, out))
    }
}

fn arg<'a>(h: &'a Helper<'_>, at: usize) -> Option<&'a Value> {
    h.param(at).filter(|p| !p.is_value_missing()).map(handlebars::PathAndJson::value)
}

fn phrase(language: Language, h: &Helper<'_>) -> Option<String> {
    let n = h.hash_get("n").and_then(|n| n.value().as_i64());
    let text = words::phrase_for(language, arg(h, 0)?.as_str()?, n)?;
    let mut values = Vec::new();
    for (name, value) in h.hash() {
        if value.is_value_missing() {
            return None;
        }
        let shown = match value.value().as_i64() {
            Some(number) => words::number(language, number),
            None => value.value().render(),
        };
        values.push((*name, shown));
    }
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let complete = words::placeholders(text).all(|name| pairs.iter().any(|(given, _)| *given == name));
    complete.then(|| words::fill(text, &pairs))
}

fn number(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_i64().map(|n| words::number(language, n))
}

fn score(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_f64().map(|score| words::score(language, score))
}

fn verdict(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_f64().map(|score| words::verdict(language, score).to_owned())
}

fn experience(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_i64().map(|stars| words::experience(language, stars).to_owned())
}

fn money(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_i64().map(|cents| words::euros(language, cents))
}

fn duration(language: Language, h: &Helper<'_>) -> Option<String> {
    arg(h, 0)?.as_i64().map(|hours| words::duration(language, hours))
}

fn percent(language: Language, h: &Helper<'_>) -> Option<String> {
    let part = arg(h, 0)?.as_i64()?;
    let permille = plot::permille(part, arg(h, 1)?.as_i64()?);
    Some(words::percent(language, (permille + 5) / 10, part))
}

/// `word "reasons" code`: a closed code in words; an unknown one is shown as it is, without underscores.
fn word(language: Language, h: &Helper<'_>) -> Option<String> {
    let code = arg(h, 1)?.as_str()?;
    Some(words::word(language, arg(h, 0)?.as_str()?, code))
}

fn date(language: Language, h: &Helper<'_>) -> Option<String> {
    let iso = arg(h, 0)?.as_str()?;
    Some(time(iso, &words::date(language, iso)?))
}

fn moment(language: Language, h: &Helper<'_>) -> Option<String> {
    let iso = arg(h, 0)?.as_str()?;
    Some(time(iso, &words::moment(language, iso)?))
}

/// `dated "section.name" instant`: a phrase with the date in its place; with `clock=true` also the time of day.
fn dated(language: Language, h: &Helper<'_>) -> Option<String> {
    let phrase = words::phrase_for(language, arg(h, 0)?.as_str()?, None)?;
    let iso = arg(h, 1)?.as_str()?;
    let clock = h.hash_get("clock").is_some_and(|clock| clock.value().is_truthy(false));
    let shown = if clock { words::moment(language, iso)? } else { words::date(language, iso)? };
    let (before, after) = words::around_date(language, phrase, &shown)?;
    Some([html_escape(&before), time(iso, &shown), html_escape(after)].concat())
}

fn time(iso: &str, shown: &str) -> String {
    format!("<time datetime=\"{}\">{}</time>", html_escape(iso), html_escape(shown))
}

fn five_stars(language: Language, h: &Helper<'_>) -> Option<String> {
    let score = arg(h, 0)?.as_f64()?;
    let class = arg(h, 1).and_then(Value::as_str).unwrap_or("stars");
    let label = html_escape(&words::out_of_five(language, score));
    Some(stars::svg(score, &label, &html_escape(class)))
}

/// `plain_five stars "4,3 su 5"`: with their colours, for pages that have no style of ours.
fn plain_stars(_: Language, h: &Helper<'_>) -> Option<String> {
    Some(stars::plain(arg(h, 0)?.as_f64()?, &html_escape(arg(h, 1)?.as_str()?)))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all drawings")]
fn plain_mark(_: Language, _: &Helper<'_>) -> Option<String> {
    Some(seal::plain())
}

fn bar(_: Language, h: &Helper<'_>) -> Option<String> {
    Some(plot::bar(arg(h, 0)?.as_i64()?, arg(h, 1)?.as_i64()?))
}

/// The month of a trend by its name: `marzo 2026`.
fn month(language: Language, h: &Helper<'_>) -> Option<String> {
    let month: Month = serde_json::from_value(arg(h, 0)?.clone()).ok()?;
    words::month(language, month.year, month.number)
}

/// The mean stars of a month in digits; a dash where there is none.
fn mean(language: Language, h: &Helper<'_>) -> Option<String> {
    let month: Month = serde_json::from_value(arg(h, 0)?.clone()).ok()?;
    Some(month.mean().map_or_else(|| "–".to_owned(), |mean| words::score(language, hundredths(mean))))
}

/// Mean stars, in hundredths, as stars.
fn hundredths(mean: i64) -> f64 {
    i32::try_from(mean).map_or(0.0, |mean| f64::from(mean) / 100.0)
}

/// Monthly means and counts as a picture that says in words what it shows.
fn trend(language: Language, h: &Helper<'_>) -> Option<String> {
    let months: Vec<Month> = serde_json::from_value(arg(h, 0)?.clone()).ok()?;
    let name = |month: Option<&Month>| {
        month.and_then(|month| words::month(language, month.year, month.number)).unwrap_or_default()
    };
    let (from, to) = (name(months.first()), name(months.last()));
    let label = words::fill(words::of(language).trend.label, &[("from", &from), ("to", &to)]);
    let newest = months.iter().rev().find_map(Month::mean);
    let said = newest.map_or(String::new(), |mean| words::score(language, hundredths(mean)));
    Some(plot::trend(&months, &html_escape(&label), [&html_escape(&from), &html_escape(&to)], &said))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all drawings")]
fn mark(_: Language, h: &Helper<'_>) -> Option<String> {
    Some(seal::svg(&html_escape(arg(h, 0).and_then(Value::as_str).unwrap_or("seal"))))
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all drawings")]
fn one_star(_: Language, _: &Helper<'_>) -> Option<String> {
    Some(stars::one())
}

/// Joins its arguments.
fn concat(h: &Helper<'_>) -> Option<Value> {
    let mut joined = String::new();
    for at in 0..h.params().len() {
        joined.push_str(&arg(h, at)?.render());
    }
    Some(Value::String(joined))
}

/// The five choices of a rating, with the chosen one marked.
fn scale(h: &Helper<'_>) -> Option<Value> {
    let chosen = arg(h, 0)?.as_i64();
    let choices = (1..=5).map(|stars| json!({"stars": stars, "chosen": chosen == Some(stars)}));
    Some(Value::Array(choices.collect()))
}

/// Whether a list of field errors names a field.
fn faulty(h: &Helper<'_>) -> Option<Value> {
    let field = arg(h, 1)?.as_str()?;
    let named = arg(h, 0)?.as_array()?.iter().any(|error| error.get("field").and_then(Value::as_str) == Some(field));
    Some(Value::Bool(named))
}

//! How well the linter judges, above all what it has not learned from.

use std::collections::HashMap;

use super::corpus::{LANGUAGES, Line};
use super::judge::Examples;
use super::*;

/// Asks, those that were caught, innocents, those that were accused.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    asks: usize,
    caught: usize,
    innocents: usize,
    accused: usize,
}

impl Score {
    fn count(&mut self, asks: bool, found: bool) {
        let (all, hit) =
            if asks { (&mut self.asks, &mut self.caught) } else { (&mut self.innocents, &mut self.accused) };
        *all += 1;
        *hit += usize::from(found);
    }

    /// Whether of a hundred asks at least so many are caught, and of a hundred innocents at most so many accused.
    fn holds(&self, (caught, accused): (usize, usize)) -> bool {
        let measured = self.asks >= 40 && self.innocents >= 40;
        measured && self.caught * 100 >= self.asks * caught && self.accused * 100 <= self.innocents * accused
    }
}

/// One score per language.
type Scores = [Score; 5];

fn score(linter: &Linter, lines: &[(Line, &str)]) -> Scores {
    let mut scores = Scores::default();
    for (line, text) in lines {
        let found = linter.first(&words::sentences(text)).is_some();
        scores[line.language].count(line.asks, found);
    }
    scores
}

fn promise(scores: &Scores, promised: (usize, usize)) {
    let all = scores.iter().zip(LANGUAGES);
    let broken: Vec<_> = all.filter(|(score, _)| !score.holds(promised)).collect();
    println!("{scores:?}");
    assert!(broken.is_empty(), "{promised:?} of 100 were promised: {broken:#?}\nof {scores:#?}");
}

/// The fifth of its kind that each line stands in: neighbours, which are alike, are left out together.
fn fifths(lines: &[Line]) -> Vec<usize> {
    let kind = |line: &Line| (line.language, line.asks);
    let mut all: HashMap<_, usize> = HashMap::new();
    let mut before = |line: &Line| {
        let many = all.entry(kind(line)).or_default();
        *many += 1;
        *many - 1
    };
    let before: Vec<usize> = lines.iter().map(&mut before).collect();
    lines.iter().zip(before).map(|(line, before)| before * 5 / all[&kind(line)]).collect()
}

#[test]
fn what_was_left_out_of_learning_is_judged_well() {
    let lines: Vec<Line> = corpus::all().collect();
    let mut linter = Linter { reader: Reader::new(), judge: Judge::learn(&Examples::default()) };
    let examples: Vec<_> = lines.iter().map(|line| (linter.reader.line(line.text), line.asks)).collect();
    let fifths = fifths(&lines);
    let mut all = Scores::default();
    for left_out in 0..5 {
        let others = fifths.iter().zip(&examples).filter(|(fifth, _)| **fifth != left_out);
        linter.judge = Judge::learn(&others.map(|(_, example)| example.clone()).collect());
        let unknown = fifths.iter().zip(&lines).filter(|(fifth, _)| **fifth == left_out);
        let scores = score(&linter, &unknown.map(|(_, line)| (*line, line.text)).collect::<Vec<_>>());
        for (sum, score) in all.iter_mut().zip(scores) {
            sum.asks += score.asks;
            sum.caught += score.caught;
            sum.innocents += score.innocents;
            sum.accused += score.accused;
        }
    }
    promise(&all, (86, 5));
}

#[test]
fn sentences_nobody_learned_from_are_judged_well() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../tests/data/asks");
    let texts = LANGUAGES.map(|tag| std::fs::read_to_string(root.join(format!("{tag}.txt"))).unwrap());
    let lines = texts.iter().enumerate().flat_map(|(language, text)| {
        text.lines().filter_map(move |line| {
            let (mark, said) = line.split_at_checked(2)?;
            Some((Line { language, asks: mark == "+ ", text: "" }, said))
        })
    });
    promise(&score(&LINTER, &lines.collect::<Vec<_>>()), (82, 5));
}

#[test]
fn what_was_learned_is_known() {
    promise(&score(&LINTER, &corpus::all().map(|line| (line, line.text)).collect::<Vec<_>>()), (98, 1));
}

#[test]
fn names_with_stars_ranges_and_both_sides_are_innocent() {
    for text in [
        "Hotel Cinque Stelle ti ringrazia del soggiorno.",
        "Il soggiorno all'Hotel Cinque Stelle di Roma è stato prenotato il 3 maggio.",
        "Your room at the Hotel Cinque Stelle is ready.",
        "Das Fünf-Sterne-Hotel hat Ihre Buchung bestätigt.",
        "Puoi dare da una a cinque stelle.",
        "Votre opinion, positive ou négative, est publique.",
        "Escribe una reseña, positiva o negativa.",
    ] {
        assert_eq!(find(text), None, "{text}");
    }
}

#[test]
fn an_ask_is_found_where_it_stands() {
    let ask = find("Ciao.\nLasciaci 5 stelle, ti va? Grazie.").unwrap();
    assert_eq!((ask.at, ask.words.as_str()), (6, "Lasciaci 5 stelle, ti va"));
    let ask = find("Danke für den Kauf. Zufrieden mit der Bestellung? Dann bewerten Sie uns!").unwrap();
    assert!(ask.words.ends_with("Dann bewerten Sie uns"), "{ask:?}");
}

#[test]
fn an_ask_does_not_hide_in_a_long_sentence_or_a_broken_line() {
    let before = "il tuo ordine è partito ieri dal nostro magazzino e arriva domani con il corriere, ".repeat(3);
    let after = ", mentre la fattura arriva in un altro messaggio che puoi conservare con la ricevuta".repeat(3);
    assert_eq!(find(&format!("{before}e basta{after}")), None);
    assert!(find(&format!("{before}per favore lasciaci cinque stelle{after}")).is_some());
    assert!(find("Per favore lasciaci\ncinque stelle su Attesta").is_some());
}

#[test]
fn the_words_of_a_link_ask_for_nothing() {
    assert_eq!(find("Qui: https://shop.example/lasciaci-cinque-stelle?voto=massimo."), None);
    let ask = find("Qui: https://shop.example/a.b. Lasciaci 5 stelle!").unwrap();
    assert_eq!((ask.at, ask.words.as_str()), (31, "Lasciaci 5 stelle"));
}

#[test]
fn whatever_comes_is_read_to_its_end() {
    for text in [
        String::new(),
        "\0".repeat(1 << 16),
        "★".repeat(1 << 16),
        "a ".repeat(1 << 16),
        "?!…\n".repeat(1 << 14),
        "\u{1F600}\u{301}\u{FE0F} ".repeat(1 << 12),
        "é".repeat(1 << 16),
    ] {
        let _ = find(&text);
    }
}

#[test]
fn what_is_read_keeps_its_place() {
    for (source, read) in [
        ("Ciao {{customer_name}},", "Ciao x                ,"),
        ("<p>a</p>", "\n  a\n   "),
        ("{{#if a}}b{{else}}c{{/if}}", "         b        c       "),
        ("{{plural n one=\"# a\" other=\"b\"}}", "               \n# a\n       \nb\n  "),
        ("è { <", "è    "),
    ] {
        assert_eq!(readable(source), read);
        assert_eq!(readable(source).len(), source.len());
    }
}

//! The rules, the same in every language. Each looks at one sentence, and one of them at the question before it.

use super::Lexicon;
use super::words::{FIVE_SIGNS, Sentence, has};

/// Whether a sentence asks.
pub(super) fn is_ask(lexicon: &Lexicon, before: Option<&Sentence>, sentence: &Sentence) -> bool {
    if sentence.says(lexicon.plain) {
        return true;
    }
    if is_balanced(lexicon, sentence) {
        return false;
    }
    wants_stars(lexicon, sentence)
        || wants_praise(lexicon, sentence)
        || asks_the_happy(lexicon, before, sentence)
        || keeps_the_unhappy(lexicon, sentence)
        || pays(lexicon, sentence)
}

/// Both sides are named: "good or bad", "happy or not".
fn is_balanced(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    sentence.says(lexicon.either) || (sentence.any(lexicon.good) && sentence.any(lexicon.bad))
}

/// Five stars, the best grade, or nothing below.
fn wants_stars(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    let five = fives(lexicon, sentence).next().is_some();
    let spoken = speaks(lexicon, sentence);
    if sentence.says(lexicon.top) && spoken {
        return true;
    }
    let last = sentence.words.last().is_some_and(|word| has(lexicon.five, word)) && sentence.any(lexicon.person);
    if sentence.says(lexicon.below) && (five || last || sentence.any(lexicon.five) && sentence.any(lexicon.review)) {
        return true;
    }
    let counted = |at: usize| (1..=2).any(|back| has(lexicon.fewer, sentence.word(at.checked_sub(back))));
    let few = sentence.places(lexicon.star).any(counted);
    if few && (sentence.any(lexicon.fail) || sentence.any(lexicon.not) && sentence.any(lexicon.asking)) {
        return true;
    }
    five && (spoken || sentence.question || sentence.any(lexicon.fail) || sentence.says(lexicon.reward))
}

/// It asks, hopes or thanks, or speaks to the customer of the shop.
fn speaks(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    [lexicon.asking, lexicon.tell, lexicon.person].into_iter().any(|list| sentence.any(list))
}

/// Where five stars are spoken of as a grade.
fn fives<'a>(lexicon: &'a Lexicon, sentence: &'a Sentence) -> impl Iterator<Item = usize> + 'a {
    let word = move |at: usize, step: isize| sentence.word(at.checked_add_signed(step));
    let number = move |at: &usize| has(lexicon.five, word(*at, 0));
    (0..sentence.words.len()).filter(move |at| {
        let at = *at;
        if word(at, 0) == FIVE_SIGNS {
            return true;
        }
        if !number(&at) {
            return false;
        }
        // "5/5", "5 out of 5".
        if number(&(at + 1)) || has(lexicon.out_of, word(at, 1)) && (number(&(at + 2)) || number(&(at + 3))) {
            return true;
        }
        let star = (1..=2).find(|step| has(lexicon.star, word(at, *step)));
        let Some(star) = star else { return false };
        let from_one =
            has(lexicon.one, word(at, -2)) || has(lexicon.star, word(at, -2)) && has(lexicon.one, word(at, -3));
        let range = has(lexicon.to, word(at, -1)) && from_one;
        let house = (-3..=-1).any(|step| has(lexicon.starred, word(at, step)))
            || (1..=2).any(|step| has(lexicon.starred, word(at, star + step)));
        !range && !house
    })
}

/// A good review, asked for.
fn wants_praise(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    sentence.near(lexicon.good, lexicon.review, 2) && speaks(lexicon, sentence)
}

/// Only those who are content are asked.
fn asks_the_happy(lexicon: &Lexicon, before: Option<&Sentence>, sentence: &Sentence) -> bool {
    let asked = |sentence: &Sentence| {
        sentence.any(lexicon.tell) || (sentence.any(lexicon.asking) && sentence.any(lexicon.review))
    };
    if !asked(sentence) {
        return false;
    }
    let content = |sentence: &Sentence| sentence.any(lexicon.happy) && !sentence.says(lexicon.unhappy);
    let condition = sentence
        .places(lexicon.if_)
        .any(|at| sentence.places(lexicon.happy).any(|happy| happy > at && happy - at <= 6));
    let after_a_question =
        before.is_some_and(|before| before.question && content(before) && !is_balanced(lexicon, before));
    after_a_question || (condition && content(sentence))
}

/// Who is not content shall write to the shop rather than in public.
fn keeps_the_unhappy(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    sentence.any(lexicon.contact) && sentence.any(lexicon.review) && sentence.says(lexicon.instead)
}

/// Something is given for a review.
fn pays(lexicon: &Lexicon, sentence: &Sentence) -> bool {
    sentence.says(lexicon.reward) && (sentence.any(lexicon.review) || sentence.any(lexicon.tell))
}

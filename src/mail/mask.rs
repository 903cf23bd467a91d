//! Takes addresses out of what mail servers say, before anybody can store or log it. Pure.

/// Reply texts often repeat the address: everything around an `@` becomes `a•••@example.com`; at most 500 characters on one line.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for letter in text.chars() {
        if letter.is_whitespace() || letter.is_control() || "<>()[]{},;:\"'`".contains(letter) {
            push_masked(&mut out, &word);
            word.clear();
            out.push(if letter.is_whitespace() || letter.is_control() { ' ' } else { letter });
        } else {
            word.push(letter);
        }
    }
    push_masked(&mut out, &word);
    out.trim().chars().take(500).collect()
}

fn push_masked(out: &mut String, word: &str) {
    match word.rsplit_once('@') {
        Some((local, domain)) => {
            out.extend(local.chars().next());
            out.push_str("•••@");
            out.push_str(domain);
        }
        None => out.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_replies_are_masked_and_texts_cut() {
        let text = "5.1.1 <Anna.Rossi+x@example.com>: user anna.rossi@example.com\r\nunknown (to=b@c.example)";
        assert_eq!(masked(text), "5.1.1 <A•••@example.com>: user a•••@example.com  unknown (t•••@c.example)");
        assert_eq!(masked(&"é".repeat(600)).chars().count(), 500);
        assert_eq!(masked("a@b@c.example @ x@"), "a•••@c.example •••@ x•••@");
    }
}

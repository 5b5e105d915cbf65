//! Text of others on a terminal.
//!
//! Owns: which characters are shown as themselves. Leaves to others: encodings that have their own escapes, as JSON.

/// Text that is safe for a terminal, on one line: what is not printed as itself, as control characters and those that change
/// the direction of text, is escaped. What is escaped already stays as it is.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            plain.push(c);
        } else {
            plain.extend(c.escape_debug());
        }
    }
    plain
}

/// Whether a character is printed as itself.
pub fn is_plain(c: char) -> bool {
    // quotes and backslashes do no harm; a mark is printed as itself after what it belongs to
    c == ' ' || c.is_ascii_graphic() || String::from_iter(['a', c]).escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_what_is_printed_as_itself_stays() {
        let text = "a\u{1b}[31m\u{7}\r\n\t\u{9b}\u{61c}\u{202e}\u{2066}\u{2028}\u{feff}";
        let escaped = r"a\u{1b}[31m\u{7}\r\n\t\u{9b}\u{61c}\u{202e}\u{2066}\u{2028}\u{feff}";
        assert_eq!(plain(text), escaped);
        assert_eq!(plain(escaped), escaped);
        for same in ["'a' \"b\" \\", "n\u{e9}", "e\u{301}", "\u{915}\u{94d}\u{937}", "\u{6f22}\u{5b57}"] {
            assert_eq!(plain(same), same);
        }
    }
}

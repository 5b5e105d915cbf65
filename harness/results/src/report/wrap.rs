//! Text for a terminal: how wide it is set, and whether it has colour.
//!
//! Owns: widths, breaking lines between words, and what a colour is on a terminal. Leaves to others: what is said, and how good it is
//! ([`crate::vocabulary`]).

use crate::vocabulary::{Tone, Word};

/// How text is set: how wide, in characters, and whether words of tables have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    text: usize,
    table: usize,
    colour: bool,
}

impl Page {
    /// As wide as text is at most: longer lines are hard to read.
    pub const FULL: Self = Self { text: 80, table: 80, colour: false };

    /// Less than this leaves no room for a label and a column.
    const LEAST: usize = 60;

    /// A terminal with so many columns: tables and lists have all of them, text no more than can be read.
    pub fn of(columns: usize) -> Self {
        let table = columns.max(Self::LEAST);
        Self { text: table.min(Self::FULL.text), table, colour: false }
    }

    /// The same page with colours.
    #[must_use]
    pub fn coloured(self) -> Self {
        Self { colour: true, ..self }
    }

    /// Whether it has colours.
    pub fn is_coloured(self) -> bool {
        self.colour
    }

    /// How many characters a line of a table or list may have.
    pub fn row_width(self) -> usize {
        self.table
    }

    /// A column of a table with so many characters.
    pub(super) fn narrow(characters: usize) -> Self {
        Self { text: characters, table: characters, colour: false }
    }

    /// A word of a table, in its colour if the page has some.
    pub(super) fn toned(self, text: &str) -> String {
        let word = Word::all().find(|word| word.text() == text).filter(|_| self.colour);
        match word.map_or(Tone::Plain, Word::tone) {
            Tone::Plain => text.to_owned(),
            Tone::Good => format!("\u{1b}[32m{text}\u{1b}[0m"),
            Tone::Doubtful => format!("\u{1b}[33m{text}\u{1b}[0m"),
            Tone::Bad => format!("\u{1b}[31m{text}\u{1b}[0m"),
        }
    }

    /// Words after a head; further lines are indented. A word that is longer than a line stays whole.
    pub fn wrapped(self, head: &str, body: &str, indent: usize) -> String {
        filled(self.text, head, body.split_whitespace(), indent)
    }

    /// A line of a list, which has all the room that there is: words after a head; further lines are indented.
    pub fn row(self, head: &str, body: &str, indent: usize) -> String {
        filled(self.table, head, body.split_whitespace(), indent)
    }

    /// Items after a head, with commas between them; none is broken.
    pub(super) fn listed(self, head: &str, items: &[String], indent: usize) -> String {
        let last = items.len().saturating_sub(1);
        let comma = |at: usize| if at < last { "," } else { "" };
        let items: Vec<String> =
            items.iter().enumerate().map(|(at, item)| format!("{item}{}", comma(at))).collect();
        filled(self.table, head, items.iter().map(String::as_str), indent)
    }
}

fn filled<'a>(width: usize, head: &str, words: impl Iterator<Item = &'a str>, indent: usize) -> String {
    let mut text = String::new();
    let mut line = head.to_owned();
    for (at, word) in words.enumerate() {
        if at > 0 {
            if line.chars().count() + 1 + word.chars().count() > width {
                text.push_str(&line);
                text.push('\n');
                line = " ".repeat(indent);
            } else {
                line.push(' ');
            }
        }
        line.push_str(word);
    }
    text + line.trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(Page::FULL.wrapped("a  ", "b c", 3), "a  b c\n");
        let long = "x".repeat(90);
        assert_eq!(Page::FULL.wrapped("a  ", &format!("b {long} c"), 3), format!("a  b\n   {long}\n   c\n"));
        assert_eq!(Page::FULL.wrapped("a  ", "", 3), "a\n");
    }

    #[test]
    fn items_stay_whole() {
        let item = format!("[1] {}", "x".repeat(40));
        let text = Page::FULL.listed("  ", &[item.clone(), item.clone()], 2);
        assert_eq!(text, format!("  {item},\n  {item}\n"));
    }

    #[test]
    fn a_page_is_as_wide_as_the_terminal_within_bounds() {
        let of = |columns| (Page::of(columns).text, Page::of(columns).table);
        assert_eq!([10, 60, 80, 200].map(of), [(60, 60), (60, 60), (80, 80), (80, 200)]);
        assert_eq!(Page::of(60).wrapped("", &"word ".repeat(20), 2).lines().next().unwrap().len(), 59);
    }
}

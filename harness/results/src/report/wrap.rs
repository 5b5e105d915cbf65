//! Text for a terminal, at most 80 columns wide.
//!
//! Owns: how wide, and breaking lines between words. Leaves to others: what is said.

/// How wide text is set, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page(usize);

impl Page {
    /// As wide as text is at most: longer lines are hard to read.
    pub const FULL: Self = Self(80);

    /// Less than this leaves no room for a label and a column.
    const LEAST: usize = 60;

    /// A terminal with so many columns.
    pub fn of(columns: usize) -> Self {
        Self(columns.clamp(Self::LEAST, Self::FULL.0))
    }

    /// A column of a table with so many characters.
    pub(super) fn narrow(characters: usize) -> Self {
        Self(characters)
    }

    pub(super) fn width(self) -> usize {
        self.0
    }

    /// Words after a head; further lines are indented. A word that is longer than a line stays whole.
    pub fn wrapped(self, head: &str, body: &str, indent: usize) -> String {
        self.filled(head, body.split_whitespace(), indent)
    }

    /// Items after a head, with commas between them; none is broken.
    pub(super) fn listed(self, head: &str, items: &[String], indent: usize) -> String {
        let last = items.len().saturating_sub(1);
        let comma = |at: usize| if at < last { "," } else { "" };
        let items: Vec<String> =
            items.iter().enumerate().map(|(at, item)| format!("{item}{}", comma(at))).collect();
        self.filled(head, items.iter().map(String::as_str), indent)
    }

    fn filled<'a>(self, head: &str, words: impl Iterator<Item = &'a str>, indent: usize) -> String {
        let mut text = String::new();
        let mut line = head.to_owned();
        for (at, word) in words.enumerate() {
            if at > 0 {
                if line.chars().count() + 1 + word.chars().count() > self.0 {
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
}

/// Words after a head, at full width.
pub fn wrapped(head: &str, body: &str, indent: usize) -> String {
    Page::FULL.wrapped(head, body, indent)
}

/// How many there are, as `1 cell` or `2 cells`.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::{Page, wrapped};

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrapped("a  ", "b c", 3), "a  b c\n");
        let long = "x".repeat(90);
        assert_eq!(wrapped("a  ", &format!("b {long} c"), 3), format!("a  b\n   {long}\n   c\n"));
        assert_eq!(wrapped("a  ", "", 3), "a\n");
    }

    #[test]
    fn items_stay_whole() {
        let item = format!("[1] {}", "x".repeat(40));
        let text = Page::FULL.listed("  ", &[item.clone(), item.clone()], 2);
        assert_eq!(text, format!("  {item},\n  {item}\n"));
    }

    #[test]
    fn a_page_is_as_wide_as_the_terminal_within_bounds() {
        assert_eq!([10, 60, 200].map(|columns| Page::of(columns).width()), [60, 60, 80]);
        assert_eq!(Page::of(60).wrapped("", &"word ".repeat(20), 2).lines().next().unwrap().len(), 59);
    }
}

//! Text for a terminal of 80 columns.
//!
//! Owns: breaking lines between words. Leaves to others: what is said.

/// How wide a line may be, in characters.
pub(super) const WIDTH: usize = 80;

/// Words after a head; further lines are indented. A word that is longer than a line stays whole.
pub fn wrapped(head: &str, body: &str, indent: usize) -> String {
    filled(head, body.split_whitespace(), indent)
}

/// How many there are, as `1 cell` or `2 cells`.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Items after a head, with commas between them; none is broken.
pub(super) fn listed(head: &str, items: &[String], indent: usize) -> String {
    let last = items.len().saturating_sub(1);
    let comma = |at: usize| if at < last { "," } else { "" };
    let items: Vec<String> =
        items.iter().enumerate().map(|(at, item)| format!("{item}{}", comma(at))).collect();
    filled(head, items.iter().map(String::as_str), indent)
}

fn filled<'a>(head: &str, words: impl Iterator<Item = &'a str>, indent: usize) -> String {
    let mut text = String::new();
    let mut line = head.to_owned();
    for (at, word) in words.enumerate() {
        if at > 0 {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
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
    use super::{listed, wrapped};

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
        let text = listed("  ", &[item.clone(), item.clone()], 2);
        assert_eq!(text, format!("  {item},\n  {item}\n"));
    }
}

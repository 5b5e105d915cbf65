//! Text for a terminal of 80 columns.
//!
//! Owns: breaking lines between words. Leaves to others: what is said.

/// How wide a line may be, in characters.
const WIDTH: usize = 80;

/// Words after a head; further lines are indented. A word that is longer than a line stays whole.
pub fn wrapped(head: &str, body: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut line = head.to_owned();
    for (at, word) in body.split_whitespace().enumerate() {
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
    use super::wrapped;

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrapped("a  ", "b c", 3), "a  b c\n");
        let long = "x".repeat(90);
        assert_eq!(wrapped("a  ", &format!("b {long} c"), 3), format!("a  b\n   {long}\n   c\n"));
        assert_eq!(wrapped("a  ", "", 3), "a\n");
    }
}

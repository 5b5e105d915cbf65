//! A grid of words as text: a row for each line, and each word below the head of its column.
//!
//! Owns: setting and reading it. Leaves to others: what rows, columns and words mean.
//!
//! ```text
//!                  as fallback-tag
//!                  |       oras
//! attach-discover  seen    missed
//! ```
//!
//! A head begins over its column, in the first line that has room for it; `|` leads down to the words, and says nothing. Words
//! hold no spaces, heads and labels single ones at most.

use std::ops::Range;

/// The word of a cell that was never seen.
const NONE: &str = ".";

/// How wide a column is at least: most outcomes fit, so that a change of one word moves no other.
const LEAST: usize = 7;

/// A word, with the names of its row and column, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) row: &'a str,
    pub(super) column: &'a str,
    pub(super) word: &'a str,
    pub(super) at: Range<usize>,
}

/// A mistake in a grid, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) at: Range<usize>,
    pub(super) what: String,
}

/// Sets a grid; `word` gives what stands in a row and a column.
pub(super) fn render(
    rows: &[String],
    columns: &[String],
    word: impl Fn(&str, &str) -> Option<String>,
) -> String {
    let words = |row: &String| -> Vec<String> {
        columns.iter().map(|column| word(row, column).unwrap_or_else(|| NONE.to_owned())).collect()
    };
    let words: Vec<Vec<String>> = rows.iter().map(words).collect();
    let mut begin = rows.iter().map(String::len).max().unwrap_or(0) + 2;
    let mut starts = Vec::new();
    for at in 0..columns.len() {
        starts.push(begin);
        let widest = words.iter().map(|row| row[at].len()).max().unwrap_or(0);
        begin += widest.max(LEAST) + 1;
    }
    let mut text = String::new();
    for line in heads(columns, &starts) {
        text.push_str(&line);
        text.push('\n');
    }
    for (label, words) in rows.iter().zip(&words) {
        let mut line = label.clone();
        for (word, start) in words.iter().zip(&starts) {
            put(&mut line, *start, word);
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The lines over the words.
fn heads(columns: &[String], starts: &[usize]) -> Vec<String> {
    let mut ends: Vec<usize> = Vec::new();
    let mut lines_of: Vec<usize> = Vec::new();
    for (column, start) in columns.iter().zip(starts) {
        let line = ends.iter().position(|end| end + 2 <= *start).unwrap_or(ends.len());
        ends.resize(ends.len().max(line + 1), 0);
        ends[line] = start + column.len();
        lines_of.push(line);
    }
    let line = |at: usize| {
        let mut line = String::new();
        for ((column, start), own) in columns.iter().zip(starts).zip(&lines_of) {
            if *own == at {
                put(&mut line, *start, column);
            } else if *own < at && line.len() + 2 <= *start {
                put(&mut line, *start, "|");
            }
        }
        line
    };
    (0..ends.len()).map(line).collect()
}

fn put(line: &mut String, start: usize, word: &str) {
    let gap = start.saturating_sub(line.len());
    line.extend(std::iter::repeat_n(' ', gap));
    line.push_str(word);
}

/// What stands in a line, apart by two spaces or more.
fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    for (at, _) in line.char_indices().filter(|(_, c)| *c != ' ') {
        let end = at + line[at..].chars().next().map_or(1, char::len_utf8);
        match tokens.last_mut() {
            Some(last) if at < last.end + 2 => last.end = end,
            _ => tokens.push(at..end),
        }
    }
    tokens
}

/// Reads a grid.
pub(super) fn parse(text: &str) -> Result<Vec<Word<'_>>, Mistake> {
    let mut columns: Vec<(usize, &str)> = Vec::new();
    let mut words = Vec::new();
    let mut offset = 0;
    let mut in_heads = true;
    for line in text.split_inclusive('\n') {
        let begin = offset;
        offset += line.len();
        let line = line.trim_end();
        in_heads &= line.is_empty() || line.starts_with(' ');
        if in_heads {
            let heads = tokens(line).into_iter().filter(|token| &line[token.clone()] != "|");
            columns.extend(heads.map(|token| (token.start, &line[token])));
            continue;
        }
        if line.is_empty() {
            continue;
        }
        columns.sort_unstable();
        let wrong = |at: Range<usize>, what: String| Mistake { at: begin + at.start..begin + at.end, what };
        let label = columns.first().and_then(|(start, _)| line.get(..*start));
        let Some(label) = label.filter(|label| label.ends_with(' ')) else {
            return Err(wrong(0..line.len(), "a row without words below heads".to_owned()));
        };
        for (at, (start, column)) in columns.iter().enumerate() {
            let end = columns.get(at + 1).map_or(line.len(), |(next, _)| line.len().min(*next));
            let field = line.get(*start..end).filter(|field| !field.is_empty() && !field.starts_with(' '));
            let Some(field) = field else {
                return Err(wrong(0..line.len(), format!("nothing stands below `{column}`")));
            };
            let word = field.trim_end();
            let at = begin + start..begin + start + word.len();
            if word.contains(' ') || (word.len() == field.len() && end < line.len()) {
                return Err(Mistake { at, what: "words that do not stand below one head each".to_owned() });
            }
            if word != NONE {
                words.push(Word { row: label.trim_end(), column, word, at });
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn read(text: &str) -> Result<Vec<(&str, &str, &str)>, String> {
        let words = parse(text).map_err(|mistake| format!("{:?}: {}", &text[mistake.at], mistake.what))?;
        Ok(words.into_iter().map(|word| (word.row, word.column, word.word)).collect())
    }

    #[test]
    fn a_grid_reads_back() {
        let rows = names(&["attach-discover", "no"]);
        let columns = names(&["oras", "regctl", "as fallback-tag", "another", "as raw"]);
        let word = |row: &str, column: &str| match (row, column) {
            ("attach-discover", "oras" | "as fallback-tag") => Some("seen".to_owned()),
            ("attach-discover", "regctl") => Some("missed".to_owned()),
            ("no", "regctl") => Some("hang".to_owned()),
            ("no", "another") => Some("altered-2".to_owned()),
            _ => None,
        };
        let text = render(&rows, &columns, word);
        assert_eq!(
            text,
            "                 oras    regctl  as fallback-tag   as raw
                 |       |       |       another   |
attach-discover  seen    missed  seen    .         .
no               .       hang    .       altered-2 .
"
        );
        assert_eq!(
            read(&text),
            Ok(vec![
                ("attach-discover", "oras", "seen"),
                ("attach-discover", "regctl", "missed"),
                ("attach-discover", "as fallback-tag", "seen"),
                ("no", "regctl", "hang"),
                ("no", "another", "altered-2"),
            ])
        );
    }

    #[test]
    fn what_stands_below_no_head_is_a_mistake() {
        let good = "     one     two\nrow  seen    missed\n";
        assert_eq!(read(good).unwrap().len(), 2);
        let error = |text: &str| read(text).unwrap_err();
        let shifted = "     one     two\nrow  seen     missed\n";
        assert_eq!(error(shifted), "\"row  seen     missed\": nothing stands below `two`");
        let missing = "     one     two\nrow  seen\n";
        assert_eq!(error(missing), "\"row  seen\": nothing stands below `two`");
        let many = "     one     two\nrow  seen    missed  seen\n";
        assert_eq!(error(many), "\"missed  seen\": words that do not stand below one head each");
        let early = "     one     two\nrow  seen   missed\n";
        assert_eq!(error(early), "\"seen   m\": words that do not stand below one head each");
        let headless = "row  seen   missed\n";
        assert_eq!(error(headless), "\"row  seen   missed\": a row without words below heads");
        assert_eq!(read(""), Ok(Vec::new()));
    }
}

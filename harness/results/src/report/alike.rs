//! Rows and columns that say the same, put together: of twenty ways to store referrers, a handful fare differently.
//!
//! Owns: finding them, and labels of several names. Leaves to others: what is in a table.

/// Labels of several names are up to this many characters wide.
const LABEL: usize = 26;

/// What stands in a row or a column.
pub(super) type Words = Vec<&'static str>;

/// Puts together what has the same words, in the order of the first of each.
pub(super) fn alike<N>(all: impl Iterator<Item = (N, Words)>) -> Vec<(Vec<N>, Words)> {
    let mut groups: Vec<(Vec<N>, Words)> = Vec::new();
    for (name, words) in all {
        match groups.iter_mut().find(|(_, other)| *other == words) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], words)),
        }
    }
    groups
}

/// The rows of a group: its names in as few lines as hold them, each with the words.
pub(super) fn rows(indent: &str, names: &[String], words: &Words) -> Vec<(String, Vec<String>)> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + 2 + name.len() <= LABEL => {
                line.push_str(", ");
                line.push_str(name);
            }
            _ => lines.push(format!("{indent}{name}")),
        }
    }
    let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    lines.into_iter().map(|line| (line, words.clone())).collect()
}

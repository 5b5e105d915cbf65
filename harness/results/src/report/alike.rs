//! Rows and columns that say the same, put together: of twenty ways to store referrers, a handful fare differently.
//!
//! Owns: finding them, and labels of several names. Leaves to others: what is in a table.

use super::wrap::Page;

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

/// The rows of a group: its names in as few lines as hold them, the words in the first. Of names that begin alike up to a `>`, that
/// stands once.
pub(super) fn rows(indent: &str, names: &[String], words: &Words) -> Vec<(String, Vec<String>)> {
    let mut items: Vec<String> = Vec::new();
    let mut before = "";
    for name in names {
        let (begin, end) = name.rsplit_once("> ").unwrap_or(("", name));
        let is_same = !begin.is_empty() && begin == before;
        items.push(if is_same { end.to_owned() } else { name.clone() });
        before = begin;
    }
    let label = Page::narrow(LABEL).wrapped(indent, &items.join(", "), indent.len() + 2);
    let mut rows: Vec<(String, Vec<String>)> =
        label.lines().map(|line| (line.to_owned(), Vec::new())).collect();
    if let Some((_, first)) = rows.first_mut() {
        *first = words.iter().map(|&word| word.to_owned()).collect();
    }
    rows
}

//! What needs a sentence, by cause: cells that share one share a paragraph, whichever tools they are of.
//!
//! Owns: telling causes apart, and how each is shown: who, what, how many cells, and the smallest of them. Leaves to others: what is
//! worth a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use referee_source::counted;

use regex::Regex;

use super::wrap::Page;
use crate::cell_id::{Binding, CellId};
use crate::results::CellResult;
use crate::vocabulary::Word;

/// Below the sentences.
const INDENT: &str = "         ";

/// Cells by cause. A cause is a word and a sentence.
#[derive(Default)]
pub(super) struct Causes<'a>(BTreeMap<(Word, String), Cause<'a>>);

/// What one cause is about.
#[derive(Default)]
struct Cause<'a> {
    /// Whose tools.
    who: BTreeSet<String>,
    /// The cells, each with its own words for what was seen.
    cells: Vec<(&'a CellId, String)>,
}

impl<'a> Causes<'a> {
    /// Adds a cell: what was seen of `who`. Sentences that differ in digests and numbers alone are one.
    pub(super) fn add(&mut self, word: impl Into<Word>, who: &str, what: String, cell: &'a CellResult) {
        let key = NUMBER.replace_all(&DIGEST.replace_all(&what, "$2"), "#").into_owned();
        let cause = self.0.entry((word.into(), key)).or_default();
        cause.who.insert(who.to_owned());
        cause.cells.push((&cell.id, what));
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them has several cells.
    pub(super) fn are_shared(&self) -> bool {
        self.0.values().any(|cause| cause.cells.len() > 1)
    }

    /// A paragraph for each cause.
    pub(super) fn render(&self, page: Page) -> String {
        let mut text = String::new();
        for ((word, _), cause) in &self.0 {
            let Some((smallest, what)) = cause.cells.iter().min_by_key(|(id, _)| id.smallness()) else {
                continue;
            };
            text.push_str(&paragraph(
                page,
                *word,
                &format!("{}: {}", names(&cause.who), without_digests(what)),
            ));
            let count = cause.cells.len();
            let count = if count > 1 { format!("{count} cells, smallest ") } else { String::new() };
            text.push_str(&page.wrapped(INDENT, &format!("{count}{smallest}"), INDENT.len()));
        }
        text
    }

    /// A line for each cause, with the number of its cells.
    pub(super) fn counts(&self, page: Page) -> String {
        let line = |cause: &Cause<'_>| {
            let what = cause.cells.first().map_or("", |(_, what)| what);
            let cells = counted(cause.cells.len(), "cell");
            page.wrapped("", &format!("{}: {what} ({cells})", names(&cause.who)), 2)
        };
        self.0.values().map(line).collect()
    }
}

/// A sentence that begins with the name of a tool of the cell, as that name and the rest.
pub(super) fn whose<'a>(id: &CellId, reason: &'a str) -> (String, &'a str) {
    for (_, binding) in id.roles() {
        let Binding::Tool(driver) = binding else { continue };
        let rest = reason.strip_prefix(driver.as_str()).filter(|rest| rest.starts_with([' ', ':']));
        if let Some(rest) = rest {
            return (driver.clone(), rest.trim_start_matches([' ', ':']));
        }
    }
    (id.column(), reason)
}

fn names(who: &BTreeSet<String>) -> String {
    who.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A word and what it is about, in two columns.
pub(super) fn paragraph(page: Page, head: impl Into<Word>, body: &str) -> String {
    page.wrapped(&format!("{:width$}", head.into().text(), width = INDENT.len()), body, INDENT.len())
}

/// A sentence with its digests, paths of blobs and fallback tags cut short.
pub(super) fn without_digests(text: &str) -> String {
    DIGEST.replace_all(text, "$1$2...").into_owned()
}

static DIGEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(sha256|sha512|blake3)([:/-])[0-9a-f]{12,}").expect("the pattern is a constant")
});

/// Sizes, ports, times, and how often: another single digit is more likely an exit code.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[0-9]{2,}|[0-9]+x").expect("the pattern is a constant"));

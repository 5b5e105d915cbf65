//! The words that reports print, explained.
//!
//! Owns: how bad a finding of `check` is, and how strongly a text asks. Leaves to others: the words of runs
//! ([`referee::results::vocabulary`]) and of views ([`referee::layout::view::words`]).

use referee::layout::view::words;
use referee::results::Outcome;
use referee::results::vocabulary::Word;
use referee::rules::{Level, Severity};

use crate::machine::wrapped;

/// The words.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    table().map(|(_, word, _)| word)
}

/// The texts about a word.
pub(super) fn all(id: &str) -> Vec<String> {
    let words = table().filter(|(_, word, _)| *word == id);
    words
        .map(|(kind, word, meaning)| wrapped(&format!("{kind} {word}: "), &format!("{meaning}."), 2))
        .collect()
}

/// The text about a word of a golden that has a number, such as `seen-2`.
pub(super) fn numbered(id: &str) -> Option<String> {
    let (word, number) = id.rsplit_once('-')?;
    number.parse::<u32>().ok()?;
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)?;
    let meaning = format!(
        "{outcome}, in another way than `{outcome}` alone in the same case of the same golden; [words] at its end says \
         what each of them consists of. {outcome}: {}.",
        outcome.meaning()
    );
    Some(wrapped(&format!("word of a golden {id}: "), &meaning, 2))
}

/// The kind of each word, the word, and what it means.
fn table() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let runs = Word::all().map(|word| (word.kind(), word.text(), word.meaning()));
    let severities = [Severity::Error, Severity::Warning, Severity::Info]
        .map(|severity| ("severity of a finding", severity.word(), of_severity(severity)));
    let levels = [Level::Must, Level::Should, Level::May, Level::Convention]
        .map(|level| ("level of a requirement", level.word(), of_level(level)));
    let kind =
        |kind: &'static str| move |(word, meaning): (&'static str, &'static str)| (kind, word, meaning);
    let views = words::CODES.into_iter().map(kind("note of a view"));
    let hows = words::HOWS.into_iter().map(kind("what names a subject"));
    let complete = words::COMPLETE.into_iter().map(kind("completeness of a view"));
    runs.chain(severities).chain(levels).chain(views).chain(hows).chain(complete)
}

fn of_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "the layout breaks what a text asks for",
        Severity::Warning => "likely to cause trouble; `--fail-on warning` makes the check fail",
        Severity::Info => "worth knowing; no check fails by it",
    }
}

fn of_level(level: Level) -> &'static str {
    match level {
        Level::Must => "the text says MUST, MUST NOT or REQUIRED (RFC 2119)",
        Level::Should => "the text says SHOULD or SHOULD NOT (RFC 2119)",
        Level::May => "the text says MAY or OPTIONAL (RFC 2119)",
        Level::Convention => "no such word: what a text declares, or what follows from several",
    }
}

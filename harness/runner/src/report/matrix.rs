//! The matrix: who can see whose referrers, in one case.
//!
//! Owns: rows, columns and the words in the cells, in 80 columns. Leaves to others: which case is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::cell::{BUILTIN, as_convention};
use crate::golden::Golden;
use crate::outcome::Outcome;
use crate::report::wrap::wrapped;
use crate::results::CellResult;

/// One cell of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What wrote.
    pub row: String,
    /// What read: a column, or a convention.
    pub column: String,
    /// Whether the in-crate reader read.
    pub builtin: bool,
    /// What was observed.
    pub outcome: Outcome,
}

impl From<&CellResult> for Entry {
    fn from(cell: &CellResult) -> Self {
        Self {
            row: cell.row.clone(),
            column: cell.column.clone(),
            builtin: cell.consumer() == BUILTIN,
            outcome: cell.outcome,
        }
    }
}

/// The entries of one case in goldens: the matrix as it was approved.
pub fn entries<'a>(goldens: impl Iterator<Item = &'a Golden>, case: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for golden in goldens {
        for (id, line) in &golden.cells {
            let Some(words) = id.strip_prefix(case).and_then(|rest| rest.strip_prefix('[')) else {
                continue;
            };
            let words: BTreeMap<&str, &str> =
                words.trim_end_matches(']').split(',').filter_map(|word| word.split_once('=')).collect();
            let word = |key: &str| words.get(key).copied().unwrap_or_default();
            let label = |driver: &str, convention: &str| match word(driver) {
                BUILTIN => as_convention(word(convention)),
                tool => tool.to_owned(),
            };
            entries.push(Entry {
                row: label("producer", "convention"),
                column: label("consumer", "reader"),
                builtin: word("consumer") == BUILTIN,
                outcome: line.outcome,
            });
        }
    }
    entries
}

/// The word in a cell, at most six characters.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Seen => "all",
        Outcome::Altered => "all*",
        Outcome::Partial => "some",
        Outcome::Missed => "none",
        Outcome::Extra => "extra",
        Outcome::Refused => "denied",
        Outcome::Error => "failed",
        Outcome::Crash => "crash",
        Outcome::Hang => "hang",
        Outcome::Garbled => "garble",
        Outcome::Unsupported => "-",
        Outcome::Unavailable => "",
        Outcome::Flaky => "flaky",
    }
}

/// What the words mean, for the outcomes that occur and do not speak for themselves.
pub fn legend(entries: &[Entry]) -> String {
    let meaning = |outcome: Outcome| match outcome {
        Outcome::Seen => Some("all     every referrer was found, as it was written"),
        Outcome::Altered => Some("all*    every referrer was found, but with changed descriptors"),
        Outcome::Partial => Some("some    some referrers were found"),
        Outcome::Missed => Some("none    no referrer was found, and nothing was said about it"),
        Outcome::Extra => Some("extra   something was listed that is no referrer of the subject"),
        Outcome::Refused => Some("denied  the tool said that it cannot or will not"),
        Outcome::Error => Some("failed  the tool failed, or did not do what it reported"),
        Outcome::Garbled => Some("garble  the answer cannot be read"),
        Outcome::Unsupported => Some("-       the tool has no such operation"),
        Outcome::Flaky => Some("flaky   it differs from run to run"),
        Outcome::Crash | Outcome::Hang | Outcome::Unavailable => None,
    };
    let occurring: BTreeSet<Outcome> = entries.iter().map(|entry| entry.outcome).collect();
    occurring.into_iter().filter_map(meaning).map(|line| format!("  {line}\n")).collect()
}

/// The matrix whose columns are tools: rows and columns in the given order, 80 columns wide at most eight tools.
pub fn tools(entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| !entry.builtin).collect();
    let rows = present(rows, |row| entries.iter().any(|e| e.row == row && e.outcome != Outcome::Unavailable));
    let columns = present(columns, |column| {
        entries.iter().any(|e| e.column == column && e.outcome != Outcome::Unavailable)
    });
    if rows.is_empty() || columns.is_empty() {
        return String::new();
    }
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0).max("written by".len());
    let mut text = format!("{:width$}  read by\n", "");
    let heads: Vec<(String, String)> = columns
        .iter()
        .map(|column| match column.split_once('+') {
            Some((tool, variant)) => (tool.to_owned(), format!("+{variant}")),
            None => ((*column).to_owned(), String::new()),
        })
        .collect();
    let line = |first: &str, words: &mut dyn Iterator<Item = &str>| {
        let mut line = format!("{first:width$} ");
        for word in words {
            let _ = write!(line, " {word:6}");
        }
        format!("{}\n", line.trim_end())
    };
    text.push_str(&line("", &mut heads.iter().map(|(tool, _)| tool.as_str())));
    text.push_str(&line("written by", &mut heads.iter().map(|(_, variant)| variant.as_str())));
    for row in rows {
        let mut words = columns.iter().map(|column| {
            let cell = entries.iter().find(|e| e.row == *row && e.column == **column);
            cell.map_or("", |cell| word(cell.outcome))
        });
        text.push_str(&line(row, &mut words));
    }
    text
}

/// The matrix whose columns are conventions, numbered like its rows; those without a row are named below it.
pub fn conventions(entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.builtin).collect();
    let rows = present(rows, |row| entries.iter().any(|e| e.row == row && e.outcome != Outcome::Unavailable));
    let columns = present(columns, |column| entries.iter().any(|entry| entry.column == column));
    if rows.is_empty() || columns.is_empty() {
        return String::new();
    }
    let number = |name: &str| columns.iter().position(|column| *column == name).map(|at| at + 1);
    let label = |row: &str| match number(row) {
        Some(at) => format!("{:5}{}", format!("[{at}]"), row.trim_start_matches("as ")),
        None => format!("     {row}"),
    };
    let width = rows.iter().map(|row| label(row).len()).max().unwrap_or(0).max("written by".len());
    let mut text = format!("{:width$}  read by convention\n", "");
    let line = |first: &str, words: &mut dyn Iterator<Item = String>| {
        let mut line = format!("{first:width$} ");
        for word in words {
            let _ = write!(line, " {word:4}");
        }
        format!("{}\n", line.trim_end())
    };
    text.push_str(&line("written by", &mut (1..=columns.len()).map(|at| format!("[{at}]"))));
    let unnamed = columns.iter().filter(|column| !rows.contains(column));
    let names: Vec<String> = unnamed
        .filter_map(|column| Some(format!("[{}] {}", number(column)?, column.trim_start_matches("as "))))
        .collect();
    for row in rows {
        let mut words = columns.iter().map(|column| {
            let cell = entries.iter().find(|e| e.row == *row && e.column == **column);
            cell.map_or("", |cell| short(cell.outcome)).to_owned()
        });
        text.push_str(&line(&label(row), &mut words));
    }
    if !names.is_empty() {
        let _ = write!(text, "\n{}", wrapped("  ", &names.join(", "), 2));
    }
    text
}

/// The word in a narrow cell.
fn short(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Refused => "deny",
        Outcome::Extra => "more",
        Outcome::Error => "fail",
        Outcome::Flaky => "flky",
        other => word(other),
    }
}

fn present(names: &[String], is: impl Fn(&str) -> bool) -> Vec<&String> {
    names.iter().filter(|name| is(name)).collect()
}

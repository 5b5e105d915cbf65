//! The matrix: who can see whose referrers, in one case.
//!
//! Owns: rows, columns and the words in the cells, in 80 columns. Leaves to others: which case is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::cell_id::{BUILTIN, as_convention};
use crate::golden::Golden;
use crate::outcome::Outcome;
use crate::report::table::Table;
use crate::report::wrap::listed;
use crate::results::CellResult;

/// More tables than this for one case say less than one with gaps.
const MANY: usize = 3;

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

/// The matrix whose columns are tools: rows and columns in the given order.
pub fn tools(entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| !entry.builtin).collect();
    let render = |(rows, columns): &(Vec<&String>, Vec<&String>)| {
        let heads = columns.iter().map(|column| heads(column)).collect();
        let rows = filled(&entries, rows, columns, str::to_owned, word);
        Table { corner: "written by".to_owned(), heads, rows, least: 6 }.render("read by")
    };
    groups(&entries, rows, columns).iter().map(render).collect::<Vec<_>>().join("\n")
}

/// The two lines over the column of a tool: its name, and its variant.
pub(super) fn heads(column: &str) -> (String, String) {
    match column.split_once('+') {
        Some((tool, variant)) => (tool.to_owned(), format!("+{variant}")),
        None => (column.to_owned(), String::new()),
    }
}

/// The matrix whose columns are conventions, numbered like its rows; those without a row are named below it.
pub fn conventions(entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.builtin).collect();
    let render = |(rows, columns): &(Vec<&String>, Vec<&String>)| {
        let number = |name: &str| columns.iter().position(|column| *column == name).map(|at| at + 1);
        // one column needs no number
        if let [column] = columns.as_slice() {
            let heads = vec![(bare(column).to_owned(), String::new())];
            let rows = filled(&entries, rows, columns, str::to_owned, short);
            return Table { corner: "written by".to_owned(), heads, rows, least: 4 }
                .render("read by convention");
        }
        let label = |row: &str| match number(row) {
            Some(at) => format!("{:5}{}", format!("[{at}]"), bare(row)),
            None => format!("     {row}"),
        };
        let names: Vec<String> = columns
            .iter()
            .filter(|column| !rows.contains(column))
            .filter_map(|column| Some(format!("[{}] {}", number(column)?, bare(column))))
            .collect();
        let heads = (1..=columns.len()).map(|at| (format!("[{at}]"), String::new())).collect();
        let rows = filled(&entries, rows, columns, label, short);
        let mut text =
            Table { corner: "written by".to_owned(), heads, rows, least: 4 }.render("read by convention");
        if !names.is_empty() {
            let _ = write!(text, "\n{}", listed(&names, 2));
        }
        text
    };
    groups(&entries, rows, columns).iter().map(render).collect::<Vec<_>>().join("\n")
}

/// A convention without what tells it from a tool.
pub(super) fn bare(convention: &str) -> &str {
    convention.strip_prefix("as ").unwrap_or(convention)
}

/// Rows that have the same columns, so that no table is mostly empty: with one convention or tool selected, the cells
/// are one row and one column of the whole.
fn groups<'a>(
    entries: &[&Entry],
    rows: &'a [String],
    columns: &'a [String],
) -> Vec<(Vec<&'a String>, Vec<&'a String>)> {
    let is = |row: &str, column: &str| {
        entries.iter().any(|e| e.row == row && e.column == column && e.outcome != Outcome::Unavailable)
    };
    let mut groups: Vec<(Vec<&String>, Vec<&String>)> = Vec::new();
    for row in rows {
        let own: Vec<&String> = columns.iter().filter(|column| is(row, column)).collect();
        match groups.iter_mut().find(|(_, columns)| *columns == own) {
            _ if own.is_empty() => {}
            Some((rows, _)) => rows.push(row),
            None => groups.push((vec![row], own)),
        }
    }
    // an interrupted run has gaps anywhere
    if groups.len() > MANY {
        let of = |names: &'a [String], is: &dyn Fn(&String) -> bool| names.iter().filter(|n| is(n)).collect();
        let rows = of(rows, &|row| columns.iter().any(|column| is(row, column)));
        let columns = of(columns, &|column| groups.iter().any(|(_, own)| own.contains(&column)));
        return vec![(rows, columns)];
    }
    groups
}

/// The cells of a group.
fn filled(
    entries: &[&Entry],
    rows: &[&String],
    columns: &[&String],
    label: impl Fn(&str) -> String,
    word: impl Fn(Outcome) -> &'static str,
) -> Vec<(String, Vec<String>)> {
    let cell = |row: &str, column: &str| {
        let cell = entries.iter().find(|e| e.row == row && e.column == column);
        cell.map_or("", |cell| word(cell.outcome)).to_owned()
    };
    rows.iter().map(|row| (label(row), columns.iter().map(|column| cell(row, column)).collect())).collect()
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

//! The matrix: who can see whose referrers, in one case.
//!
//! Owns: rows, columns and the words in the cells, in the width of a page. Leaves to others: which case is shown.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use referee_source::counted;

use crate::cell_id::{self, Binding, CellId};
use crate::golden::Golden;
use crate::outcome::Outcome;
use crate::report::table::Table;
use crate::report::wrap::Page;
use crate::results::CellResult;
use crate::role::Role;
use crate::vocabulary::Word;

/// The case whose matrix is the headline.
pub const HEADLINE: &str = "attach-discover";

/// The same question to tools that write a referrer with the image only.
pub(super) const BUILT: &str = "build-discover";

/// More tables than this for one case say less than one with gaps.
const MANY: usize = 3;

/// One cell of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What wrote.
    pub row: String,
    /// What read: a column, or a convention.
    pub column: String,
    /// Whether the built-in reader read.
    pub builtin: bool,
    /// Whether a bystander was asked, and nobody read.
    pub asked: bool,
    /// What was observed.
    pub outcome: Outcome,
}

impl From<&CellResult> for Entry {
    fn from(cell: &CellResult) -> Self {
        Self::new(&cell.id, cell.outcome)
    }
}

impl Entry {
    fn new(id: &CellId, outcome: Outcome) -> Self {
        let builtin = matches!(id.last(), Some(Binding::Builtin(_)));
        let asked = matches!(id.roles().last(), Some((Role::Bystander, _)));
        Self { row: id.row(), column: id.column(), builtin, asked, outcome }
    }
}

/// The entries of a case in goldens: the matrix as it was approved.
pub fn entries<'a>(goldens: impl Iterator<Item = &'a Golden>, case: &str) -> Vec<Entry> {
    let cells = goldens.flat_map(Golden::cells).filter(|(id, _)| is_shown_in(case, id));
    cells.map(|(id, recorded)| Entry::new(id, recorded.outcome)).collect()
}

/// Whether a cell is in the matrix of a case. What the built-in reader finds after others is a picture of its own
/// ([`super::survival`]). That of the headline has the tools, too, that build image and attestation themselves.
pub(super) fn is_shown_in(case: &str, id: &CellId) -> bool {
    let is_built = case == HEADLINE && id.case() == BUILT;
    let is_fate = id.roles().len() > 2 && matches!(id.last(), Some(Binding::Builtin(_)));
    let is_by_tool = matches!(id.roles().first(), Some((_, Binding::Tool(_))));
    (id.case() == case || is_built && is_by_tool) && !is_fate
}

/// The word in a cell: the outcome, unless nothing could run for want of a capability. A tool that is not there leaves its
/// cells empty, since it is named below.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unsupported => Word::Nothing.text(),
        Outcome::Unavailable => "",
        ran => Word::from(ran).text(),
    }
}

/// The words of these entries.
pub(super) fn words(entries: &[Entry]) -> BTreeSet<Word> {
    let (wrote, read) = ran(&entries.iter().collect::<Vec<_>>());
    let shown = entries
        .iter()
        .filter(|entry| wrote.contains(entry.row.as_str()) && read.contains(entry.column.as_str()));
    let word = |entry: &Entry| match entry.outcome {
        Outcome::Unsupported => Some(Word::Nothing),
        Outcome::Unavailable => None,
        ran => Some(Word::from(ran)),
    };
    shown.filter_map(word).collect()
}

/// The rows and the columns in which anything ran.
fn ran<'a>(entries: &[&'a Entry]) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let ran = entries.iter().filter(|entry| entry.outcome.ran());
    ran.map(|entry| (entry.row.as_str(), entry.column.as_str())).unzip()
}

/// A word and what it means, as a line of a legend.
pub(super) fn meaning(page: Page, word: Word) -> String {
    let line = page.wrapped(&format!("  {:8}  ", word.text()), word.meaning(), 12);
    // a colour has no width
    line.replacen(word.text(), &page.toned(word.text()), 1)
}

/// The matrix whose columns are tools: rows and columns in the given order.
pub fn tools(page: Page, entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| !entry.builtin).collect();
    let title = if entries.iter().any(|entry| entry.asked) { "asked" } else { "read by" };
    let render = |(at, (rows, columns)): (usize, &(Vec<&String>, Vec<&String>))| {
        let title = of_group(title, at, rows);
        let heads = columns.iter().map(|column| heads(column)).collect();
        let rows = under_as(filled(&entries, rows, columns, str::to_owned));
        Table { corner: "written by".to_owned(), heads, rows, least: 6 }.render(page, &title)
    };
    groups(&entries, rows, columns).iter().enumerate().map(render).collect::<Vec<_>>().join("\n")
}

/// Rows with all that follow one convention below one `as`, which leaves more room for words.
fn under_as(rows: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    if rows.iter().filter(|(label, _)| one_convention(label).is_some()).count() < 2 {
        return rows;
    }
    let mut all = Vec::new();
    let mut below = false;
    for (label, words) in rows {
        let Some(convention) = one_convention(&label).map(|convention| format!(" {convention}")) else {
            below = false;
            all.push((label, words));
            continue;
        };
        if !below {
            all.push(("as".to_owned(), Vec::new()));
        }
        below = true;
        all.push((convention, words));
    }
    all
}

/// The convention of a row that is no chain.
fn one_convention(label: &str) -> Option<&str> {
    cell_id::bare(label).filter(|convention| !convention.contains(' '))
}

/// The two lines over the column of a tool: its name, and its variant.
pub(super) fn heads(column: &str) -> (String, String) {
    match column.split_once('+') {
        Some((tool, variant)) => (tool.to_owned(), format!("+{variant}")),
        None => (column.to_owned(), String::new()),
    }
}

/// The matrix whose columns are conventions, numbered like its rows; those without a row are named below it.
pub fn conventions(page: Page, entries: &[Entry], rows: &[String], columns: &[String]) -> String {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.builtin).collect();
    let render = |(at, (rows, columns)): (usize, &(Vec<&String>, Vec<&String>))| {
        let title = of_group("read by convention", at, rows);
        let number = |name: &str| columns.iter().position(|column| *column == name).map(|at| at + 1);
        // one column needs no number
        if let [column] = columns.as_slice() {
            let heads = vec![(bare(column).to_owned(), String::new())];
            let rows = filled(&entries, rows, columns, str::to_owned);
            return Table { corner: "written by".to_owned(), heads, rows, least: 4 }.render(page, &title);
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
        let rows = filled(&entries, rows, columns, label);
        let mut text = Table { corner: "written by".to_owned(), heads, rows, least: 4 }.render(page, &title);
        if !names.is_empty() {
            let _ = write!(text, "\n{}", page.listed("  ", &names, 2));
        }
        text
    };
    groups(&entries, rows, columns).iter().enumerate().map(render).collect::<Vec<_>>().join("\n")
}

/// The title of one of several tables of a case: from the second on, it says whose rows it has.
fn of_group(title: &str, at: usize, rows: &[&String]) -> String {
    let [first, others @ ..] = rows else { return title.to_owned() };
    if at == 0 {
        return title.to_owned();
    }
    let first = if cell_id::bare(first).is_some() { (*first).clone() } else { format!("by {first}") };
    let others = match others.len() {
        0 => String::new(),
        more => format!(", and {}", counted(more, "other")),
    };
    format!("{title}, of what was written {first}{others}")
}

/// A label without its leading `as `.
pub(super) fn bare(label: &str) -> &str {
    cell_id::bare(label).unwrap_or(label)
}

/// Rows that have the same columns, so that no table is mostly empty: with one convention or tool selected, the cells
/// are one row and one column of the whole. Where nothing ran in a whole row or column, that is told below.
fn groups<'a>(
    entries: &[&Entry],
    rows: &'a [String],
    columns: &'a [String],
) -> Vec<(Vec<&'a String>, Vec<&'a String>)> {
    let (wrote, read) = ran(entries);
    let is = |row: &str, column: &str| {
        let shown = |e: &&Entry| e.row == row && e.column == column && e.outcome != Outcome::Unavailable;
        wrote.contains(row) && read.contains(column) && entries.iter().any(shown)
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
) -> Vec<(String, Vec<String>)> {
    let cell = |row: &str, column: &str| {
        let cell = entries.iter().find(|e| e.row == row && e.column == column);
        cell.map_or("", |cell| word(cell.outcome)).to_owned()
    };
    rows.iter().map(|row| (label(row), columns.iter().map(|column| cell(row, column)).collect())).collect()
}

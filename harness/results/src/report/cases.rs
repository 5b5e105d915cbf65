//! All cases in one table: of how many writers each reader found everything.
//!
//! Owns: scores, by tool and, where no tool ran, by convention. Leaves to others: one case in full
//! ([`super::matrix`]).

use std::collections::{BTreeMap, BTreeSet};

use super::axes::Axes;
use super::matrix::{bare, heads, meaning};
use super::table::Table;
use super::wrap::Page;
use crate::cell_id::Binding;
use crate::results::{CellResult, Results};
use crate::role::Role;
use crate::vocabulary::Word;

const EACH: &str = "Every case: how many of the layouts written for it each";

/// The cells of one case and one reader that ran, and how many of them found everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Score {
    found: usize,
    of: usize,
}

/// The table, with what its signs mean.
pub(super) fn render(page: Page, results: &Results, axes: &Axes) -> String {
    let cases: Vec<&str> = axes.cases.keys().map(String::as_str).collect();
    let by_tool = by_tool(page, results, &cases, &axes.tools);
    if by_tool.is_empty() { by_convention(page, results, &cases, &axes.conventions) } else { by_tool }
}

fn by_tool(page: Page, results: &Results, cases: &[&str], tools: &[String]) -> String {
    let ran = results.cells.iter().filter(|cell| is_reading(cell) && !is_builtin(cell));
    let (columns, scores) = scores(ran, cases, tools);
    if columns.is_empty() {
        return String::new();
    }
    let table = Table {
        corner: String::new(),
        heads: columns.iter().map(|column| heads(column)).collect(),
        rows: rows(&scores, ratio),
        least: 6,
    };
    let title = page.wrapped("", &format!("{EACH} tool read in full"), 2);
    format!("{title}\n{}{}\n", table.render(page, ""), gaps(page, &scores))
}

/// Whether somebody listed referrers at the end.
fn is_reading(cell: &CellResult) -> bool {
    cell.outcome.ran() && cell.id.roles().last().is_some_and(|(role, _)| *role != Role::Bystander)
}

fn is_builtin(cell: &CellResult) -> bool {
    matches!(cell.id.last(), Some(Binding::Builtin(_)))
}

/// What the sign of a gap means, where there is one.
fn gaps(page: Page, scores: &[Row<'_>]) -> String {
    let gap = scores.iter().flat_map(|(_, scores)| scores).any(|score| score.of == 0);
    if gap { format!("\n{}", meaning(page, Word::Nothing)) } else { String::new() }
}

fn by_convention(page: Page, results: &Results, cases: &[&str], conventions: &[String]) -> String {
    let ran = results.cells.iter().filter(|cell| is_reading(cell) && is_builtin(cell));
    let (columns, scores) = scores(ran, cases, conventions);
    if columns.is_empty() {
        return String::new();
    }
    let names: Vec<String> =
        columns.iter().enumerate().map(|(at, column)| format!("[{}] {}", at + 1, bare(column))).collect();
    let mut heads: Vec<(String, String)> =
        (1..=columns.len()).map(|at| (format!("[{at}]"), String::new())).collect();
    let alike = |(_, row): &Row<'_>| row.iter().all(|score| score.of == row[0].of);
    let rows = if scores.iter().all(alike) {
        // how many there were is said once a row
        heads.insert(0, ("of".to_owned(), String::new()));
        let mut all = rows(&scores, |score| {
            if score.of == 0 { Word::Nothing.text().to_owned() } else { score.found.to_string() }
        });
        for ((_, cells), (_, row)) in all.iter_mut().zip(&scores) {
            cells.insert(0, row[0].of.to_string());
        }
        all
    } else {
        rows(&scores, ratio)
    };
    let table = Table { corner: String::new(), heads, rows, least: 3 };
    let title = page.wrapped("", &format!("{EACH} convention's reader found in full"), 2);
    format!("{title}\n{}\n{}{}\n", table.render(page, ""), page.listed("  ", &names, 2), gaps(page, &scores))
}

fn ratio(score: &Score) -> String {
    match score.of {
        0 => Word::Nothing.text().to_owned(),
        of => format!("{}/{of}", score.found),
    }
}

/// A case, and the score of each reader.
type Row<'a> = (&'a str, Vec<Score>);

/// The readers that ran at all, and the score of each in the cases that did.
fn scores<'a>(
    cells: impl Iterator<Item = &'a CellResult>,
    cases: &[&'a str],
    readers: &'a [String],
) -> (Vec<&'a String>, Vec<Row<'a>>) {
    let mut all: BTreeMap<(String, String), Score> = BTreeMap::new();
    for cell in cells {
        let score = all.entry((cell.id.case().to_owned(), cell.id.column())).or_default();
        score.of += 1;
        score.found += usize::from(cell.outcome.discovered());
    }
    let ran: BTreeSet<&str> = all.keys().map(|(_, reader)| reader.as_str()).collect();
    let columns: Vec<&String> = readers.iter().filter(|reader| ran.contains(reader.as_str())).collect();
    let score = |case: &str, reader: &str| {
        all.get(&(case.to_owned(), reader.to_owned())).copied().unwrap_or_default()
    };
    let row = |case: &&'a str| (*case, columns.iter().map(|reader| score(case, reader)).collect());
    let rows: Vec<Row<'_>> = cases.iter().map(row).collect();
    let rows = rows.into_iter().filter(|(_, scores)| scores.iter().any(|score| score.of > 0)).collect();
    (columns, rows)
}

fn rows(scores: &[Row<'_>], word: impl Fn(&Score) -> String) -> Vec<(String, Vec<String>)> {
    let row = |(case, scores): &Row<'_>| ((*case).to_owned(), scores.iter().map(&word).collect());
    scores.iter().map(row).collect()
}

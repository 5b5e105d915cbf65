//! The end of a run, for people: matrices, surprises, what could not run, the headline.
//!
//! Owns: what is said, and in which order. Leaves to others: the tables ([`super::matrix`], `cases`), causes
//! (`causes`), colour, the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::matrix::{self, Entry};
use super::wrap::wrapped;
use super::{cases, causes};
use crate::cell_id::BUILTIN;
use crate::judge::Verdict;
use crate::results::{Results, ToolResult};

/// The case whose matrix is the headline.
pub const HEADLINE: &str = "attach-discover";

/// More cases than this are summed up in one table instead of a matrix each.
const MATRICES: usize = 2;

/// What a report knows of the catalogue.
#[derive(Debug, Clone)]
pub struct Names {
    /// The cases' titles by id.
    pub titles: BTreeMap<String, String>,
    /// The drivers' columns, in order.
    pub tools: Vec<String>,
    /// The conventions' columns, in order.
    pub conventions: Vec<String>,
    /// The tools that can be built.
    pub installable: BTreeSet<String>,
}

/// Everything that a person reads at the end of a run.
pub fn render(results: &Results, names: &Names) -> String {
    let Names { titles, tools, conventions, .. } = names;
    let mut text = String::new();
    let all_cases = titles.keys().map(String::as_str);
    let with_cells: Vec<&str> =
        all_cases.filter(|case| results.cells.iter().any(|cell| cell.case == *case)).collect();
    let shown: Vec<&str> = match with_cells.as_slice() {
        few if few.len() <= MATRICES => few.to_vec(),
        many => many.iter().copied().filter(|case| *case == HEADLINE).collect(),
    };
    let mut all = Vec::new();
    for case in shown {
        let entries: Vec<Entry> =
            results.cells.iter().filter(|cell| cell.case == *case).map(Entry::from).collect();
        let rows = rows(results, case, tools, conventions);
        let title = titles.get(case).map_or("", String::as_str);
        text.push_str(&wrapped(&format!("{case}: "), title, 2));
        text.push('\n');
        for table in
            [matrix::tools(&entries, &rows, tools), matrix::conventions(&entries, &rows, conventions)]
        {
            if !table.is_empty() {
                let _ = writeln!(text, "{table}");
            }
        }
        all.extend(entries);
    }
    let legend = matrix::legend(&all);
    if !legend.is_empty() {
        let _ = writeln!(text, "{legend}");
    }
    if with_cells.len() > MATRICES {
        text.push_str(&cases::render(results, &with_cells, tools, conventions));
    }
    text.push_str(&causes::surprises(results));
    text.push_str(&causes::unexpected(results));
    text.push_str(&causes::unclaimed(results));
    text.push_str(&missing(results, &names.installable));
    text.push_str(&closing(results));
    text
}

/// The rows of a case: tools, conventions, then combinations (producer > copier) in order of appearance.
fn rows(results: &Results, case: &str, tools: &[String], conventions: &[String]) -> Vec<String> {
    let mut rows: Vec<String> = tools.iter().chain(conventions).cloned().collect();
    for cell in results.cells.iter().filter(|cell| cell.case == case) {
        if !rows.contains(&cell.row) {
            rows.push(cell.row.clone());
        }
    }
    rows
}

/// What could not run, and how to get it.
fn missing(results: &Results, installable: &BTreeSet<String>) -> String {
    let missing: Vec<&ToolResult> = results.tools.iter().filter(|tool| tool.status != "ok").collect();
    let width = missing.iter().map(|tool| tool.id.len()).max().unwrap_or(0) + 1;
    let line = |tool: &&ToolResult| {
        wrapped(&format!("{:width$} ", tool.id), tool.reason.as_deref().unwrap_or(""), width + 1)
    };
    let text: String = missing.iter().map(line).collect();
    if text.is_empty() {
        return text;
    }
    let tools: BTreeSet<&str> = missing.iter().map(|tool| tool.tool.as_str()).collect();
    let built: Vec<&str> = tools.iter().copied().filter(|tool| installable.contains(*tool)).collect();
    let which = if built.len() == tools.len() { "them".to_owned() } else { built.join(", ") };
    let advice = match built.len() {
        0 => String::new(),
        _ => wrapped("", &format!("`referee run --install` builds {which}; it needs Go."), 0) + "\n",
    };
    format!("Not run: these tools are unavailable\n\n{text}\n{advice}")
}

fn closing(results: &Results) -> String {
    let ran = results.cells.iter().filter(|cell| cell.outcome.ran()).count();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for verdict in results.cells.iter().filter_map(|cell| cell.verdict) {
        *counts.entry(verdict).or_insert(0) += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let mut text = String::new();
    let (pairs, found) = headline(results);
    if pairs > 0 {
        let _ = writeln!(text, "Of {pairs} pairs of different tools, {found} discover what the other wrote.");
    }
    let verdicts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    let cells = if ran == 1 { "cell" } else { "cells" };
    let skipped = results.cells.len() - ran;
    let did_not = if skipped == 0 { String::new() } else { format!(" {skipped} did not run.") };
    text.push_str(&wrapped("", &format!("{ran} {cells} ran{verdicts}.{did_not}"), 2));
    if !results.complete {
        text.push_str("Interrupted: this is incomplete.\n");
    }
    text
}

/// Ordered pairs of different tools in the headline case, and how many of them discover; variants and older
/// releases do not count.
fn headline(results: &Results) -> (usize, usize) {
    let plain = |id: &str| id != BUILTIN && !id.contains('+');
    let pairs: Vec<_> = results
        .cells
        .iter()
        .filter(|cell| cell.case == HEADLINE && cell.outcome.ran())
        .filter(|cell| plain(cell.producer()) && plain(cell.consumer()) && cell.producer() != cell.consumer())
        .collect();
    (pairs.len(), pairs.iter().filter(|cell| cell.outcome.discovered()).count())
}

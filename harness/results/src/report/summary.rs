//! The end of a run, for people: matrices, surprises, what could not run, the headline.
//!
//! Owns: what is said, and in which order. Leaves to others: the tables ([`super::matrix`], `cases`), what needs a
//! sentence (`surprises`, `unexpected`), colour, the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use referee_source::counted;

use super::axes::Axes;
use super::matrix::{self, BUILT, Entry, HEADLINE};
use super::wrap::Page;
use super::{cases, growth, image, surprises, survival, unexpected};
use crate::cell_id::BUILTIN;
use crate::fate;
use crate::results::{Results, Status, ToolResult};
use crate::verdict::Verdict;
use crate::vocabulary::Word;

/// More cases than this are summed up in one table instead of a matrix each.
const MATRICES: usize = 2;

/// Everything that a person reads at the end of a run.
pub fn render(page: Page, results: &Results) -> String {
    let axes = Axes::of(results);
    let mut told = BTreeSet::new();
    let mut text = matrices(page, results, &axes, &mut told);
    let journeys = fate::journeys(results);
    add(page, &mut text, &survival::table(page, &journeys, &axes), survival::words(&journeys), &mut told);
    let (table, words) = image::table(page, results, &axes);
    add(page, &mut text, &table, words, &mut told);
    let (table, words) = growth::table(page, results, &axes);
    add(page, &mut text, &table, words, &mut told);
    if axes.cases.len() > MATRICES {
        text.push_str(&cases::render(page, results, &axes));
    }
    text.push_str(&surprises::surprises(page, results));
    text.push_str(&surprises::refusals(page, results));
    text.push_str(&unexpected::unexpected(page, results));
    text.push_str(&unexpected::unclaimed(page, results));
    text.push_str(&missing(page, results));
    text.push_str(&pairs(page, results));
    text.push_str(&survival::headlines(page, results, &journeys, &axes));
    text.push_str(&closing(page, results));
    text
}

/// Adds a part, with what those of its words mean that were not told before.
fn add(page: Page, text: &mut String, part: &str, words: BTreeSet<Word>, told: &mut BTreeSet<Word>) {
    if part.is_empty() {
        return;
    }
    text.push_str(part);
    let legend: String =
        words.into_iter().filter(|word| told.insert(*word)).map(|word| matrix::meaning(page, word)).collect();
    let _ = if legend.is_empty() { writeln!(text) } else { writeln!(text, "\n{legend}") };
}

/// A matrix for each case, or that of the headline alone.
fn matrices(page: Page, results: &Results, axes: &Axes, told: &mut BTreeSet<Word>) -> String {
    let with_cells: Vec<&str> = axes.cases.keys().map(String::as_str).collect();
    let shown: Vec<&str> = match with_cells.as_slice() {
        [HEADLINE, BUILT] => vec![HEADLINE],
        few if few.len() <= MATRICES => few.to_vec(),
        many => many.iter().copied().filter(|case| *case == HEADLINE).collect(),
    };
    let mut parts = Vec::new();
    let mut words = BTreeSet::new();
    for case in shown {
        let cells = results.cells.iter().filter(|cell| matrix::is_shown_in(case, &cell.id));
        let entries: Vec<Entry> = cells.map(Entry::from).collect();
        let rows = rows(&entries, axes);
        let title = axes.cases.get(case).map_or("", String::as_str);
        let head = if title.is_empty() { case.to_owned() } else { format!("{case}: ") };
        let tables = [
            page.wrapped(&head, title, 2),
            matrix::tools(page, &entries, &rows, &axes.tools),
            matrix::conventions(page, &entries, &rows, &axes.conventions),
        ];
        parts.extend(tables.into_iter().filter(|table| !table.is_empty()));
        words.extend(matrix::words(&entries));
    }
    let mut text = String::new();
    add(page, &mut text, &parts.join("\n"), words, told);
    text
}

/// What was run, and when. A variant that is the same program as its tool is not named again.
fn versions(page: Page, results: &Results) -> String {
    let found = results.tools.iter().filter_map(|tool| Some((tool, tool.version.as_deref()?)));
    let is_own = |tool: &ToolResult| {
        let of_same = results.tools.iter().find(|other| other.id == tool.tool && other.id != tool.id);
        of_same.is_none_or(|other| other.version != tool.version || other.sha256 != tool.sha256)
    };
    let tools =
        found.filter(|(tool, _)| is_own(tool)).map(|(tool, version)| format!("{} {version}", tool.id));
    let referee = format!("referee {}", results.referee.as_deref().unwrap_or("of an earlier version"));
    let mut items: Vec<String> = [Some(referee), results.date.clone()].into_iter().flatten().collect();
    items.extend(tools.enumerate().map(|(at, tool)| if at == 0 { format!("with {tool}") } else { tool }));
    page.listed("", &items, 2)
}

/// The rows of a case: tools, conventions, then chains (`producer > copier`) in the order of their cells.
fn rows(entries: &[Entry], axes: &Axes) -> Vec<String> {
    let mut rows: Vec<String> = axes.tools.iter().chain(&axes.conventions).cloned().collect();
    for entry in entries {
        if !rows.contains(&entry.row) {
            rows.push(entry.row.clone());
        }
    }
    rows
}

/// What could not run, and how to get it.
fn missing(page: Page, results: &Results) -> String {
    let missing: Vec<&ToolResult> = results.tools.iter().filter(|tool| tool.status != Status::Ok).collect();
    let width = missing.iter().map(|tool| tool.id.len()).max().unwrap_or(0) + 1;
    let line = |tool: &&ToolResult| {
        page.wrapped(&format!("{:width$} ", tool.id), tool.reason.as_deref().unwrap_or(""), width + 1)
    };
    let text: String = missing.iter().map(line).collect();
    if text.is_empty() {
        return text;
    }
    let tools: BTreeSet<&str> = missing.iter().map(|tool| tool.tool.as_str()).collect();
    let built = |large: bool| {
        let built = missing.iter().filter(|tool| tool.installable && tool.large == large);
        let built: BTreeSet<&str> = built.map(|tool| tool.tool.as_str()).collect();
        if built.len() == tools.len() { "them".to_owned() } else { Vec::from_iter(built).join(", ") }
    };
    let advice = match [built(false), built(true)].each_ref().map(String::as_str) {
        ["", ""] => String::new(),
        [small, ""] => format!("`referee run --install` builds {small}; it needs Go."),
        ["", large] => format!("`referee run --install=all` builds {large}; it needs Go."),
        [small, large] => {
            format!("`referee run --install` builds {small}; `--install=all` also {large}. Both need Go.")
        }
    };
    let advice = if advice.is_empty() { advice } else { page.wrapped("", &advice, 0) + "\n" };
    format!("Not run: these tools are unavailable\n\n{text}\n{advice}")
}

fn closing(page: Page, results: &Results) -> String {
    let ran = results.cells.iter().filter(|cell| cell.outcome.ran()).count();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for verdict in results.cells.iter().filter_map(|cell| cell.verdict) {
        *counts.entry(verdict).or_insert(0) += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let mut text = String::new();
    let verdicts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    let cells = counted(ran, "cell");
    let skipped = results.cells.len() - ran;
    let did_not = if skipped == 0 { String::new() } else { format!(" {skipped} did not run.") };
    text.push_str(&page.wrapped("", &format!("{cells} ran{verdicts}.{did_not}"), 2));
    text.push_str(&versions(page, results));
    if !results.complete {
        text.push_str("Incomplete: the run broke off.\n");
    }
    text
}

/// How many ordered pairs of different tools discover, in the headline case; variants and older releases do not count.
fn pairs(page: Page, results: &Results) -> String {
    let is_default = |id: &str| id != BUILTIN && !id.contains('+');
    let pairs: Vec<_> = results
        .cells
        .iter()
        .filter(|cell| matrix::is_shown_in(HEADLINE, &cell.id) && cell.outcome.ran())
        .filter(|cell| {
            is_default(cell.producer()) && is_default(cell.consumer()) && cell.producer() != cell.consumer()
        })
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    let found = pairs.iter().filter(|cell| cell.outcome.discovered()).count();
    let pairs = counted(pairs.len(), "pair");
    let discover = if found == 1 { "discovers" } else { "discover" };
    page.wrapped("", &format!("Of {pairs} of different tools, {found} {discover} what the other wrote."), 2)
}

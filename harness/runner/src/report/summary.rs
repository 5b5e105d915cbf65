//! The end of a run, for people: matrices, surprises, what could not run, the headline.
//!
//! Owns: what is said, and in which order. Leaves to others: the tables ([`super::matrix`]), colour, the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::matrix::{self, Entry};
use super::wrap::wrapped;
use crate::cell::BUILTIN;
use crate::judge::Verdict;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};

/// The case whose matrix is the headline.
pub const HEADLINE: &str = "attach-discover";

/// More cases than this are summed up in one table instead of a matrix each.
const MATRICES: usize = 2;

/// Everything that a person reads at the end of a run.
///
/// `titles` are the cases' titles by id, `columns` the drivers' columns and the conventions' in order.
pub fn render(
    results: &Results,
    titles: &BTreeMap<String, String>,
    tools: &[String],
    conventions: &[String],
) -> String {
    let mut text = String::new();
    let cases: Vec<&str> = titles.keys().map(String::as_str).collect();
    let with_cells: Vec<&str> =
        cases.into_iter().filter(|case| results.cells.iter().any(|cell| cell.case == *case)).collect();
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
        text.push_str(&by_case(results, &with_cells, tools));
    }
    text.push_str(&surprises(results));
    text.push_str(&unexpected(results));
    text.push_str(&missing(results));
    text.push_str(&closing(results));
    text
}

/// The rows of a case: tools, conventions, then combinations (producer > carrier) in order of appearance.
fn rows(results: &Results, case: &str, tools: &[String], conventions: &[String]) -> Vec<String> {
    let mut rows: Vec<String> = tools.iter().chain(conventions).cloned().collect();
    for cell in results.cells.iter().filter(|cell| cell.case == case) {
        if !rows.contains(&cell.row) {
            rows.push(cell.row.clone());
        }
    }
    rows
}

/// One line per case: of how many writers each tool found everything.
fn by_case(results: &Results, cases: &[&str], tools: &[String]) -> String {
    let ran = |cell: &&CellResult| cell.outcome.ran() && cell.consumer() != BUILTIN;
    let columns: Vec<&String> = tools
        .iter()
        .filter(|tool| results.cells.iter().filter(ran).any(|cell| cell.column == **tool))
        .collect();
    if columns.is_empty() {
        return String::new();
    }
    let width = cases.iter().map(|case| case.len()).max().unwrap_or(0);
    let mut text =
        String::from("Every case: how many of the layouts written for it each tool read in full\n\n");
    for part in 0..2 {
        let _ = write!(text, "{:width$} ", "");
        for column in &columns {
            let (tool, variant) = column.split_once('+').unwrap_or((column, ""));
            let head = if part == 0 {
                tool.to_owned()
            } else if variant.is_empty() {
                String::new()
            } else {
                format!("+{variant}")
            };
            let _ = write!(text, " {head:6}");
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    for case in cases {
        let _ = write!(text, "{case:width$} ");
        for column in &columns {
            let cells: Vec<_> = results
                .cells
                .iter()
                .filter(ran)
                .filter(|cell| cell.case == *case && cell.column == **column)
                .collect();
            let found = cells.iter().filter(|cell| cell.outcome.discovered()).count();
            let score = if cells.is_empty() { "-".to_owned() } else { format!("{found}/{}", cells.len()) };
            let _ = write!(text, " {score:6}");
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text.push('\n');
    text
}

/// One line per surprise; cells with the same cause share a line.
fn surprises(results: &Results) -> String {
    let mut lines: BTreeMap<(Outcome, String), Vec<&str>> = BTreeMap::new();
    let mut leaks: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for cell in &results.cells {
        let what = match cell.outcome {
            Outcome::Crash | Outcome::Hang | Outcome::Garbled | Outcome::Error | Outcome::Refused => {
                without_digests(cell.reason.as_deref().unwrap_or_default())
            }
            Outcome::Flaky => {
                let counts: Vec<_> =
                    cell.outcomes.iter().map(|(outcome, n)| format!("{outcome} {n}x")).collect();
                format!("{} reading {}: {}", cell.column, cell.row, counts.join(", "))
            }
            // what a convention's reader cannot know is no surprise about a tool
            Outcome::Altered if cell.consumer() != BUILTIN => {
                let fields: BTreeSet<_> =
                    cell.altered.iter().filter_map(|field| field.rsplit('.').next()).collect();
                let fields: Vec<_> = fields.into_iter().collect();
                format!("{} answers with another {}", cell.column, fields.join(", "))
            }
            _ => String::new(),
        };
        if !what.is_empty() {
            lines.entry((cell.outcome, what)).or_default().push(&cell.id);
        }
        for step in cell.steps.iter().filter(|step| step.leaked) {
            let role = cell.roles.get(&step.role).cloned().unwrap_or_default();
            leaks.entry(role).or_default().insert(&cell.id);
        }
    }
    let mut text = String::new();
    for (driver, paths) in outside(results) {
        let paths: Vec<_> = paths.into_iter().collect();
        let what = format!("{driver} wrote beside its layout: {}", paths.join(", "));
        text.push_str(&paragraph("outside", &what));
    }
    for ((outcome, what), cells) in &lines {
        let first = cells.first().copied().unwrap_or_default();
        let count = if cells.len() > 1 { format!("{} cells, first ", cells.len()) } else { String::new() };
        text.push_str(&paragraph(outcome.word(), what));
        text.push_str(&paragraph("", &format!("{count}{first}")));
    }
    for (kind, what) in super::habits::lines(results) {
        text.push_str(&paragraph(kind, &what));
    }
    for (driver, cells) in &leaks {
        let what = format!("{driver} left a process behind in {} cells; it was ended", cells.len());
        text.push_str(&paragraph("leak", &what));
    }
    if text.is_empty() { text } else { format!("Surprises\n\n{text}\n") }
}

/// What each tool wrote beside its layout.
fn outside(results: &Results) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for cell in &results.cells {
        for step in cell.steps.iter().filter(|step| !step.outside.is_empty()) {
            let driver = cell.roles.get(&step.role).map_or("", String::as_str);
            found.entry(driver).or_default().extend(step.outside.iter().map(String::as_str));
        }
    }
    found
}

/// A word and what it is about, in two columns.
fn paragraph(head: &str, body: &str) -> String {
    wrapped(&format!("{head:8} "), body, 9)
}

/// A sentence with its digests cut short, so that one cause reads the same in all cells.
fn without_digests(text: &str) -> String {
    let digest = regex::Regex::new("(sha256|sha512):[0-9a-f]{12,}").expect("the pattern is a constant");
    digest.replace_all(text, "$1:...").into_owned()
}

/// One line per verdict that makes the run fail.
fn unexpected(results: &Results) -> String {
    let mut text = String::new();
    for cell in results.unexpected() {
        let verdict = cell.verdict.map_or("", Verdict::word);
        let advice = match cell.verdict {
            Some(Verdict::Changed) => "not what its golden says",
            Some(Verdict::Fixed) => "a declared deviation is gone: remove it from the driver",
            _ => "not what its source says",
        };
        text.push_str(&paragraph(verdict, &format!("{}: {} ({advice})", cell.id, cell.outcome)));
        if let Some(reason) = &cell.reason {
            text.push_str(&paragraph("", reason));
        }
    }
    if text.is_empty() { text } else { format!("Unexpected\n\n{text}\n") }
}

/// What could not run, and how to get it.
fn missing(results: &Results) -> String {
    let mut text = String::new();
    for tool in results.tools.iter().filter(|tool| tool.status != "ok") {
        let _ = writeln!(text, "{:12} {}", tool.id, tool.reason.as_deref().unwrap_or(""));
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "Not run: these tools are unavailable\n\n{text}\n`referee run --install` builds them; it needs Go.\n\n"
    )
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
    let skipped = results.cells.len() - ran;
    let _ = writeln!(text, "{ran} cells ran, {skipped} did not: {}.", counts.join(", "));
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

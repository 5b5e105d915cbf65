//! What survives: how referrers were stored, and what became of them on each way.
//!
//! Owns: the table, and its headlines. Leaves to others: telling what became of them ([`crate::fate`]).

use std::collections::{BTreeMap, BTreeSet};

use referee_source::counted;

use super::alike::{self, Words, alike};
use super::axes::Axes;
use super::matrix::{bare, heads};
use super::table::{Column, Table};
use super::wrap::Page;
use crate::cell_id::as_convention;
use crate::fate::{Fate, Journey, Way};
use crate::results::Results;
use crate::vocabulary::Word;

/// The table: rows are ways, below the case they are of, and columns are how it was stored. What fares the same everywhere
/// shares a row of its case, or a column.
pub(super) fn table(page: Page, journeys: &[Journey], axes: &Axes) -> String {
    if journeys.is_empty() {
        return String::new();
    }
    let mut all: BTreeMap<(&Way, String), &Journey> = BTreeMap::new();
    let mut ways: Vec<&Way> = Vec::new();
    for journey in journeys {
        if !ways.contains(&&journey.way) {
            ways.push(&journey.way);
        }
        all.insert((&journey.way, journey.stored.label()), journey);
    }
    ways.sort_by(|one, other| one.case.cmp(&other.case));
    let present: BTreeSet<&String> = all.keys().map(|(_, stored)| stored).collect();
    let stored = axes.tools.iter().chain(&axes.conventions).filter(|label| present.contains(label));
    let word = |way: &Way, stored: &str| {
        all.get(&(way, stored.to_owned())).map_or("", |journey| Word::from(journey.fate).text())
    };
    let columns =
        alike(stored.map(|stored| (stored.clone(), ways.iter().map(|way| word(way, stored)).collect())));
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for case in ways.iter().map(|way| way.case.as_str()).collect::<BTreeSet<_>>() {
        rows.push((case.to_owned(), Vec::new()));
        let ways = ways.iter().filter(|way| way.case == case);
        let words = |way: &Way| columns.iter().map(|(names, _)| word(way, &names[0])).collect();
        for (names, words) in alike(ways.map(|way| (way.who(), words(way)))) {
            rows.extend(alike::rows(" ", &names, &words));
        }
    }
    let column = |(names, _): &(Vec<String>, Words)| Column {
        head: if let [name] = names.as_slice() { Some(head(name)) } else { None },
        names: names.clone(),
    };
    let columns: Vec<Column> = columns.iter().map(column).collect();
    let title =
        "What survives: rows did something to a layout, columns are how its referrers were stored before";
    format!("{}\n{}", page.wrapped("", title, 2), Table::headed(page, "stored by, or as", "", &columns, rows))
}

/// The words of the table.
pub(super) fn words(journeys: &[Journey]) -> BTreeSet<Word> {
    journeys.iter().map(|journey| journey.fate.into()).collect()
}

/// The two lines over a column.
fn head(label: &str) -> (String, String) {
    match bare(label) {
        convention if convention == label => heads(label),
        convention => ("as".to_owned(), convention.to_owned()),
    }
}

/// How many ways there are, and what became of one thing on them.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    ways: usize,
    kept: usize,
    unlisted: usize,
    lost: usize,
}

/// What survives, as counts: a sentence on each convention that is proposed, the others in one list, and how much is lost
/// without a word.
pub(super) fn headlines(page: Page, results: &Results, journeys: &[Journey], axes: &Axes) -> String {
    if journeys.is_empty() {
        return String::new();
    }
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for journey in journeys.iter().filter(|journey| journey.way.is_between_layouts()) {
        let count = counts.entry(journey.stored.label()).or_default();
        count.ways += 1;
        count.kept += usize::from(journey.fate == Ok(Fate::Kept));
        count.unlisted += usize::from(journey.fate == Ok(Fate::Unlisted));
        count.lost += usize::from(journey.fate == Ok(Fate::Lost));
    }
    let proposed: BTreeSet<String> = results.proposed.iter().map(|id| as_convention(id)).collect();
    let order = axes.tools.iter().chain(&axes.conventions);
    let of = order.filter_map(|label| Some((label, *counts.get(label)?)));
    let (mut asked, others): (Vec<_>, Vec<_>) = of.partition(|(label, _)| proposed.contains(*label));
    asked.sort_by_key(|(label, _)| *label);
    let mut text: String =
        asked.iter().map(|(label, count)| page.wrapped("", &sentence(label, *count), 2)).collect();
    if !others.is_empty() {
        let mut others = others;
        others.sort_by_key(|(_, count)| std::cmp::Reverse(count.kept * 1000 / count.ways.max(1)));
        let each = others.iter().map(|(label, count)| format!("{label} {}/{}", count.kept, count.ways));
        text.push_str("Ways between layouts that keep what was stored by, or as:\n");
        text.push_str(&page.listed("  ", &each.collect::<Vec<_>>(), 2));
    }
    let silent = journeys.iter().filter(|journey| journey.silent && journey.fate == Ok(Fate::Lost)).count();
    let cells = counted(silent, "cell");
    text + &page.wrapped("", &format!("{cells} lost a referrer with exit code 0 and without a word."), 2)
}

fn sentence(label: &str, count: Count) -> String {
    let Count { ways, kept, unlisted, lost } = count;
    let failed = ways - kept - unlisted - lost;
    let parts = [
        (unlisted, "list it no more", "lists it no more"),
        (lost, "lose it", "loses it"),
        (failed, "fail", "fails"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, many, one)| format!("{count} {}", if count == 1 { one } else { many })).collect();
    let rest = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let keep = if kept == 1 { "keeps" } else { "keep" };
    let ways = counted(ways, "way");
    format!("Of {ways} between two layouts, {kept} {keep} what was stored {label}{rest}.")
}

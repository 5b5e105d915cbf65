//! The image itself: which bystander is disturbed by referrers, and by which way to store them.
//!
//! Owns: the table, of what disturbs somebody alone. Leaves to others: asking the same where there are no referrers, which a cell
//! has as its control (`referee-runner`).

use std::collections::{BTreeMap, BTreeSet};

use super::alike::{self, alike};
use super::axes::Axes;
use super::table::{Column, Table};
use super::wrap::Page;
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::role::Role;
use crate::vocabulary::Word;

/// A bystander and a question to it.
type Asked<'a> = (String, &'a str);

/// The table and, after it, how much is undisturbed, with the words that it has.
pub(super) fn table(page: Page, results: &Results, axes: &Axes) -> (String, BTreeSet<Word>) {
    let cells: Vec<(&CellResult, Outcome)> = results.cells.iter().filter_map(with_control).collect();
    let mut asked: Vec<Asked<'_>> = Vec::new();
    let mut stored: Vec<String> = Vec::new();
    let mut outcomes: BTreeMap<(String, Asked<'_>), Word> = BTreeMap::new();
    for (cell, control) in &cells {
        let question = (cell.id.column(), cell.id.case());
        let row = cell.id.row();
        let word = if cell.outcome == *control { Word::Same } else { cell.outcome.into() };
        outcomes.insert((row.clone(), question.clone()), word);
        stored.push(row);
        asked.push(question);
    }
    if cells.is_empty() {
        return (String::new(), BTreeSet::new());
    }
    let place = |label: &String| axes.tools.iter().chain(&axes.conventions).position(|known| known == label);
    stored.sort_by_key(|label| (place(label).unwrap_or(usize::MAX), label.clone()));
    stored.dedup();
    asked.sort_by_key(|(bystander, case)| (*case, place(bystander), bystander.clone()));
    asked.dedup();
    let of = |row: &String, asked: &Asked<'_>| outcomes.get(&(row.clone(), asked.clone())).copied();
    let disturbs = |row: &String, asked: &Asked<'_>| of(row, asked).is_some_and(|word| word != Word::Same);
    let rows: Vec<&String> =
        stored.iter().filter(|row| asked.iter().any(|asked| disturbs(row, asked))).collect();
    let columns: Vec<&Asked<'_>> =
        asked.iter().filter(|asked| stored.iter().any(|row| disturbs(row, asked))).collect();
    let title =
        page.wrapped("", "The image itself: who is disturbed by its referrers, as they were stored", 2);
    let quiet = format!(
        "Ways to store referrers that disturb nobody: {} of {}. Questions to bystanders that are never disturbed: {} of {}.",
        stored.len() - rows.len(),
        stored.len(),
        asked.len() - columns.len(),
        asked.len(),
    );
    if rows.is_empty() {
        return (format!("{title}\n{}", page.wrapped("", &quiet, 0)), BTreeSet::new());
    }
    let word = |row: &String, asked: &Asked<'_>| of(row, asked).map_or("", Word::text);
    let words: BTreeSet<Word> =
        rows.iter().flat_map(|row| columns.iter().filter_map(|asked| of(row, asked))).collect();
    let questions: BTreeSet<&str> = columns.iter().map(|(_, case)| *case).collect();
    let groups = questions.into_iter().flat_map(|case| {
        let of_case = columns.iter().filter(|(_, asked)| *asked == case);
        alike(of_case.map(|asked| (*asked, rows.iter().map(|row| word(row, asked)).collect())))
    });
    let columns: Vec<Vec<&Asked<'_>>> = groups.map(|(asked, _)| asked).collect();
    let lines = rows.iter().map(|row| {
        let words = columns.iter().map(|column| word(row, column[0])).collect();
        ((*row).clone(), words)
    });
    let lines = alike(lines).into_iter().flat_map(|(names, words)| alike::rows("", &names, &words));
    let heads: Vec<Column> = columns.iter().map(|column| head(column)).collect();
    let table = Table::headed(page, "asked", "stored by", &heads, lines.collect());
    (format!("{title}\n{table}\n{}", page.wrapped("", &quiet, 0)), words)
}

/// The head of questions of one case that fare the same.
fn head(asked: &[&Asked<'_>]) -> Column {
    let head = match asked {
        [(bystander, case)] => Some((bystander.clone(), (*case).to_owned())),
        _ => None,
    };
    let name = |(at, (bystander, case)): (usize, &&Asked<'_>)| {
        if at == 0 { format!("{case} by {bystander}") } else { bystander.clone() }
    };
    Column { head, names: asked.iter().enumerate().map(name).collect() }
}

/// A cell of a bystander that ran, and what the bystander does without referrers.
fn with_control(cell: &CellResult) -> Option<(&CellResult, Outcome)> {
    let (role, _) = cell.id.roles().last()?;
    let control = cell.control.filter(|_| *role == Role::Bystander && cell.outcome.ran())?;
    Some((cell, control))
}

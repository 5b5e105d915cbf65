//! The image itself: which bystander is disturbed by referrers, and by which way to store them.
//!
//! Owns: the table, of what disturbs somebody alone. Leaves to others: asking the same where there are no referrers, which a cell
//! has as its control (`referee-runner`).

use std::collections::{BTreeMap, BTreeSet};

use super::axes::Axes;
use super::table::{Column, Table};
use super::wrap::{counted, wrapped};
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::role::Role;
use crate::vocabulary::Word;

/// A bystander and a question to it.
type Asked<'a> = (String, &'a str);

/// The table and, after it, how much is undisturbed, with the words that it has.
pub(super) fn table(results: &Results, axes: &Axes) -> (String, BTreeSet<Word>) {
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
    let title = wrapped("", "The image itself: who is disturbed by its referrers, as they were stored", 2);
    let quiet = format!(
        "Of {} to store referrers, {} disturb nobody. Of {} to bystanders, {} are never disturbed.",
        counted(stored.len(), "way"),
        stored.len() - rows.len(),
        counted(asked.len(), "question"),
        asked.len() - columns.len(),
    );
    if rows.is_empty() {
        return (format!("{title}\n{}", wrapped("", &quiet, 0)), BTreeSet::new());
    }
    let heads = columns.iter().map(|(bystander, case)| Column {
        head: Some((bystander.clone(), (*case).to_owned())),
        names: vec![format!("{bystander} in {case}")],
    });
    let words: Vec<Vec<Option<Word>>> =
        rows.iter().map(|row| columns.iter().map(|asked| of(row, asked)).collect()).collect();
    let lines = rows.iter().zip(&words).map(|(row, words)| {
        let words = words.iter().map(|word| word.map_or("", Word::text).to_owned());
        ((*row).clone(), words.collect())
    });
    let table = Table::headed("asked", "stored by", &heads.collect::<Vec<_>>(), lines.collect());
    (format!("{title}\n{table}\n{}", wrapped("", &quiet, 0)), words.into_iter().flatten().flatten().collect())
}

/// A cell of a bystander that ran, and what the bystander does without referrers.
fn with_control(cell: &CellResult) -> Option<(&CellResult, Outcome)> {
    let (role, _) = cell.id.roles().last()?;
    let control = cell.control.filter(|_| *role == Role::Bystander && cell.outcome.ran())?;
    Some((cell, control))
}

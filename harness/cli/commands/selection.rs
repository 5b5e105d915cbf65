//! The cells that the words of a command line select.
//!
//! Owns: what filters, drivers and conventions leave, and what is said of a filter that matches nothing. Leaves to others: how a
//! pattern matches an id ([`referee::results::cell_id`]), and which cells there are ([`referee::runner::case::cell`]).

use std::sync::Arc;

use referee::results::cell_id::{BUILTIN, Part, Patterns, RAW, corrected};
use referee::results::{Binding, CellId, Role};
use referee::runner::case::cell::{self, Cell, Readers};
use referee::runner::catalogue::Catalogue;
use referee::source::nearest;

use super::Selected;
use super::names;

/// The cells that the user's words select, or what to say where a filter, or all words together, select none.
pub(super) fn select(
    catalogue: &Catalogue,
    selected: &Selected,
    filter: &[String],
    readers: Readers,
) -> Result<Vec<Cell>, String> {
    let filters = Patterns::new(filter.iter().map(|pattern| catalogue.current(pattern)));
    let mut matched = vec![false; filter.len()];
    // a case with many roles has very many cells: those that no filter names are not made
    let wanted = |case: &str| filter.is_empty() || filters.may_select(case);
    let named = of(catalogue, readers, wanted).filter(|cell| has_what_is_named(catalogue, selected, cell));
    let cells: Vec<Cell> =
        named.filter(|cell| filter.is_empty() || filters.select_each(&cell.id, &mut matched)).collect();
    if matched.contains(&false) {
        let every: Vec<Cell> = all(catalogue, Readers::All).collect();
        let without = filter.iter().zip(&matched).filter(|(_, matched)| !**matched);
        let said = without.map(|(filter, _)| nothing(catalogue, selected, &every, filter));
        return Err(said.collect::<Vec<_>>().join("\n"));
    }
    if cells.is_empty() {
        return Err("error: no cell has all that --driver and --convention name".to_owned());
    }
    Ok(cells)
}

/// Every cell that there is.
pub(super) fn all(catalogue: &Catalogue, readers: Readers) -> impl Iterator<Item = Cell> {
    of(catalogue, readers, |_| true)
}

/// Every cell of the cases that are wanted.
fn of(catalogue: &Catalogue, readers: Readers, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Cell> {
    let cases =
        catalogue.cases.iter().filter(move |case| wanted(&case.id)).map(|case| Arc::new(case.clone()));
    cases.flat_map(move |case| cell::expand(&case, &catalogue.drivers, &catalogue.conventions, readers))
}

/// Whether a cell has one of the drivers and one of the conventions, where some are named.
fn has_what_is_named(catalogue: &Catalogue, selected: &Selected, cell: &Cell) -> bool {
    involves(cell, &selected.drivers) && follows(catalogue, cell, &selected.conventions)
}

fn involves(cell: &Cell, drivers: &[String]) -> bool {
    let mut bound = cell.id.roles().iter().map(|(_, binding)| binding.driver());
    drivers.is_empty()
        || bound.any(|id| drivers.iter().any(|one| id == one || id.split('+').next() == Some(one)))
}

fn follows(catalogue: &Catalogue, cell: &Cell, conventions: &[String]) -> bool {
    let mut bound = cell.id.roles().iter().map(|(_, binding)| binding);
    let is = |binding: &Binding| matches!(binding, Binding::Builtin(id) if conventions.contains(id));
    conventions.is_empty() || bound.any(is) || looks_at_blobs(catalogue, &cell.id, conventions)
}

/// Whether the cell tells if what a tool stored by one of the conventions is still there as a blob: without it, *lost* could not be
/// told from *listed no more*.
fn looks_at_blobs(catalogue: &Catalogue, id: &CellId, conventions: &[String]) -> bool {
    let stores = |id: &str| {
        let driver = catalogue.drivers.iter().find(|driver| driver.id == id)?;
        driver.file.stores.as_ref()
    };
    id.roles().len() > 2
        && id.reader() == Some(RAW)
        && stores(id.driver(Role::Producer)).is_some_and(|stored| conventions.contains(stored))
}

/// What to say of a filter that matches nothing: what narrows the choice too much, or what was meant.
fn nothing(catalogue: &Catalogue, selected: &Selected, every: &[Cell], filter: &str) -> String {
    let matches = |pattern: &str| {
        let pattern = Patterns::new([catalogue.current(pattern)]);
        every.iter().filter(|cell| pattern.select(&cell.id)).collect::<Vec<_>>()
    };
    let matched = matches(filter);
    let advice = if matched.iter().any(|cell| has_what_is_named(catalogue, selected, cell)) {
        "those that it matches are among --readers all".to_owned()
    } else if !matched.is_empty() {
        "none that it matches has what --driver and --convention name".to_owned()
    } else {
        let better = better(catalogue, filter);
        // words in brackets are all that a cell has, unless one of them is `*`
        let wider = better.strip_suffix(']').map(|start| format!("{start},*]"));
        let mut meant = [Some(better), wider].into_iter().flatten();
        if let Some(meant) = meant.find(|one| one != filter && !matches(one).is_empty()) {
            format!("did you mean `{meant}`?")
        } else if let Some(id) = names::meant_driver(catalogue, filter) {
            format!("did you mean --driver {id}?")
        } else if let Some(id) = names::meant_convention(catalogue, filter) {
            format!("did you mean --convention {id}?")
        } else {
            "`referee list cases` and `referee list cells` show all".to_owned()
        }
    };
    format!("error: no cell matches `{filter}`; {advice}")
}

/// The filter with each name that is nearly a known one replaced by that.
fn better(catalogue: &Catalogue, filter: &str) -> String {
    let cases: Vec<&str> = catalogue.cases.iter().map(|case| case.id.as_str()).collect();
    let drivers: Vec<&str> =
        catalogue.drivers.iter().map(|driver| driver.id.as_str()).chain([BUILTIN]).collect();
    let conventions: Vec<&str> = names::conventions(catalogue).collect();
    let keys: Vec<&str> = Role::ALL.map(Role::name).into_iter().chain(["convention", "reader"]).collect();
    corrected(filter, |part, name| {
        let known = match part {
            Part::Case => &cases,
            Part::Key => &keys,
            Part::Driver => &drivers,
            Part::Convention => &conventions,
        };
        let is_glob = name.contains(['*', '?', '{']);
        nearest(name, known.iter().copied()).filter(|_| !is_glob)
    })
}

//! Fates: what became of the referrers that one wrote, after others had the layout in their hands.
//!
//! Owns: telling it from two readings of the built-in reader: by the convention by which they were stored, and of blobs alone.
//! Leaves to others: what tools find at the end, which says more of the tool than of the way there, and tables
//! ([`crate::report`]).

use std::collections::BTreeMap;

use crate::cell_id::{Binding, CellId, RAW};
use crate::outcome::Outcome;
use crate::results::{CellResult, Results};
use crate::role::Role;

/// What became of referrers, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// They are found by the convention by which they were stored.
    Kept,
    /// They are there, and that convention does not lead to all of them any more.
    Unlisted,
    /// Not all of them are there any more.
    Lost,
}

/// Something that happened to layouts: a case, and who did it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The case.
    pub case: String,
    /// Who had the layout in their hands after the writer, in order.
    pub by: Vec<(Role, Binding)>,
}

/// What was stored in one form, after one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// Who stored it: a tool, or the built-in writer by a convention.
    pub stored: Binding,
    /// What happened then.
    pub way: Way,
    /// What became of it; an outcome where something failed.
    pub fate: Result<Fate, Outcome>,
    /// Nobody on the way failed or warned of anything.
    pub silent: bool,
}

/// The two readings from which a fate is told.
#[derive(Debug, Clone, Copy, Default)]
struct Readings<'a> {
    /// By the convention by which it was stored.
    own: Option<&'a CellResult>,
    /// Of blobs alone.
    raw: Option<&'a CellResult>,
}

impl Fate {
    /// All fates.
    pub const ALL: [Self; 3] = [Self::Kept, Self::Unlisted, Self::Lost];

    fn of(own: Outcome, raw: Option<&CellResult>) -> Result<Self, Outcome> {
        match own {
            Outcome::Seen | Outcome::Altered => Ok(Self::Kept),
            Outcome::Missed | Outcome::Partial => match raw.and_then(has_all) {
                Some(true) => Ok(Self::Unlisted),
                Some(false) => Ok(Self::Lost),
                None => Err(own),
            },
            other => Err(other),
        }
    }
}

/// Whether every referrer was found, and maybe more: what was deleted from all lists is a blob for a while.
fn has_all(cell: &CellResult) -> Option<bool> {
    match cell.outcome {
        Outcome::Seen | Outcome::Altered => Some(true),
        Outcome::Missed | Outcome::Partial => Some(false),
        Outcome::Extra => Some(cell.expected.iter().all(|digest| cell.observed.contains(digest))),
        _ => None,
    }
}

impl Way {
    /// Whether it leads from one layout to another, and not from a layout to itself.
    pub fn is_between_layouts(&self) -> bool {
        self.by.iter().any(|(role, _)| *role == Role::Copier)
    }

    /// Who did it, such as `crane > registry`.
    pub fn who(&self) -> String {
        self.by.iter().map(|(_, binding)| binding.label()).collect::<Vec<_>>().join(" > ")
    }
}

/// What became of everything that was stored, in the order of the cells. A tool that does not say by which convention it
/// stores referrers has none.
pub fn journeys(results: &Results) -> Vec<Journey> {
    let mut found: BTreeMap<(&Binding, Way), (usize, Readings<'_>)> = BTreeMap::new();
    for (at, cell) in results.cells.iter().enumerate().filter(|(_, cell)| cell.outcome.ran()) {
        let Some((stored, way, reader)) = parts(&cell.id) else { continue };
        let (_, readings) = found.entry((stored, way)).or_insert_with(|| (at, Readings::default()));
        if Some(reader) == stores(results, stored) {
            readings.own = Some(cell);
        }
        if reader == RAW {
            readings.raw = Some(cell);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, (at, _))| *at);
    let journey = |((stored, way), (_, readings)): ((&Binding, Way), (usize, Readings<'_>))| {
        let own = readings.own?;
        let fate = Fate::of(own.outcome, readings.raw);
        let mut steps = own.steps.iter().filter(|step| way.by.iter().any(|(role, _)| *role == step.role));
        let silent = steps.all(|step| step.end.is_none() && step.stderr.is_none());
        Some(Journey { stored: stored.clone(), way, fate, silent })
    };
    found.into_iter().filter_map(journey).collect()
}

/// Who wrote, what happened then, and the convention by which the built-in reader read.
fn parts(id: &CellId) -> Option<(&Binding, Way, &str)> {
    let [(Role::Producer, stored), by @ .., (_, Binding::Builtin(reader))] = id.roles() else {
        return None;
    };
    (!by.is_empty()).then(|| (stored, Way { case: id.case().to_owned(), by: by.to_vec() }, reader.as_str()))
}

/// The convention by which a writer stores referrers.
pub(crate) fn stores<'a>(results: &'a Results, stored: &'a Binding) -> Option<&'a str> {
    match stored {
        Binding::Builtin(convention) => Some(convention),
        Binding::Tool(id) => results.tools.iter().find(|tool| tool.id == *id)?.stores.as_deref(),
    }
}

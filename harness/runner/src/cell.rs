//! Cells: one case with its roles bound to drivers and conventions.
//!
//! Owns: which cells a case has, their ids, and what the source of an expectation says about each. Leaves to
//! others: running them. A cell id never holds a version, so that it survives an upgrade.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use referee_convention::Convention;

use crate::case::{Case, Role, Where};
use crate::driver::Driver;
use crate::operation::{Capability, Operation, Step};
use referee_results::CellResult;
use referee_results::StepRecord;
use referee_results::cell_id::{BUILTIN, as_convention, globs};
use referee_results::judge::{Summary, Verdict};
use referee_results::outcome::Outcome;

/// What plays a role in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// The in-crate writer or reader, by this convention.
    Builtin(String),
    /// A column of the matrix.
    Tool(String),
}

impl Binding {
    /// The driver's id in results.
    pub fn driver(&self) -> &str {
        match self {
            Self::Builtin(_) => BUILTIN,
            Self::Tool(id) => id,
        }
    }

    /// The name of the row or column: `as untagged-entries` is the in-crate writer by that convention, `oras` is oras.
    pub fn label(&self) -> String {
        match self {
            Self::Builtin(convention) => as_convention(convention),
            Self::Tool(id) => id.clone(),
        }
    }
}

/// One case with its roles bound.
#[derive(Debug, Clone)]
pub struct Cell {
    /// `case[role=driver,…]`.
    pub id: String,
    /// The case.
    pub case: Arc<Case>,
    /// Who plays each role, in the order of the steps.
    pub roles: Vec<(Role, Binding)>,
    /// Capabilities that are needed and not claimed, by driver.
    pub lacks: Vec<(String, &'static Capability)>,
}

impl Cell {
    /// Who plays `role`.
    pub fn binding(&self, role: Role) -> Option<&Binding> {
        self.roles.iter().find(|(known, _)| *known == role).map(|(_, binding)| binding)
    }

    /// Who has the last word: the reader.
    pub fn last(&self) -> Option<&Binding> {
        self.roles.last().map(|(_, binding)| binding)
    }

    /// The convention by which the in-crate writer writes.
    pub fn convention(&self) -> Option<&str> {
        match self.binding(Role::Producer)? {
            Binding::Builtin(convention) => Some(convention),
            Binding::Tool(_) => None,
        }
    }

    /// Puts together what is known of a cell.
    pub fn result(
        &self,
        summary: Summary,
        verdict: Option<Verdict>,
        with: BTreeSet<String>,
        steps: Vec<StepRecord>,
    ) -> CellResult {
        let line = summary.line(with.clone());
        let reader = match self.last() {
            Some(Binding::Builtin(convention)) => Some(convention.clone()),
            _ => None,
        };
        let row: Vec<_> = self.roles.iter().rev().skip(1).rev().map(|(_, binding)| binding.label()).collect();
        CellResult {
            id: self.id.clone(),
            case: self.case.id.clone(),
            roles: self.roles.iter().map(|(role, binding)| (*role, binding.driver().to_owned())).collect(),
            convention: self.convention().map(str::to_owned),
            reader,
            outcome: summary.outcome,
            outcomes: summary.outcomes,
            verdict,
            expected: summary.shown.expected.into_keys().collect(),
            observed: summary.shown.observed,
            sees: summary.shown.sees,
            altered: summary.shown.altered,
            repeated: summary.shown.repeated,
            reason: summary.shown.reason,
            with,
            steps,
            row: row.join(" > "),
            column: self.last().map(Binding::label).unwrap_or_default(),
            line,
        }
    }

    /// What a specification, or the convention itself, says about this cell.
    pub fn right(&self, is_server: impl Fn(&str) -> bool) -> Option<Outcome> {
        let (producer, consumer) = (self.binding(Role::Producer)?, self.binding(Role::Consumer)?);
        let direct = self.roles.len() == 2;
        let holds = |place: Where| match (place, producer, consumer) {
            (Where::SameConvention, Binding::Builtin(one), Binding::Builtin(other)) => direct && one == other,
            (Where::SameRegistry, Binding::Tool(one), Binding::Tool(other)) => {
                direct && one == other && is_server(one)
            }
            _ => false,
        };
        self.case.expects.iter().find(|expect| holds(expect.cells)).map(|expect| expect.outcome)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// All cells of a case, in the order of drivers and conventions.
///
/// A driver takes part in a role if it can do any operation of that role at all; a capability that it lacks for
/// this case is then a cell that says so.
pub fn expand(case: &Arc<Case>, drivers: &[Driver], conventions: &[Convention]) -> Vec<Cell> {
    let mut roles: Vec<Role> = Vec::new();
    for step in &case.steps {
        if !roles.contains(&step.role()) {
            roles.push(step.role());
        }
    }
    let mut combinations: Vec<Vec<(Role, Binding)>> = vec![Vec::new()];
    for role in roles {
        let players = players(case, role, drivers, conventions);
        let extend = |combination: &Vec<(Role, Binding)>| {
            let combination = combination.clone();
            let one = move |player: &Binding| {
                combination.iter().cloned().chain([(role, player.clone())]).collect::<Vec<_>>()
            };
            players.iter().map(one).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(extend).collect();
    }
    combinations.into_iter().map(|roles| bind(case, roles, drivers)).collect()
}

fn players(case: &Case, role: Role, drivers: &[Driver], conventions: &[Convention]) -> Vec<Binding> {
    let axis = case.axes.get(&role).map(|patterns| globs(patterns));
    let allowed = |id: &str| axis.as_ref().is_none_or(|globs| globs.is_match(id));
    let ops: Vec<&Operation> = Operation::of(role).collect();
    let able = |driver: &&Driver| {
        let manifest = &driver.manifest;
        driver.plays(role)
            && manifest.can.iter().any(|capability| ops.contains(&capability.operation()))
            && allowed(&driver.id)
    };
    let mut players: Vec<Binding> =
        drivers.iter().filter(able).map(|driver| Binding::Tool(driver.id.clone())).collect();
    if matches!(role, Role::Producer | Role::Consumer) && allowed(BUILTIN) {
        players.extend(conventions.iter().map(|convention| Binding::Builtin(convention.id.clone())));
    }
    players
}

fn bind(case: &Arc<Case>, roles: Vec<(Role, Binding)>, drivers: &[Driver]) -> Cell {
    let mut words: Vec<String> =
        roles.iter().map(|(role, binding)| format!("{}={}", role.name(), binding.driver())).collect();
    let mut lacks = Vec::new();
    for (role, binding) in &roles {
        match (role, binding) {
            (Role::Producer, Binding::Builtin(convention)) => words.push(format!("convention={convention}")),
            (_, Binding::Builtin(convention)) => words.push(format!("reader={convention}")),
            (_, Binding::Tool(id)) => {
                let driver = drivers.iter().find(|driver| driver.id == *id);
                let steps = case.steps.iter().filter(|step| step.role() == *role);
                for needed in steps.map(Step::needs) {
                    let claimed = driver.is_some_and(|driver| driver.manifest.can.contains(needed));
                    if !claimed && !lacks.contains(&(id.clone(), needed)) {
                        lacks.push((id.clone(), needed));
                    }
                }
            }
        }
    }
    Cell { id: format!("{}[{}]", case.id, words.join(",")), case: Arc::clone(case), roles, lacks }
}

//! Cells: one case with its roles bound to drivers and conventions.
//!
//! Owns: which cells a case has, and what the source of an expectation says about each. Leaves to others: their ids
//! ([`referee_results::cell_id`]), and running them ([`crate::schedule`]).

use std::sync::Arc;

use referee_convention::Convention;
use referee_results::cell_id::{BUILTIN, Binding, CellId, Patterns};
use referee_results::{Outcome, Role};

use crate::case::{Case, Where};
use crate::driver::Driver;
use crate::operation::{Capability, Operation, Step};

/// One case with its roles bound.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its id: the case, and who plays each role, in the order of the steps.
    pub id: CellId,
    /// The case.
    pub case: Arc<Case>,
    /// Capabilities that are needed and not claimed, by driver.
    pub lacks: Vec<(String, &'static Capability)>,
}

impl Cell {
    /// Who plays `role`.
    pub fn binding(&self, role: Role) -> Option<&Binding> {
        self.id.binding(role)
    }

    /// What a specification, or the convention itself, says about this cell.
    pub fn specified(&self, is_server: impl Fn(&str) -> bool) -> Option<Outcome> {
        let (producer, consumer) = (self.binding(Role::Producer)?, self.binding(Role::Consumer)?);
        let direct = self.id.roles().len() == 2;
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
    let axis = case.axes.get(&role).map(Patterns::new);
    let allowed = |id: &str| axis.as_ref().is_none_or(|patterns| patterns.matches(id));
    let ops: Vec<&Operation> = Operation::of(role).collect();
    let able = |driver: &&Driver| {
        let file = &driver.file;
        driver.plays(role)
            && file.can.iter().any(|capability| ops.contains(&capability.operation()))
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
    let mut lacks = Vec::new();
    for (role, binding) in &roles {
        let Binding::Tool(id) = binding else {
            continue;
        };
        let driver = drivers.iter().find(|driver| driver.id == *id);
        let steps = case.steps.iter().filter(|step| step.role() == *role);
        for needed in steps.map(Step::needs) {
            let claimed = driver.is_some_and(|driver| driver.file.can.contains(needed));
            if !claimed && !lacks.contains(&(id.clone(), needed)) {
                lacks.push((id.clone(), needed));
            }
        }
    }
    Cell { id: CellId::new(&case.id, roles), case: Arc::clone(case), lacks }
}

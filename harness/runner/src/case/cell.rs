//! Cells: one case with its roles bound to drivers and conventions.
//!
//! Owns: which cells a case has, and what the source of an expectation says about each. Leaves to others: their ids
//! ([`referee_results::cell_id`]), and running them ([`crate::schedule`]).

use std::sync::Arc;

use referee_convention::Convention;
use referee_results::cell_id::{BUILTIN, Binding, CellId, Patterns, RAW};
use referee_results::{Outcome, Role};

use crate::case::{Case, Where};
use crate::driver::Driver;
use crate::operation::{Operation, Step};

/// One case with its roles bound.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its id: the case, and who plays each role, in the order of the steps.
    pub id: CellId,
    /// The case.
    pub case: Arc<Case>,
    /// Why the cell cannot run, whatever tools are there: a sentence for each reason.
    pub obstacles: Vec<String>,
    /// Whether the convention that the built-in writer writes by has a list for every referrer that is asked for: one that
    /// goes by the subject's name has none for a subject without a name.
    pub is_listed: bool,
}

impl Cell {
    /// Who plays `role`.
    pub fn binding(&self, role: Role) -> Option<&Binding> {
        self.id.binding(role)
    }

    /// What a specification, or the convention itself, says about this cell.
    pub fn specified(&self, is_server: impl Fn(&str) -> bool) -> Option<Outcome> {
        let (producer, consumer) = (self.binding(Role::Producer)?, self.binding(Role::Consumer)?);
        let direct = self.id.roles().len() == 2 && self.is_listed;
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

/// Who takes part in a chain, that is a case with more roles than a writer and a reader, and who reads thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readers {
    /// No older releases, and nobody who cannot do all of the case. Each tool reads once, without its variants, and the built-in
    /// reader by two conventions: the writer's own, and `raw`, which tells whether the blob is still there.
    #[default]
    Few,
    /// Whoever can.
    All,
}

/// All cells of a case, in the order of drivers and conventions.
///
/// A driver takes part in a role if it can do, in any form, an operation that the role has in this case; a capability that it
/// lacks is then a cell that says so. A variant that does some operations in another way takes part where it does one of them.
pub fn expand(
    case: &Arc<Case>,
    drivers: &[Driver],
    conventions: &[Convention],
    readers: Readers,
) -> Vec<Cell> {
    let mut roles: Vec<Role> = Vec::new();
    for step in &case.steps {
        if !roles.contains(&step.role()) {
            roles.push(step.role());
        }
    }
    let is_chain = roles.len() > 2 && readers == Readers::Few;
    let mut combinations: Vec<Vec<(Role, Binding)>> = vec![Vec::new()];
    for role in roles {
        let players = players(case, role, drivers, conventions, is_chain);
        let extend = |combination: &Vec<(Role, Binding)>| {
            let combination = combination.clone();
            let one = move |player: &Binding| {
                combination.iter().cloned().chain([(role, player.clone())]).collect::<Vec<_>>()
            };
            players.iter().map(one).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(extend).collect();
    }
    let wanted = |roles: &Vec<(Role, Binding)>| {
        readers == Readers::All || (roles.len() <= 2 && !case.is_of_many()) || reads_a_chain(roles, drivers)
    };
    combinations.into_iter().filter(wanted).map(|roles| bind(case, roles, drivers, conventions)).collect()
}

/// Whether the reader of a chain is one of the few.
fn reads_a_chain(roles: &[(Role, Binding)], drivers: &[Driver]) -> bool {
    let of = |role: Role| roles.iter().find(|(known, _)| *known == role).map(|(_, binding)| binding);
    let driver = |id: &str| drivers.iter().find(|driver| driver.id == id);
    match of(Role::Consumer) {
        None => true,
        Some(Binding::Tool(id)) => driver(id).is_some_and(|driver| driver.id == driver.tool()),
        Some(Binding::Builtin(reader)) => {
            let writer = match of(Role::Producer) {
                Some(Binding::Builtin(convention)) => Some(convention.as_str()),
                Some(Binding::Tool(id)) => driver(id).and_then(|driver| driver.file.stores.as_deref()),
                None => None,
            };
            reader == RAW || writer == Some(reader)
        }
    }
}

fn players(
    case: &Case,
    role: Role,
    drivers: &[Driver],
    conventions: &[Convention],
    is_chain: bool,
) -> Vec<Binding> {
    let axis = case.axes.get(&role).map(Patterns::new);
    let allowed = |id: &str| axis.as_ref().is_none_or(|patterns| patterns.matches(id));
    let ops: Vec<&Operation> =
        case.steps.iter().filter(|step| step.role() == role).map(|step| step.operation).collect();
    let does_all = |driver: &Driver| {
        let mut steps = case.steps.iter().filter(|step| step.role() == role);
        driver.variant.release.is_none() && steps.all(|step| obstacle(case, driver, step).is_none())
    };
    let able = |driver: &&Driver| {
        let file = &driver.file;
        driver.plays(role)
            && file.can.iter().any(|capability| ops.contains(&capability.operation()))
            && allowed(&driver.id)
            && (!is_chain || does_all(driver))
            && (driver.variant.op.is_empty() || ops.iter().any(|op| driver.variant.op.contains_key(op)))
    };
    let mut players: Vec<Binding> =
        drivers.iter().filter(able).map(|driver| Binding::Tool(driver.id.clone())).collect();
    let on_registry = ops.iter().any(|op| op.on_registry());
    if matches!(role, Role::Producer | Role::Consumer) && allowed(BUILTIN) && !on_registry {
        players.extend(conventions.iter().map(|convention| Binding::Builtin(convention.id.clone())));
    }
    players
}

fn bind(
    case: &Arc<Case>,
    roles: Vec<(Role, Binding)>,
    drivers: &[Driver],
    conventions: &[Convention],
) -> Cell {
    let mut obstacles = Vec::new();
    for (role, binding) in &roles {
        let Binding::Tool(id) = binding else {
            continue;
        };
        let Some(driver) = drivers.iter().find(|driver| driver.id == *id) else {
            continue;
        };
        let steps = case.steps.iter().filter(|step| step.role() == *role);
        for why in steps.filter_map(|step| obstacle(case, driver, step)) {
            if !obstacles.contains(&why) {
                obstacles.push(why);
            }
        }
    }
    let by_name = |binding: &Binding| match binding {
        Binding::Builtin(id) => conventions.iter().any(|one| one.id == *id && one.needs_names()),
        Binding::Tool(_) => false,
    };
    let writer = roles.iter().find(|(role, _)| *role == Role::Producer).map(|(_, binding)| binding);
    let is_listed = has_names(case) || !writer.is_some_and(by_name);
    Cell { id: CellId::new(&case.id, roles), case: Arc::clone(case), obstacles, is_listed }
}

/// Why a driver's tool cannot do a step.
fn obstacle(case: &Case, driver: &Driver, step: &Step) -> Option<String> {
    let (id, needed) = (&driver.id, step.needs());
    if !driver.file.can.contains(needed) {
        return Some(format!("{id} does not claim `{needed}`"));
    }
    let only = driver.only(step.operation)?;
    let asked = step.question().map(|question| question.expect.as_slice()).unwrap_or_default();
    let mut contents = asked
        .iter()
        .chain(&step.adds)
        .filter_map(|name| case.content.iter().find(|content| content.name == *name));
    let other = contents.any(|content| content.artifact_type.as_deref() != Some(only));
    let does = if step.operation.reads() { "lists" } else { "makes" };
    other.then(|| format!("{id} {does} `{only}` only"))
}

/// Whether everything that is asked about has a name in index.json.
fn has_names(case: &Case) -> bool {
    let asked = case.steps.iter().filter_map(Step::question);
    let mut subjects = asked.filter_map(|question| case.content(question.subject.as_str()));
    subjects.all(|content| content.tag.is_some() && !content.absent)
}

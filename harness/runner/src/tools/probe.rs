//! Probes: whether a tool can do what its driver claims, and whether a probe could fail at all.
//!
//! Owns: running each capability's case once, and a made-up option that every honest tool rejects. Leaves to others:
//! the cases ([`crate::operation`]).

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_source::{Source, SourceError};
use schemars::JsonSchema;
use serde::Serialize;

use crate::backend::{self, RunContext, Task};
use crate::case::{Case, Plan};
use crate::driver::{Arg, Text};
use crate::operation::{Capability, Operation, Step};
use crate::state::State;
use crate::tools::{Machine, Tool};
use referee_process::HarnessError;
use referee_results::Binding;
use referee_results::Outcome;
use referee_results::Role;

/// What came of one probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Probe {
    /// The capability, or the made-up option.
    pub what: String,
    /// Whether it is as claimed.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
}

/// An option that no program has.
const MADE_UP: &str = "--referee-made-up-option";

/// Why a probe could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A mistake in a probe's case; the tests keep that from happening.
    #[error(transparent)]
    Case(#[from] SourceError),
    /// The harness's own trouble.
    #[error(transparent)]
    Exec(#[from] HarnessError),
}

/// Probes every claimed capability of a tool that was found, and the made-up option. A client of a registry needs a registry, and
/// a registry a client: they are taken from `others`.
///
/// # Errors
/// The harness's own trouble only; what the tool does is in the probes.
pub fn check(
    machine: &Machine,
    conventions: &[Convention],
    tool: &Tool,
    others: &[Tool],
) -> Result<Vec<Probe>, CheckError> {
    let mut probes = Vec::new();
    let others = others.iter().filter(|other| other.found.is_ok() && other.driver.id != tool.driver.id);
    let others: BTreeMap<String, Tool> =
        others.map(|other| (other.driver.id.clone(), other.clone())).collect();
    let with = |tool: Tool| {
        let mut tools = others.clone();
        tools.insert(tool.driver.id.clone(), tool);
        tools
    };
    let tools = with(tool.clone());
    let context = RunContext::new(machine, conventions, &tools);
    for capability in &tool.driver.file.can {
        if tool.driver.plays(capability.operation().role) {
            probes.push(probe(&context, &tool.driver.id, capability)?);
        }
    }
    let mut fooled = tool.clone();
    fooled.driver.extra.push(Arg::Word(Text::literal(MADE_UP)));
    let tools = with(fooled);
    let context = RunContext::new(machine, conventions, &tools);
    // a tool that is asked to do what it has no words for would fail whatever the option
    let can = &tool.driver.file.can;
    let asks = can.iter().copied().find(|capability| capability.operation().reads());
    let Some(capability) = asks.or_else(|| can.first().copied()) else {
        return Ok(probes);
    };
    let seen = probe(&context, &tool.driver.id, capability)?;
    probes.push(Probe {
        what: format!("made-up option {MADE_UP}"),
        ok: !seen.ok && seen.detail != EMPTY,
        detail: if seen.ok || seen.detail == EMPTY {
            "accepted, so its success says nothing".to_owned()
        } else {
            "rejected".to_owned()
        },
    });
    Ok(probes)
}

/// The artifact type of the referrer in a probe's case; a tool with one type of its own gets that.
const PROBED: &str = "application/vnd.example.sbom";

const EMPTY: &str = "ran well, but found nothing that any convention wrote";

/// One capability: the tool does it once, and the disk, or its answer, shows it.
fn probe(context: &RunContext<'_>, id: &str, capability: &'static Capability) -> Result<Probe, CheckError> {
    let driver = &context.tools[id].driver;
    let only = driver.only(capability.operation()).unwrap_or(PROBED);
    let case = Case::parse(&Source::new("probe.toml", capability.probe().replace(PROBED, only)))?;
    let plan = Plan::compile(&case);
    let me = Binding::Tool(id.to_owned());
    let claims = |operation: &&Operation| {
        let mut can = context.tools[id].driver.file.can.iter();
        can.any(|claimed| claimed.operation() == *operation)
    };
    let is_producer = capability.operation().role == Role::Producer;
    // the tool reads best what it wrote itself
    let writes = |step: &&Step| step.role() == Role::Producer && !step.operation.on_registry();
    let itself = case.steps.iter().filter(writes).all(|step| claims(&step.operation));
    let builtin = context.conventions.iter().map(|convention| Binding::Builtin(convention.id.clone()));
    let producers: Vec<Binding> = if is_producer {
        vec![me.clone()]
    } else {
        itself.then(|| me.clone()).into_iter().chain(builtin).collect()
    };
    let mut detail = String::new();
    for producer in producers {
        match attempt(context, &case, &plan, &producer, &me)? {
            None => {
                let detail = if is_producer || !case.steps.iter().any(|step| writes(&step)) {
                    "done, as the disk or the registry shows".to_owned()
                } else {
                    format!("of what `{}` wrote", producer.label())
                };
                return Ok(Probe { what: capability.name.to_owned(), ok: true, detail });
            }
            Some(why) => detail = why,
        }
    }
    Ok(Probe { what: capability.name.to_owned(), ok: false, detail })
}

/// Runs a probe's case, all that `me` claims done by `me`; why it failed, if it did.
fn attempt(
    context: &RunContext<'_>,
    case: &Case,
    plan: &Plan,
    producer: &Binding,
    me: &Binding,
) -> Result<Option<String>, HarnessError> {
    let mut bindings = Vec::new();
    for step in &case.steps {
        let Some(binding) = cast(context, step, producer, me) else {
            return Ok(Some(format!(
                "a tool that can `{}` is needed for it, and none is here",
                step.needs()
            )));
        };
        bindings.push(binding);
    }
    let tasks: Vec<Task<'_>> =
        case.steps.iter().zip(&bindings).map(|(step, binding)| Task { plan, step, binding }).collect();
    let mut state = State::new(&context.machine.scratch)?;
    let mut failed = None;
    for tasks in
        tasks.chunk_by(|one, other| one.step.operation.on_registry() && other.step.operation.on_registry())
    {
        let seen = match tasks {
            [task] if task.step.operation.reads() && !task.step.operation.on_registry() => {
                Some(backend::observe(context, &state, *task)?.0)
            }
            [task] if !task.step.operation.on_registry() => {
                let attempt = backend::change(context, &mut state, &[*task])?.pop();
                if let Some(Err(failure)) = attempt.map(|attempt| attempt.result) {
                    return Ok(Some(failure.reason));
                }
                None
            }
            tasks => match backend::pass(context, &mut state, tasks)?.result {
                Ok(seen) => seen,
                Err(failure) => return Ok(Some(failure.reason)),
            },
        };
        if let Some(seen) = seen.filter(|seen| !seen.outcome.discovered()) {
            let silent = matches!(seen.outcome, Outcome::Missed | Outcome::Partial);
            // whether referrers come along is no postcondition of a copy
            if silent && case.steps.iter().any(|step| step.role() == Role::Copier) {
                continue;
            }
            failed = Some(if silent { EMPTY.to_owned() } else { seen.reason.unwrap_or_default() });
        }
    }
    Ok(failed)
}

/// Who does a step of a probe: the tool itself if it claims it, else one that does. What is in a layout is written by `producer`.
fn cast(context: &RunContext<'_>, step: &Step, producer: &Binding, me: &Binding) -> Option<Binding> {
    if step.role() == Role::Producer && !step.operation.on_registry() {
        return Some(producer.clone());
    }
    let claims = |id: &str| {
        let tool = context.tools.get(id)?;
        tool.driver.file.can.contains(step.needs()).then(|| Binding::Tool(id.to_owned()))
    };
    // a tool with one artifact type of its own is no help to another
    let helps = |id: &&String| context.tools[*id].driver.only(step.operation).is_none();
    claims(me.driver()).or_else(|| context.tools.keys().filter(helps).find_map(|id| claims(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_is_a_case_that_uses_its_capability() {
        for capability in Capability::all() {
            let source = Source::new("probe.toml", capability.probe());
            let case = Case::parse(&source).unwrap_or_else(|error| panic!("{capability}: {error}"));
            assert!(case.steps.iter().any(|step| step.needs() == capability), "{capability}");
        }
    }
}

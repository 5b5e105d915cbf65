//! Probes: whether a tool can do what its driver claims, and whether a probe could fail at all.
//!
//! Owns: running each capability's case once, and a made-up option that every honest tool rejects. Leaves to others:
//! the cases ([`crate::operation`]).

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_source::{Source, SourceError};
use serde::Serialize;

use crate::backend::{self, RunContext, Task};
use crate::case::{Case, Plan};
use crate::driver::{Arg, Text};
use crate::operation::{Capability, Operation};
use crate::state::State;
use crate::tools::{Machine, Tool};
use referee_process::HarnessError;
use referee_results::Binding;
use referee_results::Outcome;
use referee_results::Role;

/// What came of one probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// Probes every claimed capability of a tool that was found, and the made-up option.
///
/// # Errors
/// The harness's own trouble only; what the tool does is in the probes.
pub fn check(machine: &Machine, conventions: &[Convention], tool: &Tool) -> Result<Vec<Probe>, CheckError> {
    let mut probes = Vec::new();
    let tools = BTreeMap::from([(tool.driver.id.clone(), tool.clone())]);
    let context = RunContext::new(machine, conventions, &tools);
    for capability in &tool.driver.file.can {
        if tool.driver.plays(capability.operation().role) {
            probes.push(probe(&context, &tool.driver.id, capability)?);
        }
    }
    let mut fooled = tool.clone();
    fooled.driver.extra.push(Arg::Word(Text::literal(MADE_UP)));
    let tools = BTreeMap::from([(tool.driver.id.clone(), fooled)]);
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

const EMPTY: &str = "ran well, but found nothing that any convention wrote";

/// One capability: the tool does it once, and the disk, or its answer, shows it.
fn probe(context: &RunContext<'_>, id: &str, capability: &'static Capability) -> Result<Probe, CheckError> {
    let case = Case::parse(&Source::new("probe.toml", capability.probe()))?;
    let plan = Plan::compile(&case);
    let me = Binding::Tool(id.to_owned());
    let claims = |operation: &&Operation| {
        let mut can = context.tools[id].driver.file.can.iter();
        can.any(|claimed| claimed.operation() == *operation)
    };
    let is_producer = capability.operation().role == Role::Producer;
    // the tool reads best what it wrote itself
    let itself =
        case.steps.iter().filter(|step| step.role() == Role::Producer).all(|step| claims(&step.operation));
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
                let detail = if is_producer {
                    "done, as the disk shows".to_owned()
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

/// Runs a probe's case, all roles but the producer's played by `me`; why it failed, if it did.
fn attempt(
    context: &RunContext<'_>,
    case: &Case,
    plan: &Plan,
    producer: &Binding,
    me: &Binding,
) -> Result<Option<String>, HarnessError> {
    let mut state = State::new(&context.machine.scratch)?;
    let mut failed = None;
    for step in &case.steps {
        let binding = if step.role() == Role::Producer { producer } else { me };
        let task = Task { plan, step, binding };
        if step.operation.reads() {
            let (seen, _) = backend::observe(context, &state, task)?;
            if !seen.outcome.discovered() {
                let silent = matches!(seen.outcome, Outcome::Missed | Outcome::Partial);
                failed = Some(if silent { EMPTY.to_owned() } else { seen.reason.unwrap_or_default() });
            }
        } else if let Err(failure) = backend::of(context, binding).change(&mut state, task)?.result {
            return Ok(Some(failure.reason));
        }
    }
    Ok(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Step;

    #[test]
    fn every_probe_is_a_case_that_uses_its_capability() {
        for capability in Capability::all() {
            let source = Source::new("probe.toml", capability.probe());
            let case = Case::parse(&source).unwrap_or_else(|error| panic!("{capability}: {error}"));
            assert_eq!(case.steps.last().map(Step::needs), Some(capability));
        }
    }
}

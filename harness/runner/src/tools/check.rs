//! Probes: whether a tool can do what its driver claims, and whether a probe could fail at all.
//!
//! Owns: one small case per capability, and a made-up option that every honest tool rejects. Leaves to others:
//! running ([`crate::exec`]).

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_source::{Source, SourceError};
use serde::Serialize;

use crate::case::{Case, Role};
use crate::cell::Binding;
use crate::driver::{Arg, Capability, Text};
use crate::exec::{State, Task, World};
use crate::plan::Plan;
use crate::tools::{Machine, Tool};
use referee_process::HarnessError;
use referee_results::outcome::Outcome;

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
    let world = World::new(machine, conventions, &tools);
    for capability in &tool.driver.manifest.can {
        let role = match capability {
            Capability::Attach | Capability::Push => Role::Producer,
            Capability::Copy => Role::Copier,
            Capability::Discover | Capability::DiscoverTag | Capability::DiscoverPlatform => Role::Consumer,
        };
        if tool.driver.plays(role) {
            probes.push(probe(&world, &tool.driver.id, *capability)?);
        }
    }
    let mut fooled = tool.clone();
    let word = Arg::Word(Text::literal(MADE_UP));
    fooled.driver.variant.discover.push(word.clone());
    fooled.driver.variant.server.push(word);
    let tools = BTreeMap::from([(tool.driver.id.clone(), fooled)]);
    let world = World::new(machine, conventions, &tools);
    let seen = probe(&world, &tool.driver.id, Capability::Discover)?;
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
fn probe(world: &World<'_>, id: &str, capability: Capability) -> Result<Probe, CheckError> {
    let case = Case::parse(&Source::new("probe.toml", text(capability)))?;
    let plan = Plan::compile(&case);
    let me = Binding::Tool(id.to_owned());
    let itself = world.tools[id].driver.manifest.can.contains(&Capability::Attach);
    let builtin = world.conventions.iter().map(|convention| Binding::Builtin(convention.id.clone()));
    let asks_producer = matches!(capability, Capability::Attach | Capability::Push);
    let producers: Vec<Binding> = if asks_producer {
        vec![me.clone()]
    } else {
        itself.then(|| me.clone()).into_iter().chain(builtin).collect()
    };
    let mut detail = String::new();
    for producer in producers {
        let mut state = State::new(&world.machine.scratch)?;
        let mut failed = None;
        for step in &case.steps {
            let binding = if step.role == Role::Producer { &producer } else { &me };
            let task = Task { plan: &plan, step, binding };
            if step.role == Role::Consumer {
                let (seen, _) = world.discover(&state, task)?;
                if !seen.outcome.discovered() {
                    let silent = matches!(seen.outcome, Outcome::Missed | Outcome::Partial);
                    failed = Some(if silent { EMPTY.to_owned() } else { seen.reason.unwrap_or_default() });
                }
            } else if let Err(failure) = world.change(&mut state, task)? {
                failed = Some(failure.reason);
                break;
            }
        }
        match failed {
            None => {
                let detail = if asks_producer {
                    "done, as the disk shows".to_owned()
                } else {
                    format!("of what `{}` wrote", producer.label())
                };
                return Ok(Probe { what: capability.name().to_owned(), ok: true, detail });
            }
            Some(why) => detail = why,
        }
    }
    Ok(Probe { what: capability.name().to_owned(), ok: false, detail })
}

/// The probe's case.
fn text(capability: Capability) -> String {
    let image = "[[content]]\nname = \"image\"\nkind = \"image\"\ntag = \"v1\"\n";
    let (more, subject) = match capability {
        Capability::DiscoverPlatform => (
            "[[content]]\nname = \"all\"\nkind = \"index\"\ntag = \"multi\"\nmanifests = [\"child\"]\n[[content]]\nname = \"child\"\nkind = \"image\"\nplatform = \"linux/arm64\"\n",
            "child",
        ),
        _ => ("", "image"),
    };
    let sbom = format!(
        "[[content]]\nname = \"sbom\"\nkind = \"artifact\"\nsubject = \"{subject}\"\nartifact-type = \"application/vnd.example.sbom\"\nannotations = {{ \"com.example.k\" = \"v\" }}\n"
    );
    let op = if capability == Capability::Push { "push" } else { "attach" };
    let by = match capability {
        Capability::DiscoverTag => "by = \"tag\"\n",
        Capability::DiscoverPlatform => "by = \"platform\"\n",
        _ => "",
    };
    let mut steps = format!("[[step]]\nrole = \"producer\"\nop = \"{op}\"\ncontent = \"sbom\"\n");
    match capability {
        Capability::Copy => {
            steps.push_str("[[step]]\nrole = \"copier\"\nop = \"copy\"\nsource = \"image\"\n");
        }
        Capability::Discover | Capability::DiscoverTag | Capability::DiscoverPlatform => {
            let step = format!(
                "[[step]]\nrole = \"consumer\"\nop = \"discover\"\nsubject = \"{subject}\"\n{by}expect = [\"sbom\"]\n"
            );
            steps.push_str(&step);
        }
        _ => {}
    }
    format!(
        "schema = 1\nid = \"probe\"\ntitle = \"A probe\"\nstatus = \"stable\"\nlevel = \"info\"\nreq = [\"REF-01\"]\ntags = []\n{image}{more}{sbom}{steps}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_is_a_case() {
        for capability in [
            Capability::Attach,
            Capability::Push,
            Capability::Copy,
            Capability::Discover,
            Capability::DiscoverTag,
            Capability::DiscoverPlatform,
        ] {
            let source = Source::new("probe.toml", text(capability));
            Case::parse(&source).unwrap_or_else(|error| panic!("{}: {error}", capability.name()));
        }
    }
}

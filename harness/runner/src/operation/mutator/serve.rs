//! `serve`: a registry over the layout is started, asked for its tags, and stopped.
//!
//! Owns: everything about this operation. Nobody asked the registry to change anything; what it did nevertheless is
//! noted, and whether that did harm is for a case to ask a reader.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_process::tree::Snapshot;
use referee_results::{Role, StepRecord};
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Operation, ResultIn, StepReader};
use crate::state::{After, Failure, REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "serve",
    role: Role::Mutator,
    does: "The mutator serves the layout, is asked for its tags, and stops.",
    keys: &[],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[],
    answer: None,
    result: ResultIn::Layout,
    leaves: "A layout.",
    keeps: "Nothing is asked for. What the registry did to the layout is noted as `changed` on its step.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "serve",
    means: "serves a layout as a registry",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"mutator\"\nop = \"serve\"\n"],
}];

#[derive(Debug)]
struct Serve;

fn read(_: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Serve))
}

impl Action for Serve {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn requests(&self, state: &State, _: &Contents) -> Result<Vec<Request>, HarnessError> {
        // what is new may be left alone for a while
        state.layout().age()?;
        Ok(vec![Request::Tags { repository: REPOSITORY.to_owned() }])
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        after.facts().map(|_| Vec::new())
    }

    fn note(&self, state: &State, before: &Snapshot, record: &mut StepRecord) {
        record.changed = before.changes(&state.layout().snapshot());
    }
}

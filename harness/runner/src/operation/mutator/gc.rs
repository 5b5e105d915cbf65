//! `gc`: a tool collects garbage.
//!
//! Owns: everything about this operation. Before the call a blob is planted that nothing leads to, and all files are made to look
//! old, so that no period of grace protects them. Whether the planted blob is gone is a fact and no postcondition: no
//! sentence obliges anybody to collect. What becomes of referrers that no tag leads to is what a case asks afterwards.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::tree::Snapshot;
use referee_results::{Role, StepRecord};
use referee_source::SourceError;
use referee_spec::{Algorithm, Digest};
use referee_writer::{Contents, Name};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Operation, ResultIn, StepReader, Values};
use crate::state::{After, Failure, Free, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "gc",
    role: Role::Mutator,
    does: "The mutator removes what nothing leads to.",
    keys: &[],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[],
    answer: None,
    result: ResultIn::Layout,
    leaves: "A layout. Whether a planted blob that nothing leads to is gone is noted as `collected` on its step.",
    keeps: "All content that a tag leads to is still there, whole, and named by its tags.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "gc",
    means: "collects garbage in a layout",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"mutator\"\nop = \"gc\"\n"],
}];

/// What the planted blob holds.
const STRAY: &[u8] = b"nothing leads here\n";

#[derive(Debug)]
struct Gc;

fn read(_: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Gc))
}

fn stray() -> Digest {
    Algorithm::Sha256.digest(STRAY)
}

fn plant(state: &State) -> Result<(), HarnessError> {
    state.layout().put_blob(&stray(), STRAY)?;
    state.layout().age()
}

impl Action for Gc {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, _: &Contents, values: Values) -> Result<Values, HarnessError> {
        plant(state)?;
        Ok(values)
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let untagged = after.contents.nodes().iter().filter(|planned| {
            let digest = after.state.digest(after.contents, planned.name.as_str());
            !digest.is_some_and(|digest| after.before.is_tagged(&digest))
        });
        let gone = untagged.map(|planned| planned.name.clone()).collect();
        after.keeps_all_but(&Free { gone, ..Free::default() })?;
        Ok(Vec::new())
    }

    fn note(&self, state: &State, _: &Snapshot, record: &mut StepRecord) {
        record.collected = Some(!state.facts().is_ok_and(|facts| facts.blobs().contains_key(&stray())));
    }
}

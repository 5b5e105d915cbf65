//! `resolve`: a tool tells which digest a tag names.
//!
//! Owns: everything about this operation.

use std::collections::BTreeMap;
use std::sync::Arc;

use referee_process::HarnessError;
use referee_results::Role;
use referee_results::observation::Observation;
use referee_source::SourceError;
use referee_writer::Contents;

use super::Tagged;
use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{
    Action, Answer, Answers, Capability, Operation, Placeholder, ResultIn, StepReader, Values,
};
use crate::state::State;

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "resolve",
    role: Role::Bystander,
    does: "The bystander tells which digest a tag names.",
    keys: &[super::IMAGE],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Tag],
    answer: Some(Answers::Words),
    result: ResultIn::Layout,
    leaves: "The answer is the digest of the content that has the tag, and no other.",
    keeps: "The layout is still there. What else the bystander did to it is noted as `changed` on its step.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "resolve",
    means: "tells which digest a tag names",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"bystander\"\nop = \"resolve\"\nimage = \"image\"\n"],
}];

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Resolve(Tagged::read(step)?)))
}

#[derive(Debug)]
struct Resolve(Tagged);

impl Action for Resolve {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(self.0.values(state, contents, values))
    }

    fn observe(&self, state: &State, contents: &Contents, answer: &Answer) -> Observation {
        let digest = state.digest(contents, self.0.content.as_str());
        let digest = digest.map(|digest| (digest.to_string(), self.0.content.to_string()));
        Observation::words(&BTreeMap::from_iter(digest), answer.words())
    }
}

//! `tags`: a tool lists the tags of a layout.
//!
//! Owns: everything about this operation. What a convention keeps for itself under a name is one more tag to whoever lists
//! them.

use std::collections::BTreeMap;
use std::sync::Arc;

use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_results::observation::Observation;
use referee_source::SourceError;
use referee_writer::Contents;

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Answer, Answers, Capability, Operation, ResultIn, StepReader};
use crate::state::{REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "tags",
    role: Role::Bystander,
    does: "The bystander lists the tags of the layout.",
    keys: &[],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[],
    answer: Some(Answers::Words),
    result: ResultIn::Layout,
    leaves: "The answer is the tags that the case gives to its content, and no others.",
    keeps: "The layout is still there. What else the bystander did to it is noted as `changed` on its step.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "tags",
    means: "lists the tags of a layout",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"bystander\"\nop = \"tags\"\n"],
}];

fn read(_: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Tags))
}

#[derive(Debug)]
struct Tags;

impl Action for Tags {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn requests(&self, _: &State, _: &Contents) -> Result<Vec<Request>, HarnessError> {
        Ok(vec![Request::Tags { repository: REPOSITORY.to_owned() }])
    }

    fn observe(&self, _: &State, contents: &Contents, answer: &Answer) -> Observation {
        let own = contents.nodes().iter().filter_map(|node| node.tag.clone()).map(|tag| (tag.clone(), tag));
        Observation::words(&BTreeMap::from_iter(own), answer.words())
    }
}

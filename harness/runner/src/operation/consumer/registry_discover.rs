//! `registry-discover`: a tool lists the referrers of a subject in a registry.
//!
//! Owns: everything about this operation.

use std::sync::Arc;

use referee_process::HarnessError;
use referee_results::Role;
use referee_results::observation::Observation;
use referee_source::SourceError;
use referee_writer::Contents;

use super::discover::{self, Question};
use crate::operation::probe::{ANSWER, IMAGE, REGISTRY_ATTACH, SBOM};
use crate::operation::{
    Action, Answer, Answers, Capability, Operation, Placeholder, ResultIn, StepReader, Values,
};
use crate::state::State;

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "registry-discover",
    role: Role::Consumer,
    does: "The consumer lists the referrers of a subject in a registry.",
    keys: discover::BY_DIGEST,
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Registry,
        Placeholder::Repository,
        Placeholder::Subject,
        Placeholder::SubjectDigest,
    ],
    answer: Some(Answers::Referrers),
    result: ResultIn::Layout,
    leaves: "Standard output holds the answer, where the driver says it is.",
    keeps: "Nothing: the registry lives for the steps on it.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "registry-discover",
    means: "lists referrers of a digest in a registry",
    probe: &[
        IMAGE,
        SBOM,
        REGISTRY_ATTACH,
        ANSWER,
        "[[step]]\nrole = \"consumer\"\nop = \"registry-discover\"\nsubject = \"image\"\nexpect = [\"sbom\"]\n",
    ],
}];

#[derive(Debug)]
struct Asked(Question);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Asked(Question::read(step)?)))
}

impl Action for Asked {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn question(&self) -> Option<&Question> {
        Some(&self.0)
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        self.0.values(state, contents, values)
    }

    fn observe(&self, state: &State, contents: &Contents, answer: &Answer) -> Observation {
        self.0.observe(state, contents, answer)
    }
}

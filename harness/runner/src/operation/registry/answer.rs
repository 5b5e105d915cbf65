//! `answer`: a registry tells who refers to a subject, when nobody has downloaded anything yet.
//!
//! Owns: everything about this operation. It is the harness that asks, with plain requests: what arrived is known before
//! another tool takes it from there.

use std::sync::Arc;

use referee_process::service::Request;
use referee_results::Role;
use referee_results::observation::Observation;
use referee_source::SourceError;
use referee_writer::Contents;

use crate::operation::consumer::discover::{self, Question};
use crate::operation::probe::{ANSWER, IMAGE, REGISTRY_ATTACH, SBOM};
use crate::operation::{Action, Answer, Answers, Capability, Operation, ResultIn, StepReader};
use crate::state::State;

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "answer",
    role: Role::Registry,
    does: "The registry tells who refers to a subject: by the referrers API, or by the fallback tag.",
    keys: discover::BY_DIGEST,
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[],
    answer: Some(Answers::Referrers),
    result: ResultIn::Layout,
    leaves: "The registry's list of referrers, each with its manifest.",
    keeps: "Nothing: the registry lives for the steps on it.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "answer",
    means: "is a registry that starts empty and holds what is put there",
    probe: &[IMAGE, SBOM, REGISTRY_ATTACH, ANSWER],
}];

#[derive(Debug)]
struct Asked(Question);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Asked(Question::read(step, &CAPABILITIES)?)))
}

impl Action for Asked {
    fn needs(&self) -> &'static Capability {
        self.0.needs()
    }

    fn question(&self) -> Option<&Question> {
        Some(&self.0)
    }

    fn afterwards(&self, state: &State, contents: &Contents) -> Vec<Request> {
        super::listing(state, contents, &self.0.subject)
    }

    fn observe(&self, state: &State, contents: &Contents, answer: &Answer) -> Observation {
        self.0.observe(state, contents, answer)
    }
}

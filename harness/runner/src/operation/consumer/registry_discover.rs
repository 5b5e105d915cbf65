//! `registry-discover`: a tool lists the referrers of a subject in a registry.
//!
//! Owns: everything about this operation that `discover` has not.

use std::sync::Arc;

use referee_results::Role;
use referee_source::SourceError;

use super::discover::{self, Question};
use crate::operation::probe::{ANSWER, IMAGE, REGISTRY_ATTACH, SBOM};
use crate::operation::{Action, Answers, Capability, Operation, Placeholder, ResultIn, StepReader};

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

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Question::read(step, &CAPABILITIES)?))
}

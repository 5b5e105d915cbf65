//! `registry-attach`: a tool makes a referrer out of a file and attaches it to its subject in a registry.
//!
//! Owns: everything about this operation. The referrer is found by asking the registry for the subject's referrers: a referrer
//! that neither the referrers API nor the fallback tag leads to is one that nobody finds.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use super::attach;
use crate::operation::given::node;
use crate::operation::probe::{ANSWER, IMAGE, REGISTRY_ATTACH, SBOM};
use crate::operation::registry::listing;
use crate::operation::{Action, Capability, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{Arrived, Failure, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "registry-attach",
    role: Role::Producer,
    does: "The producer makes a manifest from the content's file and attaches it to its subject in a registry.",
    keys: &[attach::CONTENT],
    adds: Some("content"),
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Registry,
        Placeholder::Repository,
        Placeholder::SubjectDigest,
        Placeholder::ArtifactType,
        Placeholder::File,
        Placeholder::MediaType,
        Placeholder::Key,
        Placeholder::Value,
    ],
    answer: None,
    result: ResultIn::Layout,
    leaves: "The registry lists one referrer more, with the artifact type and the annotations that were given.",
    keeps: "Nothing: the registry lives for the steps on it.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "registry-attach",
    means: "makes a referrer of a subject given by digest, in a registry",
    probe: &[IMAGE, SBOM, REGISTRY_ATTACH, ANSWER],
}];

#[derive(Debug)]
struct Attach(Name);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Attach(attach::content(step)?)))
}

impl Action for Attach {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        attach::values(state, node(contents, &self.0), contents, values)
    }

    fn afterwards(&self, state: &State, contents: &Contents) -> Vec<Request> {
        let subject = node(contents, &self.0).subject.as_ref();
        subject.map(|subject| listing(state, contents, &subject.name)).unwrap_or_default()
    }

    fn arrived(&self, arrived: &Arrived<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let planned = node(arrived.contents, &self.0);
        let known = |found: &Referrer| arrived.state.referrers.values().any(|one| one.digest == found.digest);
        // of another type is what a step has made that was at work at the same time
        let is_it = |found: &Referrer| !known(found) && found.artifact_type == planned.artifact_type;
        let mut new: Vec<Referrer> = arrived.referrers().into_iter().filter(is_it).collect();
        let (Some(found), None) = (new.pop(), new.pop()) else {
            let of = planned.artifact_type.as_deref().unwrap_or("none");
            let what = format!(
                "neither the referrers API nor the fallback tag lists one new referrer of artifact type {of}"
            );
            return Err(arrived.failed(what));
        };
        let mut given = planned.annotations.iter().filter(|_| !arrived.own);
        if let Some((key, _)) = given.find(|(key, value)| found.annotations.get(key) != Some(value)) {
            return Err(
                arrived.failed(format!("the new manifest lacks the annotation {key} as it was given"))
            );
        }
        Ok(vec![(self.0.clone(), found)])
    }
}

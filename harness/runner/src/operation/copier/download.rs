//! `download`: a tool copies a tag, with referrers, from a registry to a new layout.
//!
//! Owns: everything about this operation. Whether the referrers have come along is no postcondition: it is what a case
//! asks a reader afterwards.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ANSWER, ATTACH, IMAGE, SBOM, UPLOAD};
use crate::operation::{Action, Capability, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "download",
    role: Role::Copier,
    does: "The copier copies a tag, with referrers, from a registry to a new layout.",
    keys: &[super::SOURCE],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Registry,
        Placeholder::Repository,
        Placeholder::Out,
        Placeholder::OutArchive,
        Placeholder::Tag,
    ],
    answer: None,
    result: ResultIn::Out,
    leaves: "In the new layout is all that the tag led to, whole, and index.json leads to it.",
    keeps: "Nothing else: a tool copies what it is asked for.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "download",
    means: "copies a tag and its referrers from a registry to a new layout",
    probe: &[
        IMAGE,
        SBOM,
        ATTACH,
        UPLOAD,
        ANSWER,
        "[[step]]\nrole = \"copier\"\nop = \"download\"\nsource = \"image\"\n",
    ],
}];

/// The tag.
#[derive(Debug)]
struct Download(String);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Download(super::tag(step)?)))
}

impl Action for Download {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, _: &State, _: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(values.with(Placeholder::Tag, &self.0))
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        super::downloaded(after, &self.0)
    }
}

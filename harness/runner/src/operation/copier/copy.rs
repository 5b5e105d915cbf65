//! `copy`: a tool copies a tag, with referrers, to another place.
//!
//! Owns: everything about this operation. Whether the referrers have come along is no postcondition: it is what a case
//! asks a reader afterwards.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "copy",
    role: Role::Copier,
    does: "The copier copies a tag, with referrers, to another place.",
    keys: &[Key {
        name: "source",
        means: "the name of the content whose tag is copied",
        form: Form::Name,
        required: true,
    }],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Out, Placeholder::OutArchive, Placeholder::Tag],
    answer: None,
    result: ResultIn::Out,
    leaves: "In the copy, the tag names what it named, and all that it led to and that was there is there and whole.",
    keeps: "Nothing else: a tool copies what it is asked for.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "copy",
    means: "copies a tag and its referrers to another layout",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"copier\"\nop = \"copy\"\nsource = \"image\"\n"],
}];

/// The tag.
#[derive(Debug)]
struct Copy(String);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, source) = step.content("source")?;
    Ok(Arc::new(Copy(step.tag(at, source)?)))
}

impl Action for Copy {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, _: &State, _: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(values.with(Placeholder::Tag, &self.0))
    }

    fn requests(&self, _: &State, _: &Contents) -> Result<Vec<Request>, HarnessError> {
        Ok(Vec::new())
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let tag = &self.0;
        let Some(digest) = after.before.tags.get(tag) else {
            return Err(after.failed_to(format!("there was no tag {tag} to copy")));
        };
        after.resolves(tag, digest)?;
        match after.before.lost_below(after.facts()?, digest) {
            None => Ok(Vec::new()),
            Some(lost) => {
                Err(after.failed(format!("the copy lacks {}, which tag {tag} leads to", lost.short())))
            }
        }
    }
}

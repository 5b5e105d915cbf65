//! `use`: a tool does with an image what it is for: it scans it, inspects it, exports it.
//!
//! Owns: everything about this operation. That it ended well says nothing; its answer has to name a digest that is the
//! image's own.

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
    name: "use",
    role: Role::Bystander,
    does: "The bystander scans, inspects or exports an image.",
    keys: &[super::IMAGE],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Tag, Placeholder::OutArchive],
    answer: Some(Answers::Words),
    result: ResultIn::Layout,
    leaves: "The answer names a digest that is the image's own: of its manifest, its config or a layer.",
    keeps: "The layout is still there. What else the bystander did to it is noted as `changed` on its step.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "use",
    means: "scans, inspects or exports an image",
    probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"bystander\"\nop = \"use\"\nimage = \"image\"\n"],
}];

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Use(Tagged::read(step)?)))
}

#[derive(Debug)]
struct Use(Tagged);

impl Action for Use {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(self.0.values(state, contents, values))
    }

    fn observe(&self, _: &State, contents: &Contents, answer: &Answer) -> Observation {
        let node = contents.node(self.0.content.as_str());
        let own = node.into_iter().flat_map(|node| {
            let blobs = node.blobs.iter().map(|blob| &blob.digest);
            [&node.digest].into_iter().chain(blobs).map(|digest| (digest.to_string(), node.name.to_string()))
        });
        Observation::any_word(&BTreeMap::from_iter(own), answer.words())
    }
}

//! `copy`: a tool copies content, with referrers, to another place.
//!
//! Owns: everything about this operation. Whether the referrers have come along is no postcondition: it is what a case
//! asks a reader afterwards.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "copy",
    role: Role::Copier,
    does: "The copier copies content, with referrers, to another place.",
    keys: &[
        Key {
            name: "source",
            means: "the name of the content that is copied; it has a tag unless it is copied by digest",
            form: Form::Name,
            required: true,
        },
        Key {
            name: "by",
            means: "how it is addressed; `tag` if left out",
            form: Form::Word(&[
                ("tag", "by its tag"),
                ("digest", "by its digest"),
                ("layout", "not at all: the whole layout is copied"),
            ]),
            required: false,
        },
    ],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Out,
        Placeholder::OutArchive,
        Placeholder::Subject,
        Placeholder::SubjectDigest,
        Placeholder::Tag,
    ],
    answer: None,
    result: ResultIn::Out,
    leaves: "In the copy, the tag names what it named, or index.json leads to what was copied by digest or with the whole layout; all \
             that it led to and that was there is there and whole.",
    keeps: "Nothing else: a tool copies what it is asked for.",
    read,
};

static CAPABILITIES: [Capability; 3] = [
    Capability {
        name: "copy",
        means: "copies a tag and its referrers to another layout",
        probe: &[IMAGE, SBOM, ATTACH, COPY],
    },
    Capability {
        name: "copy.digest",
        means: "copies a digest and its referrers to another layout",
        probe: &[IMAGE, SBOM, ATTACH, COPY, "by = \"digest\"\n"],
    },
    Capability {
        name: "copy.layout",
        means: "copies a whole layout",
        probe: &[IMAGE, SBOM, ATTACH, COPY, "by = \"layout\"\n"],
    },
];

const COPY: &str = r#"
[[step]]
role = "copier"
op = "copy"
source = "image"
"#;

#[derive(Debug)]
enum Copy {
    Tag(String),
    Digest(Name),
    /// The content that has to arrive, and its tag.
    Layout(Name, String),
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (_, source) = step.content("source")?;
    let copy = match step.word("by")? {
        Some("digest") => Copy::Digest(source.name.clone()),
        Some("layout") => Copy::Layout(source.name.clone(), super::tag(step)?),
        _ => Copy::Tag(super::tag(step)?),
    };
    Ok(Arc::new(copy))
}

impl Action for Copy {
    fn needs(&self) -> &'static Capability {
        match self {
            Self::Tag(_) => &CAPABILITIES[0],
            Self::Digest(_) => &CAPABILITIES[1],
            Self::Layout(..) => &CAPABILITIES[2],
        }
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(match self {
            Self::Tag(tag) => {
                values.with(Placeholder::Tag, tag).with(Placeholder::Subject, format!(":{tag}"))
            }
            Self::Digest(source) => {
                let digest = state.digest(contents, source.as_str());
                let digest = digest.map_or_else(String::new, |digest| digest.to_string());
                let values = values.with(Placeholder::Subject, format!("@{digest}"));
                values.with(Placeholder::SubjectDigest, digest)
            }
            Self::Layout(_, tag) => values.with(Placeholder::Tag, tag),
        })
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        match self {
            Self::Tag(tag) => {
                let Some(digest) = after.before.tags.get(tag) else {
                    return Err(after.failed_to(format!("there was no tag {tag} to copy")));
                };
                after.resolves(tag, digest)?;
                super::complete(after, tag, digest)
            }
            Self::Digest(source) | Self::Layout(source, _) => {
                after.has_arrived(source)?;
                Ok(Vec::new())
            }
        }
    }
}

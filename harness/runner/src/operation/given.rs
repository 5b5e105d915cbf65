//! What `attach` and `push` share: content of the case that a tool or a registry is given.
//!
//! Owns: the values that describe it, and its requests to a registry. Leaves to others: what makes the two differ.

use std::path::PathBuf;

use referee_process::HarnessError;
use referee_process::service::Request;
use referee_writer::{ContentNode, Contents, Name};

use super::{Placeholder, Values};
use crate::state::{REPOSITORY, State};

/// The content that a step names.
pub(super) fn node<'a>(contents: &'a Contents, name: &Name) -> &'a ContentNode {
    contents.node(name.as_str()).expect("a plan holds all content of its case")
}

/// Writes a file where the tool will run.
pub(crate) fn save(state: &State, name: &str, bytes: &[u8]) -> Result<(), HarnessError> {
    let written = std::fs::write(state.files().join(name), bytes);
    written.map_err(|error| HarnessError::new(format!("write {name}"), error))
}

/// What the content is, besides its bytes.
pub(super) fn describe(values: Values, state: &State, contents: &Contents, planned: &ContentNode) -> Values {
    let subject = planned.subject.as_ref().and_then(|subject| state.digest(contents, subject.name.as_str()));
    let mut values = values;
    for (placeholder, value) in [
        (Placeholder::ArtifactType, planned.artifact_type.clone()),
        (Placeholder::Tag, planned.tag.clone()),
        (Placeholder::SubjectDigest, subject.map(|digest| digest.to_string())),
    ] {
        if let Some(value) = value {
            values = values.with(placeholder, value);
        }
    }
    values.annotations.clone_from(&planned.annotations);
    values
}

/// The requests that store a node: its blobs, then itself under its digest, then under its tag. Their bodies are
/// written to files.
pub(crate) fn pushes(state: &State, planned: &ContentNode) -> Result<Vec<Request>, HarnessError> {
    let repository = || REPOSITORY.to_owned();
    let mut requests = Vec::new();
    for blob in &planned.blobs {
        let name = blob.digest.encoded();
        save(state, &name, &blob.bytes)?;
        let (digest, file) = (blob.digest.to_string(), PathBuf::from(&name));
        requests.push(Request::Blob { repository: repository(), digest, file });
    }
    let name = planned.digest.encoded();
    save(state, &name, &planned.bytes)?;
    for reference in [Some(planned.digest.to_string()), planned.tag.clone()].into_iter().flatten() {
        let (media_type, file) = (planned.media_type.clone(), PathBuf::from(&name));
        requests.push(Request::Manifest { repository: repository(), reference, media_type, file });
    }
    Ok(requests)
}

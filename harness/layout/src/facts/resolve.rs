//! What a person means by a subject.
//!
//! Owns: digests and names to digests, similar names for mistakes. Leaves to others: printing.

use std::collections::BTreeSet;

use super::Facts;
use referee_source::most_similar;
use referee_spec::Digest;

/// Why a text names no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// There is no entry of that name.
    #[error("no entry of index.json is named `{name}`{}", near_names(near))]
    NotFound {
        /// The name.
        name: String,
        /// Names that are nearly the same, the nearest first; or a few of those that exist.
        near: Vec<String>,
    },
    /// Entries of that name have several digests.
    #[error("`{name}` names {} digests in index.json: {}", digests.len(), list(digests))]
    Ambiguous {
        /// The name.
        name: String,
        /// The digests, in the order of index.json.
        digests: Vec<Digest>,
    },
    /// It looks like a digest and is none.
    #[error("`{text}` is no digest: {error}")]
    Digest {
        /// The text.
        text: String,
        /// What is wrong.
        error: referee_spec::digest::DigestError,
    },
}

fn near_names(near: &[String]) -> String {
    if near.is_empty() {
        return "; it has no names at all, so give a digest".to_owned();
    }
    format!("; did you mean {}?", near.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or "))
}

fn list(digests: &[Digest]) -> String {
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn resolve(facts: &Facts, text: &str) -> Result<Digest, ResolveError> {
    // a name may look like a digest, so names come first
    let mut digests = Vec::new();
    for digest in facts.tagged(text).filter_map(|entry| entry.digest()) {
        if !digests.contains(digest) {
            digests.push(digest.clone());
        }
    }
    without_referrers(facts, &mut digests);
    match (digests.len(), Digest::parse(text)) {
        (1, _) => return digests.pop().ok_or_else(|| not_found(facts, text)),
        (0, Ok(digest)) => return Ok(digest),
        (0, Err(error)) => {
            let known = ["sha256:", "sha512:", "blake3:"];
            if known.iter().any(|prefix| text.starts_with(prefix)) {
                return Err(ResolveError::Digest { text: text.to_owned(), error });
            }
        }
        _ => {
            return Err(ResolveError::Ambiguous { name: text.to_owned(), digests });
        }
    }
    Err(not_found(facts, text))
}

/// A referrer that is listed under its subject's own name is not what that name names: whoever asks for the image by name
/// means the image.
fn without_referrers(facts: &Facts, digests: &mut Vec<Digest>) {
    let all = digests.clone();
    let subject = |digest: &Digest| facts.node(digest).and_then(|node| node.subject.as_ref());
    digests.retain(|digest| !subject(digest).is_some_and(|subject| all.contains(&subject.digest)));
}

fn not_found(facts: &Facts, text: &str) -> ResolveError {
    let names: BTreeSet<_> = facts.entries().iter().filter_map(|entry| entry.ref_name()).collect();
    let near = most_similar(text, names, 3).into_iter().map(str::to_owned).collect();
    ResolveError::NotFound { name: text.to_owned(), near }
}

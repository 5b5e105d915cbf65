//! What a person means by a subject.
//!
//! Owns: digests, names and beginnings of digests to digests, similar names for mistakes. Leaves to others: printing.

use std::collections::BTreeSet;

use super::{Blob, DocumentKind, Entry, Facts, Node};
use referee_source::most_similar;
use referee_spec::{Algorithm, Digest};

/// So many characters of a digest's encoded part can be told from a name that is mistyped.
const LEAST: usize = 4;

/// So many digests are named where a text stands for several.
const NAMED: usize = 5;

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
    #[error("`{name}` names {} digests in index.json: {}; give one of them", digests.len(), list(digests))]
    Ambiguous {
        /// The name.
        name: String,
        /// The digests, in the order of index.json.
        digests: Vec<Digest>,
    },
    /// Several digests begin with it.
    #[error("{} digests begin with `{text}`: {}; give more of it", digests.len(), list(digests))]
    AmbiguousBeginning {
        /// The text.
        text: String,
        /// The digests, in order.
        digests: Vec<Digest>,
    },
    /// It looks like the beginning of a digest and is none.
    #[error("no digest of a manifest, an index or a subject in the layout begins with `{text}`")]
    NoBeginning {
        /// The text.
        text: String,
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
    let named = digests.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match digests.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

impl Facts {
    /// As [`Facts::resolve`] does; and the beginning of a digest, with its algorithm or without, stands for the only manifest, index
    /// or subject with such a digest. A name comes first.
    ///
    /// # Errors
    /// As of [`Facts::resolve`], or if several digests begin so.
    pub fn find(&self, text: &str) -> Result<Digest, ResolveError> {
        find(self, text)
    }

    /// The digests of manifests and indexes, whether they are there or something names them.
    fn mentioned(&self) -> impl Iterator<Item = &Digest> {
        let listed = |node: &Node| node.kind == DocumentKind::Index;
        let nodes = self.blobs.values().filter_map(Blob::node);
        let named = nodes.flat_map(move |node| {
            let entries = node.entries.iter().filter(move |_| listed(node)).filter_map(Entry::digest);
            let subject = node.subject.iter().map(|subject| &subject.digest);
            entries.chain(subject).chain([&node.digest])
        });
        self.entries.iter().filter_map(Entry::digest).chain(named)
    }
}

/// As [`resolve`], and the beginning of a digest stands for it where it is the only one.
fn find(facts: &Facts, text: &str) -> Result<Digest, ResolveError> {
    let error = match resolve(facts, text) {
        Err(error @ (ResolveError::NotFound { .. } | ResolveError::Digest { .. })) => error,
        resolved => return resolved,
    };
    let (algorithm, encoded) =
        text.split_once(':').map_or((None, text), |(algorithm, encoded)| (Some(algorithm), encoded));
    let known = |algorithm: &str| Algorithm::ALL.iter().any(|known| known.name() == algorithm);
    let is_beginning = match algorithm {
        Some(algorithm) => known(algorithm) && encoded.bytes().all(is_lower_hex),
        None => encoded.len() >= LEAST && encoded.bytes().all(is_lower_hex),
    };
    if !is_beginning {
        return Err(error);
    }
    let begins = |digest: &&Digest| {
        algorithm.is_none_or(|algorithm| digest.algorithm() == algorithm)
            && digest.with_encoded(|own| own.to_bytes().starts_with(encoded.as_bytes()))
    };
    let digests: BTreeSet<&Digest> = facts.mentioned().filter(begins).collect();
    let text = text.to_owned();
    match (digests.first(), digests.len()) {
        (Some(&digest), 1) => Ok(digest.clone()),
        (None, _) if algorithm.is_none() => Err(error),
        (None, _) => Err(ResolveError::NoBeginning { text }),
        _ => Err(ResolveError::AmbiguousBeginning { text, digests: digests.into_iter().cloned().collect() }),
    }
}

/// Whether it is an algorithm that the specification has, with a function here or without.
fn is_known(algorithm: &str) -> bool {
    algorithm == "blake3" || Algorithm::ALL.iter().any(|known| known.name() == algorithm)
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
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
        // any text with a colon has the form of a digest: of an algorithm that nobody knows, it has to be in the layout
        (0, Ok(digest)) if is_known(digest.algorithm()) || facts.mentioned().any(|own| *own == digest) => {
            return Ok(digest);
        }
        (0, Ok(_)) => {}
        (0, Err(error)) => {
            if text.split_once(':').is_some_and(|(algorithm, _)| is_known(algorithm)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Layout;

    /// An index.json that names digests of these encoded parts, padded with zeros; the first also has the name `cafe`.
    fn facts(beginnings: &[&str]) -> Facts {
        let folder = tempfile::tempdir().unwrap();
        let entry = |(at, beginning): (usize, &&str)| {
            let name = if at == 0 { "cafe" } else { "other" };
            format!(
                r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{beginning:0<64}","size":1,
                    "annotations":{{"org.opencontainers.image.ref.name":"{name}{at}"}}}}"#
            )
            .replace("cafe0", "cafe")
        };
        let entries: Vec<String> = beginnings.iter().enumerate().map(entry).collect();
        let index = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","));
        std::fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        std::fs::write(folder.path().join("index.json"), index).unwrap();
        Layout::open(folder.path()).unwrap().facts(&Default::default())
    }

    #[test]
    fn the_beginning_of_one_digest_stands_for_it() {
        let facts = facts(&["abcd1", "abcd2", "cafe9", "12"]);
        let is = |text: &str, beginning: &str| {
            let digest = facts.find(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(digest.to_string(), format!("sha256:{beginning:0<64}"), "{text}");
        };
        is("abcd1", "abcd1");
        is("sha256:abcd2", "abcd2");
        is("sha256:1", "12");
        // a name is what it says, and not the beginning of another's digest
        is("cafe", "abcd1");
        is("cafe9", "cafe9");
        // a step of a run that asks for a tag asks for nothing else
        assert!(facts.resolve("abcd1").is_err());
    }

    #[test]
    fn a_name_with_a_colon_that_does_not_exist_is_no_digest() {
        let facts = facts(&["abcd1", "12"]);
        for text in ["nginx:lates", "b:v1", "x:1", "caf:e", "other:1"] {
            for error in [facts.find(text).unwrap_err(), facts.resolve(text).unwrap_err()] {
                assert!(matches!(error, ResolveError::NotFound { .. }), "{text}: {error}");
            }
        }
        // an absent subject of an algorithm that the specification has may be asked for
        for text in [format!("sha256:{:0<64}", "9"), format!("blake3:{:0<64}", "9")] {
            assert_eq!(facts.find(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_beginning_of_several_or_of_none_says_so() {
        let facts = facts(&["abcd1", "abcd2", "12"]);
        let why = |text: &str| facts.find(text).unwrap_err().to_string();
        assert!(why("abcd").starts_with("2 digests begin with `abcd`: sha256:abcd1000"), "{}", why("abcd"));
        assert!(why("sha256:").starts_with("3 digests begin with"), "{}", why("sha256:"));
        assert!(why("sha256:e").contains("begins with `sha256:e`"), "{}", why("sha256:e"));
        // too short to be told from a name, and what cannot be a digest
        for text in ["12", "abcg", "sha256:ABCD"] {
            assert!(!why(text).contains("begin"), "{text}: {}", why(text));
        }
    }
}

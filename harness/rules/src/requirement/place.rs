//! Where in a layout a requirement asks for something: `manifest#/config`.
//!
//! Owns: the kinds of files that requirements tell apart, and the form of a place. Leaves to others: which file is of which
//! kind.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What a file of a layout is, as far as requirements tell files apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `oci-layout`
    OciLayout,
    /// `index.json`
    IndexJson,
    /// An image index among the blobs.
    Index,
    /// An image index that lists the referrers of a subject.
    Response,
    /// An image manifest.
    Manifest,
    /// The config of an image manifest.
    Config,
    /// Anything else.
    Other,
}

const WORDS: [(&str, Kind); 6] = [
    ("oci-layout", Kind::OciLayout),
    ("index.json", Kind::IndexJson),
    ("index", Kind::Index),
    ("response", Kind::Response),
    ("manifest", Kind::Manifest),
    ("config", Kind::Config),
];

impl Kind {
    /// Whether a sentence about `other` is also one about this: a response is an image index.
    fn is(self, other: Self) -> bool {
        self == other || (self, other) == (Self::Response, Self::Index)
    }
}

/// A kind of file, or any, and a member in it, or any: `manifest`, `manifest#/config`, `#/*/annotations`. A member stands for
/// what is in it, too; `*` is any one name, and nothing after the `#` is the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    written: String,
    kind: Option<Kind>,
    member: Option<Vec<String>>,
}

/// Why a text is no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// There is no such kind.
    #[error("`{0}` begins with no kind of file, expected one of {words}, or nothing", words = words())]
    Kind(String),
    /// What follows the `#` is no JSON pointer.
    #[error("`{0}` has something else than a JSON pointer after the `#`, as in `manifest#/config`")]
    Member(String),
}

fn words() -> String {
    WORDS.map(|(word, _)| format!("`{word}`")).join(", ")
}

impl Place {
    /// Whether that place of a file of that kind is this one, or in it.
    pub(super) fn contains(&self, kind: Kind, pointer: &str) -> bool {
        if self.kind.is_some_and(|own| !kind.is(own)) {
            return false;
        }
        let Some(member) = &self.member else { return true };
        if member.is_empty() {
            return pointer.is_empty();
        }
        let mut tokens = pointer.split('/').skip(1);
        member.iter().all(|own| tokens.next().is_some_and(|token| own == "*" || own == token))
    }

    fn parse(written: String) -> Result<Self, PlaceError> {
        let (word, member) = match written.split_once('#') {
            Some((word, member)) => (word, Some(member)),
            None => (written.as_str(), None),
        };
        let known = WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
        if known.is_none() && !(word.is_empty() && member.is_some()) {
            return Err(PlaceError::Kind(written));
        }
        if member.is_some_and(|member| !member.is_empty() && !member.starts_with('/')) {
            return Err(PlaceError::Member(written));
        }
        let member = member.map(|member| member.split('/').skip(1).map(str::to_owned).collect());
        Ok(Self { kind: known, member, written })
    }
}

impl TryFrom<String> for Place {
    type Error = PlaceError;

    fn try_from(written: String) -> Result<Self, PlaceError> {
        Self::parse(written)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(place: &str, kind: Kind, pointer: &str) -> bool {
        Place::parse(place.to_owned()).unwrap().contains(kind, pointer)
    }

    #[test]
    fn a_place_is_a_kind_and_a_member() {
        for (place, kind, pointer) in [
            ("manifest", Kind::Manifest, ""),
            ("manifest", Kind::Manifest, "/layers/0"),
            ("manifest#/layers", Kind::Manifest, "/layers"),
            ("manifest#/layers", Kind::Manifest, "/layers/0/size"),
            ("manifest#", Kind::Manifest, ""),
            ("#/*/*/annotations/com.example.k", Kind::Index, "/manifests/3/annotations/com.example.k"),
            ("index", Kind::Response, "/manifests/3"),
        ] {
            assert!(contains(place, kind, pointer), "{place} {pointer}");
        }
        for (place, kind, pointer) in [
            ("manifest", Kind::Index, ""),
            ("manifest#", Kind::Manifest, "/layers"),
            ("manifest#/layers", Kind::Manifest, "/layersx"),
            ("manifest#/layers", Kind::Manifest, ""),
            ("#/*/annotations", Kind::Manifest, "/annotations"),
            ("response", Kind::Index, ""),
            ("index", Kind::IndexJson, ""),
        ] {
            assert!(!contains(place, kind, pointer), "{place} {pointer}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let read = |text: &str| Place::parse(text.to_owned());
        assert!(matches!(read("layer#/x"), Err(PlaceError::Kind(_))));
        assert!(matches!(read(""), Err(PlaceError::Kind(_))));
        assert!(matches!(read("manifest#config"), Err(PlaceError::Member(_))));
    }
}

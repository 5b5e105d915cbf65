//! Conventions: how a tool or a proposal lets readers of a layout find referrers, as data.
//!
//! Owns: the vocabulary, its TOML form, and the expansion of templates. Leaves to others: writing a layout by a
//! convention (`referee-writer`) and reading one (the views of `referee-layout`). There is no code for any one convention:
//! what cannot be said in the vocabulary is a reason to extend the vocabulary.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use referee_source::{Source, SourceError};
use referee_spec::annotation::REF_NAME;

mod check;
mod template;

pub use template::{Mark, Template, TemplateError, Values};

/// A named set of carriers, with the annotations and names they use. One TOML file under `cases/conventions/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee convention, version 1")]
pub struct Convention {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Short name, equal to the file's stem.
    pub id: String,
    /// Ids that it had before. They are understood wherever an id is typed, and never printed.
    #[serde(default)]
    pub former: Vec<String>,
    /// One line for people.
    pub title: String,
    /// Where the convention is written down, or whose code does it.
    pub source: String,
    /// Whether released tools do it.
    pub status: Status,
    /// The places where a reader finds referrers, in the order of preference.
    #[serde(rename = "carrier")]
    pub carriers: Vec<Carrier>,
    /// Annotations of index.json itself that say "this layout follows the convention": with them, a subject
    /// without a response is known to have no referrers.
    #[serde(default)]
    pub index_annotation: BTreeMap<String, String>,
    /// Annotations of index.json's entry of each image that has a name, the image being the `subject` of the placeholders.
    /// Readers do not look at them.
    #[serde(default)]
    pub image_annotation: BTreeMap<String, Template>,
}

/// How settled a convention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A released tool writes it.
    Released,
    /// Somebody asks for it.
    Proposed,
    /// It was written or asked for once.
    Historic,
}

/// One place where a layout lets a reader find a referrer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carrier {
    /// Which list holds the entries.
    pub place: ListedIn,
    /// What an entry points at.
    pub lists: Lists,
    /// Annotations on the entry; all of them must hold for a reader to use it.
    #[serde(default)]
    pub annotation: BTreeMap<String, Template>,
    /// The `org.opencontainers.image.ref.name` of the entry: a tag, or a full name such as `example.com/repository:tag`, of
    /// which the tag is what follows the last `:`. Whatever the algorithm of a digest is, the tag is one that registries take:
    /// 128 characters at most, letters, digits and `._-`, the first no `.` and no `-` (distribution-spec, Pulling manifests).
    /// Characters of a digest that a tag cannot hold become `-` (distribution-spec, Referrers Tag Schema);
    /// `{subject.ref-name}` is a name that is there already, a tag or a full name, and stays as it is.
    #[serde(default)]
    pub ref_name: Option<Template>,
    /// Further annotations on the entry, which readers do not look at. One whose placeholder stands for nothing, such as the
    /// type of a referrer without one, is left out.
    #[serde(default)]
    pub extra_annotation: BTreeMap<String, Template>,
    /// What is copied from the referrer's manifest to its entry.
    #[serde(default)]
    pub pull_up: Vec<PullUp>,
    /// How far a reader looks for entries.
    #[serde(default)]
    pub reach: Reach,
    /// `os/architecture` on the entry (BuildKit's attestations carry `unknown/unknown`): two words, and no variant.
    #[serde(default)]
    pub platform: Option<String>,
    /// Readers look here, and writers put nothing here: what an older release wrote, and a newer one still reads.
    #[serde(default)]
    pub read_only: bool,
}

impl Carrier {
    /// What must be on an entry for a reader to use it.
    pub fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        Mark::all(&self.annotation, self.ref_name.as_ref())
    }

    /// Whether an entry with these annotations has all that this carrier writes by its own keys, in its form: it says that it is
    /// of this carrier, rightly or not. Without keys of its own a name says that, if it is one that is made of digests.
    pub fn is_claimed_by<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> bool {
        let has =
            |(key, template): (&String, &Template)| value(key).is_some_and(|there| template.has_form(there));
        if self.annotation.is_empty() {
            let name = self.ref_name.as_ref().zip(value(REF_NAME));
            return name.is_some_and(|(template, there)| template.has_form_of_tag(there));
        }
        self.annotation.iter().all(has)
    }

    /// Whether an entry has the name of its subject on it, so that a subject without a name has none.
    pub fn needs_name(&self) -> bool {
        self.marks().any(|mark| mark.template.has_ref_name())
    }

    /// Whether a reader of `other` looks at the same places for the same marks; what a writer copies to an entry does
    /// not matter to a reader.
    pub fn reads_as(&self, other: &Self) -> bool {
        (self.place, self.lists, self.reach) == (other.place, other.lists, other.reach)
            && self.annotation == other.annotation
            && self.ref_name == other.ref_name
    }
}

/// Which list holds a carrier's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListedIn {
    /// `manifests` of index.json.
    Index,
    /// `manifests` of the image index that the subject's own tag points at.
    SubjectIndex,
    /// No list: the manifest is only a blob, and readers scan all blobs.
    Blob,
}

/// What a carrier's entry points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lists {
    /// A referrers response: an image index of all referrers of one subject.
    Response,
    /// One referrer.
    Referrer,
}

/// A field copied from a referrer's manifest to the entry that lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PullUp {
    /// `artifactType`, by the rules of distribution-spec, Listing Referrers.
    #[serde(rename = "artifactType")]
    ArtifactType,
    /// All annotations.
    #[serde(rename = "annotations")]
    Annotations,
}

/// How far a reader of a convention looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// At the entries themselves.
    #[default]
    Entries,
    /// At everything that can be reached from the entries through indexes.
    Graph,
}

impl Convention {
    /// The carriers that a writer puts referrers into.
    pub fn written(&self) -> impl Iterator<Item = &Carrier> {
        self.carriers.iter().filter(|carrier| !carrier.read_only)
    }

    /// Whether it gives a meaning to an annotation with that key.
    pub fn defines(&self, key: &str) -> bool {
        let carries = |carrier: &Carrier| {
            carrier.annotation.contains_key(key) || carrier.extra_annotation.contains_key(key)
        };
        self.carriers.iter().any(carries)
            || self.index_annotation.contains_key(key)
            || self.image_annotation.contains_key(key)
    }

    /// The annotations by which its carriers mark entries, each key once.
    pub fn mark_keys(&self) -> BTreeSet<&str> {
        self.carriers.iter().flat_map(|carrier| carrier.annotation.keys()).map(String::as_str).collect()
    }

    /// Whether referrers of a subject without a name of its own are in no list.
    pub fn needs_names(&self) -> bool {
        self.written().all(Carrier::needs_name)
    }

    /// Reads a convention file.
    ///
    /// # Errors
    /// The first mistake, at its line: a TOML error, an unknown key or placeholder, or a combination of keys
    /// that no reader could follow.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let convention: Self = source.parse()?;
        check::check(&convention, source)?;
        Ok(convention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_shown_at_their_line() {
        let head =
            "schema = 1\nid = \"x\"\ntitle = \"t\"\nsource = \"s\"\nstatus = \"proposed\"\n[[carrier]]\n";
        let cases = [
            ("place = \"index\"\nlists = \"respones\"\n", 8, "unknown variant `respones`"),
            ("place = \"index\"\nlists = \"response\"\nref-name = \"{subject}\"\n", 9, "unknown placeholder"),
            ("place = \"index\"\nlists = \"response\"\n", 8, "needs an annotation"),
            ("place = \"index\"\nlists = \"referrer\"\nanotation = {}\n", 9, "unknown field `anotation`"),
        ];
        for (tail, line, message) in cases {
            let error = Convention::parse(&Source::new("x.toml", format!("{head}{tail}"))).unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}

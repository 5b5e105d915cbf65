//! The TOML form of conformance cases and bases, and with it the source of their JSON Schemas.
//!
//! Owns: keys, their types and their documentation. Leaves to others: whether names lead somewhere.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::{At, ContentFile};

/// For one rule, layouts that break it and layouts that nearly do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee conformance case, version 1")]
pub struct ConformanceFile {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The rule's id, equal to the file's stem.
    pub rule: String,
    /// The base that variants start from, if they do not say another.
    pub base: String,
    /// The profile that variants are held against, if they do not say another.
    #[serde(default = "released")]
    pub profile: String,
    /// Layouts in which the rule finds something.
    #[serde(default)]
    pub hit: Vec<VariantFile>,
    /// Layouts that look like a hit, and in which the rule finds nothing.
    #[serde(default)]
    pub near_miss: Vec<VariantFile>,
}

/// A layout without a fault, from which others are made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee conformance base, version 1")]
pub struct BaseFile {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// What it is, as a sentence.
    pub title: String,
    /// What a specification allows and this layout does: nothing may be found in it.
    #[serde(default)]
    pub(crate) req: Vec<At<String>>,
    /// Rules that find something in it all the same: infos, which say what it is.
    #[serde(default)]
    pub infos: Vec<String>,
    /// The profile under which nothing else is found in it.
    #[serde(default = "released")]
    pub profile: String,
    /// The convention by which referrers are stored; none for a layout of blobs and tags alone.
    pub convention: Option<String>,
    /// What the layout holds, as in any case.
    #[serde(default)]
    pub(crate) content: Vec<ContentFile>,
    /// Changes to what the in-crate writer writes.
    #[serde(default)]
    pub(crate) mutate: Vec<MutationFile>,
}

/// One layout.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VariantFile {
    /// Why the rule finds something, or why it does not.
    pub why: String,
    /// In place of the file's base.
    pub base: Option<String>,
    /// In place of the file's profile.
    pub profile: Option<String>,
    /// Readings of open questions that are picked.
    #[serde(default)]
    pub reading: BTreeMap<String, String>,
    /// What is changed, in order.
    pub(crate) mutate: Vec<MutationFile>,
    /// Where the rule finds something: `NAME#/pointer` or a path and `#`; exactly these.
    #[serde(default)]
    pub find: Vec<String>,
    /// What other rules find in it: `rule@place`; exactly these.
    #[serde(default)]
    pub also: Vec<String>,
}

/// Changes alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MutationsFile {
    /// What is changed, in order.
    pub(crate) mutate: Vec<MutationFile>,
}

/// One change. Exactly one of the keys that name an operation is there. A NAME is `index.json`, `oci-layout`, a path,
/// or the local name of content, also with `.config`, `.layer`, `.response` or `.index`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct MutationFile {
    /// Sets the value at `NAME#/pointer` to the JSON text `to`; `-` appends to an array.
    pub(crate) set: Option<At<String>>,
    /// Removes the member or item at `NAME#/pointer`.
    pub(crate) remove: Option<At<String>>,
    /// Inserts the text `before` before the member or item at `NAME#/pointer`, whatever it is.
    pub(crate) raw: Option<At<String>>,
    /// Replaces the content of NAME by `text`, or changes it by `fill`, `nested`, `bom` or `byte`.
    pub(crate) overwrite: Option<At<String>>,
    /// Removes a file, or a directory with all in it.
    pub(crate) delete: Option<At<String>>,
    /// Adds the file of that path with `text`.
    pub(crate) file: Option<At<String>>,
    /// Adds a blob with `text`, under a new NAME.
    pub(crate) blob: Option<At<String>>,
    /// Makes NAME a directory.
    pub(crate) directory: Option<At<String>>,
    /// Makes NAME a symbolic link with the target `to`.
    pub(crate) symlink: Option<At<String>>,
    /// Moves NAME elsewhere in the layout, and links to it.
    pub(crate) link_inside: Option<At<String>>,
    /// Makes NAME a FIFO.
    pub(crate) fifo: Option<At<String>>,
    /// Flips one bit in the middle of NAME.
    pub(crate) flip: Option<At<String>>,
    /// Cuts NAME in half.
    pub(crate) truncate: Option<At<String>>,
    /// Packs the layout as an archive of this form.
    pub(crate) archive: Option<At<super::Form>>,
    /// JSON text of `set`, or target of `symlink`; `{NAME.digest}`, `.encoded`, `.size`, `.base64` and `.other64` are
    /// replaced.
    pub(crate) to: Option<String>,
    /// Text of `raw`.
    pub(crate) before: Option<String>,
    /// Text of `overwrite`, `file` and `blob`; placeholders are replaced.
    pub(crate) text: Option<String>,
    /// So many characters inside of the string of `set`, or as the content, after `text`.
    pub(crate) fill: Option<usize>,
    /// So many nested arrays as the content.
    pub(crate) nested: Option<usize>,
    /// A byte order mark before the content.
    pub(crate) bom: bool,
    /// A byte after the first one of the content.
    pub(crate) byte: Option<u8>,
    /// False to leave the digest of a changed blob and all descriptors of it as they are. `set`, `remove`, `raw` and
    /// `overwrite` compute them anew.
    pub(crate) reseal: Option<bool>,
}

fn released() -> String {
    "image-spec".to_owned()
}

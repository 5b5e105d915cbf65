//! The names that image-spec defines, by the object that has them, and names that differ from one by case only.
//!
//! Owns: the names, and where in a document their objects are. Leaves to others: what an odd name means.

use referee_layout::json::{Kind, Value};
use referee_spec::name::same_but_for_case;

use super::{Doc, DocKind};

/// Of a descriptor ([descriptor.md](https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties)).
pub(crate) const DESCRIPTOR: &[&str] =
    &["mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform"];

/// Of a manifest or index; which of the two a document is may depend on them.
const DOCUMENT: &[&str] = &[
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
    "manifests",
    "subject",
    "annotations",
];

const PLATFORM: &[&str] = &["architecture", "os", "os.version", "os.features", "variant", "features"];
const OCI_LAYOUT: &[&str] = &["imageLayoutVersion"];

/// Of an image config ([config.md](https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties)).
const CONFIG: &[&str] = &[
    "created",
    "author",
    "architecture",
    "os",
    "os.version",
    "os.features",
    "variant",
    "config",
    "rootfs",
    "history",
];
const EXECUTION: &[&str] = &[
    "User",
    "ExposedPorts",
    "Env",
    "Entrypoint",
    "Cmd",
    "Volumes",
    "WorkingDir",
    "Labels",
    "StopSignal",
    "ArgsEscaped",
    "Memory",
    "MemorySwap",
    "CpuShares",
    "Healthcheck",
];
const ROOTFS: &[&str] = &["type", "diff_ids"];
const HISTORY: &[&str] = &["created", "created_by", "author", "comment", "empty_layer"];

/// An object, and the names that are defined for it.
type Object<'a> = (Value<'a>, &'static [&'static str]);

impl<'a> Doc<'a> {
    /// The names that differ by case only from one that is defined for their object, with that one; canonical descriptors
    /// have none.
    pub(crate) fn odd_names(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>, &'static str)> {
        let own = match self.kind {
            DocKind::OciLayout => vec![(self.root, OCI_LAYOUT)],
            DocKind::Other => objects_of_other(self.root).collect(),
            DocKind::IndexJson | DocKind::Index | DocKind::Manifest => vec![(self.root, DOCUMENT)],
        };
        let descriptors = self.descriptors().flat_map(|found| {
            let platform = found.value.get("platform").map(|platform| (platform, PLATFORM));
            [Some((found.value, DESCRIPTOR)), platform].into_iter().flatten()
        });
        own.into_iter().chain(descriptors).flat_map(odd_names_of)
    }
}

/// Whether a JSON object that is no manifest and no index has an odd name.
pub(super) fn has_odd_name(root: Value<'_>) -> bool {
    objects_of_other(root).any(|object| odd_names_of(object).next().is_some())
}

/// The objects of a document that is used as an image config, or as a manifest without having the fields of one.
fn objects_of_other(root: Value<'_>) -> impl Iterator<Item = Object<'_>> {
    let like_version = |text: &str| same_but_for_case(text, DOCUMENT[0]);
    let versioned = root.members().any(|(name, _)| name.as_str().is_some_and(|text| like_version(&text)));
    let of = |name, names| root.get(name).filter(|_| !versioned).map(|value| (value, names));
    let history = root.get("history").filter(|list| !versioned && list.kind() == Kind::Array);
    let history = history.into_iter().flat_map(|list| list.items()).map(|item| (item, HISTORY));
    let own = (root, if versioned { DOCUMENT } else { CONFIG });
    [Some(own), of("config", EXECUTION), of("rootfs", ROOTFS)].into_iter().flatten().chain(history)
}

fn odd_names_of<'a>(
    (object, names): Object<'a>,
) -> impl Iterator<Item = (Value<'a>, Value<'a>, &'static str)> {
    object.members().filter_map(move |(name, _)| Some((object, name, odd(name, names)?)))
}

/// The one of those names that a name is like and not the same as.
fn odd(name: Value<'_>, names: &'static [&'static str]) -> Option<&'static str> {
    let text = name.as_str()?;
    // as nearly all are
    if names.contains(&&*text) {
        return None;
    }
    names.iter().copied().find(|known| same_but_for_case(&text, known))
}

/// Whether a name differs by case only from one that is defined for descriptors.
pub(crate) fn is_odd_in_descriptor(name: Value<'_>) -> bool {
    odd(name, DESCRIPTOR).is_some()
}

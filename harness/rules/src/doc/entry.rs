//! What several rules ask of the entries of an index.
//!
//! Owns: the questions. Leaves to others: what the answers mean.

use std::borrow::Cow;

use referee_layout::DescriptorView;
use referee_layout::json::Value;
use referee_spec::annotation::REF_NAME;
use referee_spec::media_type;

use super::Doc;
use super::slot::Slot;
use crate::profile::Profile;

impl<'a> Doc<'a> {
    /// The media types of entries that are neither manifests nor indexes of image-spec, with the value that says so.
    /// Canonical entries have one of the two types.
    pub(crate) fn foreign_entry_types(&self) -> impl Iterator<Item = (Value<'a>, Cow<'a, str>)> {
        let entries = self.descriptors().filter(|found| matches!(found.slot, Slot::Entry(_)));
        entries.filter_map(|entry| {
            let found = DescriptorView::new(entry.value).media_type().into_present()?;
            let ours = found == media_type::IMAGE_MANIFEST || found == media_type::IMAGE_INDEX;
            Some((entry.value.get("mediaType")?, found)).filter(|_| !ours)
        })
    }
}

/// Whether a platform is `unknown/unknown`, which marks an attestation.
pub(crate) fn is_unknown_platform(platform: Value<'_>) -> bool {
    ["architecture", "os"].iter().all(|name| platform.get(name).is_some_and(|value| value.equals("unknown")))
}

/// Whether the profile's proposal asks for the platform that an entry has, on entries that say that they are of its carrier.
pub(crate) fn prescribes_platform(profile: &Profile, entry: Value<'_>) -> bool {
    let of = |name| entry.get("platform")?.get(name)?.as_str();
    let (Some(os), Some(architecture)) = (of("os"), of("architecture")) else { return false };
    let said = format!("{os}/{architecture}");
    let annotation = |key: &str| entry.get("annotations")?.get(key)?.as_str();
    profile.convention().into_iter().flat_map(|convention| &convention.carriers).any(|carrier| {
        // a name may be another's, but then somebody else asks for the platform
        let is_named = carrier.ref_name.is_none() || annotation(REF_NAME).is_some();
        let is_marked = carrier
            .annotation
            .iter()
            .all(|(key, template)| annotation(key).is_some_and(|value| template.has_form(&value)));
        carrier.platform.as_deref() == Some(&*said) && is_named && is_marked
    })
}

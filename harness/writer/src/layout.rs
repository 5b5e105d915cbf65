//! Which blobs and entries a layout has.
//!
//! Owns: which blobs are written, which entries index.json has, and where a convention's carriers put the
//! referrers. Leaves to others: the bytes of the content ([`crate::Contents`]) and what a reader makes of it. No
//! convention has code of its own here: what a carrier does follows from its fields alone.

mod carrier;
mod files;
mod scene;
mod subject_index;

use std::collections::BTreeSet;

use referee_convention::Convention;
use referee_convention::{Carrier, ListedIn, Lists};

use crate::content::Name;
use crate::contents::{Blob, ContentNode, Contents};
use crate::document::Index;
use carrier::Entries;
pub use files::Files;
use scene::Scene;
use subject_index::Replacements;

/// Writes the nodes named in `which`, as a faithful implementation of `convention` would.
///
/// Without a convention, referrers are only blobs, unless they have a tag. Content that is not a referrer has
/// an entry in index.json unless an index in `which` has it as a child; a tag always has one. A node that is
/// absent is listed where the convention lists it, and is written nowhere.
pub fn layout(contents: &Contents, which: &BTreeSet<Name>, convention: Option<&Convention>) -> Files {
    let carriers: Vec<&Carrier> = convention.into_iter().flat_map(Convention::written).collect();
    let scene = Scene::new(contents, which);
    let mut files = Files::empty();

    let in_index: Vec<&Carrier> =
        carriers.iter().copied().filter(|carrier| carrier.place == ListedIn::SubjectIndex).collect();
    let replacements = Replacements::new(&scene, &in_index);
    for node in scene.present().filter(|node| !replacements.drops(node)) {
        files.blob(&node.digest, &node.bytes);
        for Blob { digest, bytes, .. } in &node.blobs {
            files.blob(digest, bytes);
        }
    }

    let mut entries = Entries::default();
    for node in scene.top_level() {
        let target = replacements.of(node).map(|index| files.document(index));
        let target = target.unwrap_or_else(|| node.entry());
        entries.add_image(convention, target.clone(), node.tag.as_deref());
        for tag in &node.other_tags {
            entries.add_image(convention, target.clone(), Some(tag));
        }
    }
    for index in replacements.without_image() {
        entries.add_plain(files.document(index), None);
    }
    for (subject, referrers) in scene.subjects() {
        for carrier in carriers.iter().filter(|carrier| carrier.place == ListedIn::Index) {
            match carrier.lists {
                Lists::Response => {
                    let list = referrers.iter().map(|node| carrier::response_entry(carrier, node));
                    let response = files.document(&Index::new(list.collect()));
                    entries.add_response(carrier, subject, &response);
                }
                Lists::Referrer => {
                    for node in &referrers {
                        entries.add_referrer(carrier, subject, node);
                    }
                }
            }
        }
    }
    let tagged = |node: &&ContentNode| node.subject.is_some() && !node.absent;
    for node in scene.nodes().filter(tagged) {
        for tag in node.tags() {
            entries.name(node, tag);
        }
    }

    let mut index = Index::new(entries.into_descriptors());
    if let Some(convention) = convention {
        index.annotations.clone_from(&convention.index_annotation);
    }
    files.root(&index);
    files
}

//! Blobs as nodes of the graph that starts at index.json.
//!
//! Owns: what a blob is, what it is used as, and what refers to it. Leaves to others: finding the references.

use referee_layout::facts::Verified;
use referee_layout::{Blob, DocumentKind, Node};
use referee_spec::Digest;
use smallvec::SmallVec;

use super::reference::Reference;

/// A blob, or a digest that something refers to and that is not in the layout.
#[derive(Debug)]
pub(crate) struct BlobNode<'a> {
    pub(crate) digest: &'a Digest,
    /// The blob, if it is there.
    pub(crate) blob: Option<&'a Blob>,
    /// The manifest or index, if it is one and its bytes are its own, in the way in which it is used.
    pub(crate) node: Option<&'a Node>,
    /// The descriptors that refer to it, in the order of discovery.
    pub(crate) references: SmallVec<[Reference<'a>; 1]>,
    /// What it is used as: a manifest or index of image-spec.
    pub(crate) role: Option<DocumentKind>,
    /// Whether it is used as a manifest or index, of image-spec or of another specification.
    pub(super) is_document: bool,
}

impl<'a> BlobNode<'a> {
    pub(super) fn of(digest: &'a Digest, blob: Option<&'a Blob>) -> Self {
        let node = blob.and_then(Blob::node).filter(|node| is_intact(node));
        Self { digest, blob, node, references: SmallVec::new(), role: None, is_document: false }
    }
}

/// Whether its bytes are those of its digest, as far as that was checked.
fn is_intact(node: &Node) -> bool {
    node.verified != Verified::No
}

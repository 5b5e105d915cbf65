//! Seeing documents while they are read.
//!
//! Owns: who is shown which document, once, and what is kept of it. Leaves to others: what they look for. (The text of a
//! large layout's documents is not kept: whoever wants to see it has to look while it is there.)

use super::{Entry, Node};
use crate::document::{BlobText, Document};
use referee_spec::Digest;

/// Looks at the documents of a layout, on several threads at a time.
pub trait Visitor: Sync {
    /// What it keeps of a document.
    type Kept: Send + Sync;

    /// Sees `oci-layout` and `index.json`, if they could be read; with what is listed in it.
    fn root(&self, document: &Document, entries: &[Entry]) -> Option<Self::Kept>;

    /// Sees each JSON object among the blobs with its spans, and each blob that looks like one and is none; with what is
    /// kept of it, if it is a manifest or index.
    fn blob(&self, text: &BlobText<'_>, node: Option<&Node>) -> Option<Self::Kept>;
}

/// What a visitor kept.
#[derive(Debug)]
pub struct Visited<K> {
    /// Of `oci-layout` and `index.json`, in this order.
    pub roots: Vec<K>,
    /// Of blobs, in the order of their digests.
    pub blobs: Vec<(Digest, K)>,
}

/// Looks at nothing.
pub(crate) struct Nobody;

impl Visitor for Nobody {
    type Kept = ();

    fn root(&self, _: &Document, _: &[Entry]) -> Option<()> {
        None
    }

    fn blob(&self, _: &BlobText<'_>, _: Option<&Node>) -> Option<()> {
        None
    }
}

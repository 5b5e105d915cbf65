//! Seeing documents while they are read.
//!
//! Owns: which documents a visitor is shown, once each, and what it keeps of them. Leaves to others: what it looks for. (The
//! texts of a layout's documents are not kept in memory: a visitor has to look while they are read.)

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

/// Keeps nothing of any document.
pub(crate) struct NoVisitor;

impl Visitor for NoVisitor {
    type Kept = ();

    fn root(&self, _: &Document, _: &[Entry]) -> Option<()> {
        None
    }

    fn blob(&self, _: &BlobText<'_>, _: Option<&Node>) -> Option<()> {
        None
    }
}

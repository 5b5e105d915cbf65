//! What each file of a layout is, for choosing the sentences that are about it.
//!
//! Owns: the kind of a file, by what it is used as. Leaves to others: which requirement is about which kind.

use std::collections::BTreeSet;

use referee_layout::DocumentKind;
use referee_spec::Digest;

use super::Evidence;
use crate::doc::Slot;
use crate::requirement::Kind;

impl Evidence<'_> {
    /// The kind of a file, by its path; `responses` are all that there are.
    pub(crate) fn kind(&self, file: &str, responses: &BTreeSet<&Digest>) -> Kind {
        match file {
            "oci-layout" => Kind::OciLayout,
            "index.json" => Kind::IndexJson,
            _ => blob(file).map_or(Kind::Other, |digest| self.kind_of_blob(&digest, responses)),
        }
    }

    fn kind_of_blob(&self, digest: &Digest, responses: &BTreeSet<&Digest>) -> Kind {
        let is_config = || self.references(digest).iter().any(|one| one.slot() == Slot::Config);
        match self.role(digest).or_else(|| Some(self.node(digest)?.kind)) {
            Some(DocumentKind::Manifest) => Kind::Manifest,
            Some(DocumentKind::Index) if responses.contains(digest) => Kind::Response,
            Some(DocumentKind::Index) => Kind::Index,
            None if is_config() => Kind::Config,
            None => Kind::Other,
        }
    }
}

/// The digest of the blob with that path.
fn blob(file: &str) -> Option<Digest> {
    let (algorithm, encoded) = file.strip_prefix("blobs/")?.split_once('/')?;
    Digest::parse(&format!("{algorithm}:{encoded}")).ok()
}

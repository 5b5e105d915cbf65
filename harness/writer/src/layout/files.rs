//! A layout before it is on disk.
//!
//! Owns: the paths of a layout and putting them into a directory. Leaves to others: what is in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use referee_spec::path::blob_path;
use referee_spec::{Algorithm, Digest};

use crate::document::{Descriptor, Index, media_type};

/// The files of a layout: paths with `/` between their parts, and contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Each path with its content, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    /// The content at `path`.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// The content of the blob with that digest.
    pub fn blob_of(&self, digest: &Digest) -> Option<&[u8]> {
        self.get(&blob_path(digest))
    }

    /// Writes all files below `root`, which is made if it is not there. `index.json` comes last: a reader
    /// that looks earlier finds no layout rather than half of one.
    ///
    /// # Errors
    /// The first file or folder that could not be written.
    pub fn save(&self, root: &Path) -> io::Result<()> {
        fs::create_dir_all(root.join("blobs"))?;
        let is_index = |path: &str| path == "index.json";
        let first = self.iter().filter(|(path, _)| !is_index(path));
        for (path, content) in first.chain(self.iter().filter(|(path, _)| is_index(path))) {
            let path = root.join(path);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, content)?;
        }
        Ok(())
    }

    /// A layout's marker alone.
    pub(super) fn empty() -> Self {
        let marker = br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec();
        Self(BTreeMap::from([("oci-layout".to_owned(), marker)]))
    }

    pub(super) fn blob(&mut self, digest: &Digest, bytes: &[u8]) {
        self.0.insert(blob_path(digest), bytes.to_vec());
    }

    /// Stores an index that the convention asks for, and describes it.
    pub(super) fn document(&mut self, index: &Index) -> Descriptor {
        let bytes = index.to_bytes();
        let digest = Algorithm::Sha256.digest(&bytes);
        self.blob(&digest, &bytes);
        Descriptor::new(media_type::INDEX, digest, bytes.len())
    }

    pub(super) fn root(&mut self, index: &Index) {
        self.0.insert("index.json".to_owned(), index.to_bytes());
    }
}

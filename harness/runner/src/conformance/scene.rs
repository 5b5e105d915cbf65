//! A layout that is being changed.
//!
//! Owns: its files and other things by path, the local names of its blobs, and computing digests anew. Leaves to
//! others: which change is made.

use referee_spec::annotation::REF_NAME;
use referee_spec::path::blob_path;
use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::{fs, io};

use base64::Engine as _;
use referee_convention::Convention;
use referee_convention::Template;
use referee_layout::Document;
use referee_spec::Digest;

use super::{Form, archive, edit};
use crate::plan::{Plan, PlannedNode};
use crate::write;

/// A layout in memory.
#[derive(Debug, Clone)]
pub struct Scene {
    pub(super) items: BTreeMap<String, Item>,
    names: BTreeMap<String, String>,
    pub(super) form: Option<Form>,
}

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    File(Vec<u8>),
    Directory,
    Symlink(String),
    /// A link to the bytes of another path.
    HardLink(String),
    Fifo,
}

impl Scene {
    /// What the in-crate writer makes of a plan by a convention.
    pub fn new(plan: &Plan, convention: Option<&Convention>) -> Self {
        let files = write::layout(plan, &plan.all(), convention);
        let mut items: BTreeMap<_, _> =
            files.iter().map(|(path, bytes)| (path.to_owned(), Item::File(bytes.to_vec()))).collect();
        items.insert("blobs".to_owned(), Item::Directory);
        let mut scene = Self { items, names: BTreeMap::new(), form: None };
        for node in plan.nodes() {
            scene.name(node);
        }
        scene
    }

    fn name(&mut self, node: &PlannedNode) {
        let name = node.name.as_str();
        self.names.insert(name.to_owned(), blob_path(&node.digest));
        for (blob, part) in node.blobs.iter().zip(["config", "layer"]) {
            self.names.insert(format!("{name}.{part}"), blob_path(&blob.digest));
        }
        let Some(index) = self.bytes("index.json").map(|bytes| Document::parse("", bytes)) else { return };
        let Ok(root) = index.root() else { return };
        let template = Template::parse("{subject.algorithm:32}-{subject.encoded:64}");
        let tag = template.map(|template| template.expand_as_tag(&node.digest)).unwrap_or_default();
        for entry in root.get("manifests").into_iter().flat_map(|list| list.items()) {
            let digest = entry.get("digest").and_then(|digest| Digest::parse(&digest.as_str()?).ok());
            let Some(digest) = digest.filter(|digest| *digest != node.digest) else { continue };
            for (key, value) in entry.get("annotations").into_iter().flat_map(|map| map.members()) {
                let value = value.as_str().unwrap_or_default();
                let tagged = key.equals(REF_NAME) && node.tag.as_deref() == Some(&*value);
                if value == node.digest.to_string() || value == tag.as_str() {
                    self.names.insert(format!("{name}.response"), blob_path(&digest));
                } else if tagged {
                    self.names.insert(format!("{name}.index"), blob_path(&digest));
                }
            }
        }
    }

    /// The path that a NAME means.
    pub(super) fn path(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// A path, with the NAME of a blob in place of its digest, as cases write it.
    pub fn named(&self, path: &str) -> String {
        let name = self.names.iter().find(|(_, known)| *known == path);
        name.map_or_else(|| path.to_owned(), |(name, _)| name.clone())
    }

    /// The content of the file of that path.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        match self.items.get(path) {
            Some(Item::File(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// Whether it can only be looked at as an archive.
    pub fn is_archive(&self) -> bool {
        self.form.is_some()
    }

    /// Whether it has nothing but files and folders, so that an archive of it is the same layout.
    pub fn is_plain(&self) -> bool {
        self.items.values().all(|item| matches!(item, Item::File(_) | Item::Directory))
    }

    /// Writes it below `root`.
    ///
    /// # Errors
    /// What the system says.
    pub fn save(&self, root: &Path) -> io::Result<()> {
        for (path, item) in &self.items {
            let path = root.join(path);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            match item {
                Item::File(bytes) => fs::write(path, bytes)?,
                Item::Directory => fs::create_dir_all(path)?,
                Item::Symlink(target) => symlink(target, path)?,
                Item::HardLink(other) => fs::hard_link(root.join(other), path)?,
                Item::Fifo => {
                    use rustix::fs::{CWD, FileType, Mode, mknodat};
                    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR, 0)?;
                }
            }
        }
        Ok(())
    }

    /// It as a tar.
    ///
    /// # Errors
    /// A name is longer than a tar can hold.
    pub fn tar(&self) -> io::Result<Vec<u8>> {
        archive::pack(&self.items, self.form.unwrap_or_default())
    }

    pub(super) fn put(&mut self, path: String, item: Item) {
        self.items.insert(path, item);
    }

    /// Adds a blob under a NAME.
    pub(super) fn blob(&mut self, name: &str, bytes: Vec<u8>) {
        let path = blob_path(&referee_spec::Algorithm::Sha256.digest(&bytes));
        self.items.insert(path.clone(), Item::File(bytes));
        self.names.insert(name.to_owned(), path);
    }

    /// Removes a path, and all below it.
    pub(super) fn remove(&mut self, path: &str) -> bool {
        let below = format!("{path}/");
        let before = self.items.len();
        self.items.retain(|other, _| other != path && !other.starts_with(&below));
        self.items.len() < before
    }

    /// Changes the content of a file; if it is a blob and `reseal`, moves it to its new digest and changes every
    /// document that has the old one, and so on.
    pub(super) fn change(&mut self, path: &str, bytes: Vec<u8>, reseal: bool) {
        let old_size = self.bytes(path).map_or(0, <[u8]>::len);
        let old = digest_of(path).filter(|_| reseal);
        let Some((old, algorithm)) = old.and_then(|old| Some((old.clone(), old.registered()?))) else {
            self.items.insert(path.to_owned(), Item::File(bytes));
            return;
        };
        let (new, size) = (algorithm.digest(&bytes), bytes.len());
        if new == old {
            return;
        }
        self.items.remove(path);
        self.items.insert(blob_path(&new), Item::File(bytes));
        for known in self.names.values_mut().filter(|known| *known == path) {
            known.clone_from(&blob_path(&new));
        }
        let tag = |digest: &Digest| {
            let encoded = digest.encoded();
            format!("{}-{}", digest.algorithm(), encoded.get(..64).unwrap_or(&encoded))
        };
        let renamed = |bytes: &[u8]| {
            edit::renamed(bytes, (&old.to_string(), old_size), (&new.to_string(), size))
                .or_else(|| edit::renamed(bytes, (&tag(&old), 0), (&tag(&new), 0)))
        };
        let stale = |scene: &Self| {
            scene.items.iter().find_map(|(other, item)| match item {
                Item::File(bytes) => Some((other.clone(), renamed(bytes)?)),
                _ => None,
            })
        };
        while let Some((other, changed)) = stale(self) {
            self.change(&other, changed, true);
        }
    }

    /// `text` with its placeholders replaced.
    pub(super) fn expand(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, path) in &self.names {
            if !text.contains(&format!("{{{name}.")) {
                continue;
            }
            let bytes = self.bytes(path).unwrap_or_default();
            let digest = digest_of(path);
            let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
            let mut other = bytes.to_vec();
            other.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            for (part, value) in [
                ("digest", digest.as_ref().map_or(String::new(), ToString::to_string)),
                ("encoded", digest.as_ref().map_or(String::new(), Digest::encoded)),
                ("size", bytes.len().to_string()),
                ("base64", encode(bytes)),
                ("other64", encode(&other)),
            ] {
                text = text.replace(&format!("{{{name}.{part}}}"), &value);
            }
        }
        text
    }
}

fn digest_of(path: &str) -> Option<Digest> {
    let (algorithm, encoded) = path.strip_prefix("blobs/")?.split_once('/')?;
    Digest::parse(&format!("{algorithm}:{encoded}")).ok()
}

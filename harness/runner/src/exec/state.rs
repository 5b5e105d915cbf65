//! A layout between two steps, in a scratch folder of its own.
//!
//! Owns: the folders of a cell, and copying them for the next step. Leaves to others: what steps do
//! ([`super::World`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use referee_layout::{Facts, Layout, Referrer};
use referee_spec::Digest;

use crate::plan::Plan;
use referee_process::HarnessError;
use referee_process::tree::{self, Scratch, Snapshot};
use referee_results::StepRecord;
use referee_writer::ContentNode;

/// A layout between two steps.
#[derive(Debug)]
pub struct State {
    folder: Scratch,
    /// The referrers that the steps so far have left, by the case's names.
    pub there: BTreeMap<String, Referrer>,
    /// What was done so far.
    pub steps: Vec<StepRecord>,
    pub(super) facts: OnceLock<Result<Facts, String>>,
    contents: OnceLock<Snapshot>,
}

impl State {
    /// An empty folder to begin with.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn new(scratch: &Path) -> Result<Self, HarnessError> {
        let folder = Scratch::new(scratch, "cell-")
            .map_err(|error| HarnessError::new("make a scratch folder", error))?;
        for name in ["files", "home", "root"] {
            let path = folder.join(name);
            std::fs::create_dir(&path)
                .map_err(|error| HarnessError::new(format!("make {}", path.display()), error))?;
        }
        Ok(Self {
            folder,
            there: BTreeMap::new(),
            steps: Vec::new(),
            facts: OnceLock::new(),
            contents: OnceLock::new(),
        })
    }

    /// A state with its own copy of this one's layout.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn fork(&self, scratch: &Path) -> Result<Self, HarnessError> {
        let fork = Self::new(scratch)?;
        tree::copy(&self.layout(), &fork.layout())?;
        Ok(Self { there: self.there.clone(), steps: self.steps.clone(), ..fork })
    }

    /// The cell's folder; everything a tool may write to is below it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The layout: the repository `repo` of the folder that a server serves.
    pub fn layout(&self) -> PathBuf {
        self.folder.join("root").join("repo")
    }

    /// The tool's private home.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// The tool's working directory, with the files that it is given.
    pub fn files(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// Where a copy goes to.
    pub fn copy_target(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// Puts the copy in the place of the layout: the next step works on it.
    pub(super) fn take_copy(&mut self) -> Result<(), HarnessError> {
        let (layout, out) = (self.layout(), self.copy_target());
        let fail = |error| HarnessError::new("put the copy in place", error);
        tree::remove(&layout).map_err(fail)?;
        if out.exists() {
            std::fs::rename(&out, &layout).map_err(fail)?;
        }
        Ok(())
    }

    /// Puts the blobs that a manifest needs into the layout: `push` is about the manifest.
    pub(super) fn put_blobs(&self, planned: &ContentNode) -> Result<(), HarnessError> {
        for blob in &planned.blobs {
            let (digest, bytes) = (&blob.digest, &blob.bytes);
            let folder = self.layout().join("blobs").join(digest.algorithm());
            let path = folder.join(digest.encoded());
            let written = std::fs::create_dir_all(&folder).and_then(|()| {
                // a tool may have stored the same bytes, and left a file that cannot be written
                tree::remove(&path)?;
                std::fs::write(&path, bytes)
            });
            written.map_err(|error| HarnessError::new("write a blob", error))?;
        }
        Ok(())
    }

    /// What the layout holds; read once. An error is what makes it no layout.
    pub fn facts(&self) -> Result<&Facts, &str> {
        let facts = self.facts.get_or_init(|| read(&self.layout()));
        facts.as_ref().map_err(String::as_str)
    }

    /// What a copy of the layout has where: looked at once, for the readers, after the last change.
    pub(super) fn contents(&self) -> &Snapshot {
        self.contents.get_or_init(|| Snapshot::of(&self.layout()).copied())
    }

    /// The digest that a node of the plan has in this layout: a tool makes its own bytes of what it attaches.
    pub fn digest(&self, plan: &Plan, name: &str) -> Option<Digest> {
        let made = self.there.get(name).map(|referrer| referrer.digest.clone());
        made.or_else(|| plan.contents.node(name).map(|node| node.digest.clone()))
    }
}

fn read(layout: &Path) -> Result<Facts, String> {
    let layout = Layout::open(layout).map_err(|error| error.to_string())?;
    // a manifest whose layers are damaged is not what a step had to leave
    Ok(layout.facts(&referee_layout::Limits::thorough()))
}

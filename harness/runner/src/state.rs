//! What there is between two steps of a cell: a layout at its location, in a scratch folder with all that a tool may write
//! to.
//!
//! Owns: the folders of a cell, copying them for the next step, what is known of the layout in them, and what must be so
//! after a step ([`After`]). Leaves to others: doing the steps ([`crate::backend`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use referee_layout::{Facts, Referrer};
use referee_process::HarnessError;
use referee_process::tree::{self, Scratch, Snapshot};
use referee_results::Outcome;
use referee_results::StepRecord;
use referee_results::observation::{Descriptor, Observation};
use referee_spec::Digest;
use referee_writer::{Contents, Name};

mod after;
mod archive;
mod arrived;
mod before;
mod layouts;
mod location;

pub use after::After;
pub use arrived::Arrived;
pub(crate) use before::whole;
pub use before::{Before, Free};
pub use location::{Location, NoLayout};

/// The name of the repository that a registry serves: the layout's folder below the served root.
pub const REPOSITORY: &str = "repo";

/// Why a cell ended before its last step: the outcome and a sentence. It is the tool's doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, naming the step.
    pub reason: String,
}

impl Failure {
    pub(crate) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into() }
    }

    /// The failure of the cell's step, as an observation.
    pub fn observation(&self) -> Observation {
        Observation::none(self.outcome, self.reason.clone())
    }
}

/// A layout between two steps.
#[derive(Debug)]
pub struct State {
    folder: Scratch,
    layout: Location,
    /// The name of the layout that is at hand; empty where the case has but one.
    at_hand: String,
    /// The referrers that the steps so far have left, and what else tools have made, by the case's names.
    pub referrers: BTreeMap<String, Referrer>,
    /// What was done so far.
    pub steps: Vec<StepRecord>,
    facts: OnceLock<Result<Facts, NoLayout>>,
    snapshot: OnceLock<Snapshot>,
}

impl State {
    /// An empty folder to begin with.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn new(scratch: &Path) -> Result<Self, HarnessError> {
        let folder = Scratch::new(scratch, "cell-")
            .map_err(|error| HarnessError::new("make a scratch folder", error))?;
        for name in ["files", "home", "root", "run", "station"] {
            let path = folder.join(name);
            std::fs::create_dir(&path)
                .map_err(|error| HarnessError::new(format!("make {}", path.display()), error))?;
        }
        Ok(Self {
            layout: Location::Directory(folder.join("root").join(REPOSITORY)),
            folder,
            at_hand: String::new(),
            referrers: BTreeMap::new(),
            steps: Vec::new(),
            facts: OnceLock::new(),
            snapshot: OnceLock::new(),
        })
    }

    /// A state with its own copy of this one's layout.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    pub fn fork(&self, scratch: &Path) -> Result<Self, HarnessError> {
        let fork = Self::new(scratch)?;
        self.layout.copy_to(&fork.layout)?;
        let aside = self.folder.join("aside");
        if aside.exists() {
            tree::copy(&aside, &fork.folder.join("aside"))?;
        }
        let at_hand = self.at_hand.clone();
        Ok(Self { at_hand, referrers: self.referrers.clone(), steps: self.steps.clone(), ..fork })
    }

    /// The cell's folder; everything a tool may write to is below it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A text without the path of the cell's folder, which is another one in every run.
    pub fn without_folder(&self, text: &str) -> String {
        text.replace(&self.folder.display().to_string(), ".")
    }

    /// Where the layout is.
    pub fn layout(&self) -> &Location {
        &self.layout
    }

    /// Where a copy goes to.
    pub fn copy_target(&self) -> Location {
        Location::Directory(self.folder.join("out"))
    }

    /// Where the layout is as a tar file, once [`State::pack`] has made it.
    pub fn archive(&self) -> PathBuf {
        self.folder.join("archive.tar")
    }

    /// Where a copy as a tar file goes to.
    pub fn archive_target(&self) -> PathBuf {
        self.folder.join("out.tar")
    }

    /// The Unix socket of a daemon.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("run").join("socket")
    }

    /// Makes the layout's tar file.
    ///
    /// # Errors
    /// The layout cannot be read, or the file not written.
    pub fn pack(&self) -> Result<(), HarnessError> {
        archive::pack(self.layout.path(), &self.archive())
    }

    /// Puts the copy that a tool has made in the layout's place. A fault of its archive is a sentence.
    ///
    /// # Errors
    /// The copy cannot be moved.
    pub(crate) fn take_out(&mut self) -> Result<Result<(), String>, HarnessError> {
        let out = self.copy_target();
        if self.archive_target().exists()
            && let Err(why) = archive::unpack(&self.archive_target(), out.path())?
        {
            return Ok(Err(why));
        }
        self.layout.replace_with(&out)?;
        self.changed();
        Ok(Ok(()))
    }

    /// The folder of a registry that begins with nothing.
    pub fn station(&self) -> PathBuf {
        self.folder.join("station")
    }

    /// The folder that a registry serves; the layout is the repository [`REPOSITORY`] in it.
    pub fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// The tool's private home.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// The tool's working directory, with the files that it is given.
    pub fn files(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// Forgets what was known of the layout: a step has changed it.
    pub(crate) fn changed(&mut self) {
        self.facts.take();
        self.snapshot.take();
    }

    /// What the layout holds; read once.
    ///
    /// # Errors
    /// What makes it no layout.
    pub fn facts(&self) -> Result<&Facts, &NoLayout> {
        self.facts.get_or_init(|| self.layout.facts()).as_ref()
    }

    /// What a copy of the layout has where: looked at once, for the readers, after the last change.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        self.snapshot.get_or_init(|| self.layout.snapshot().copied())
    }

    /// The digest that a node of the plan has in this layout: a tool makes its own bytes of what it attaches.
    pub fn digest(&self, contents: &Contents, name: &str) -> Option<Digest> {
        let made = self.referrers.get(name).map(|referrer| referrer.digest.clone());
        made.or_else(|| contents.node(name).map(|node| node.digest.clone()))
    }

    /// Of these names, the referrers that the steps so far have left.
    pub(crate) fn referrers_named(&self, names: &[Name]) -> BTreeMap<String, Descriptor> {
        let one = |name: &Name| Some((name.to_string(), descriptor(self.referrers.get(name.as_str())?)));
        names.iter().filter_map(one).collect()
    }

    /// What the descriptor of the subject says, in the manifest of a referrer that a step has made, besides the three required
    /// properties.
    pub(crate) fn says_of_subject(&self, name: &str) -> Vec<String> {
        let subject = || {
            let digest = &self.referrers.get(name)?.digest;
            let path = self.layout.path().join("blobs").join(digest.algorithm()).join(digest.encoded());
            let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
            let subject = manifest.get("subject")?.as_object()?.keys().cloned().collect::<Vec<_>>();
            Some(subject)
        };
        let required = ["mediaType", "digest", "size"];
        subject().into_iter().flatten().filter(|key| !required.contains(&key.as_str())).collect()
    }

    /// What a tool left beside its layout, below the cell's folder: paths from there.
    pub(crate) fn outside(&self) -> Vec<String> {
        let names = |folder: &Path, known: &[&str], prefix: &str| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            let strange = names.filter(|name| !known.contains(&name.as_str()));
            strange.map(|name| format!("{prefix}{name}")).collect::<Vec<_>>()
        };
        let mut found = names(
            self.folder(),
            &["files", "home", "root", "run", "station", "aside", "out", "archive.tar", "out.tar"],
            "",
        );
        found.extend(names(&self.root(), &[REPOSITORY], "root/"));
        found.sort();
        found
    }
}

/// A referrer as results know it.
fn descriptor(referrer: &Referrer) -> Descriptor {
    Descriptor {
        media_type: referrer.media_type.clone(),
        digest: referrer.digest.clone(),
        size: referrer.size,
        artifact_type: referrer.artifact_type.clone(),
        annotations: referrer.annotations.to_map(),
    }
}

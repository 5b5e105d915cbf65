//! Where the programs of a driver come from: a pinned Go module, or a Debian package.
//!
//! Owns: the vocabulary of `[install]`. Leaves to others: its checks (`check`), building
//! ([`crate::tools::install`]), looking for what is there ([`crate::tools`]).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Driver, DriverFile, Kind};

/// A Go module that releases are built from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Install {
    /// The module.
    pub module: String,
    /// The package to build in it, relative to the module.
    pub package: String,
    /// Further programs of the module, such as a daemon, each with its package; all are built, and lie in one folder.
    #[serde(default)]
    pub also: BTreeMap<String, String>,
    /// Build tags, for all programs.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The variable that the makers' own builds write the version into, as `go build -ldflags -X` names it; only where a
    /// program does not know its version without.
    #[serde(default)]
    pub version_variable: Option<String>,
    /// How long building takes. `run --install` passes over large tools, `run --install=all` does not.
    #[serde(default)]
    pub size: Size,
    /// Pinned releases; the first is the default column's.
    pub release: Vec<Release>,
}

/// How long building a tool takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Seconds.
    #[default]
    Small,
    /// A minute or more, or as many hundred megabytes.
    Large,
}

/// One pinned release.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Release {
    /// The module's version, with its `v`.
    pub version: String,
    /// The module's `h1:` checksum.
    pub sum: String,
    /// The `replace` lines of the module's own go.mod that it cannot be built without: Go only heeds those of the module
    /// that it stands in.
    #[serde(default)]
    pub replace: Vec<Replace>,
}

/// A module that stands in for another one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Replace {
    /// The module that is replaced.
    pub module: String,
    /// The module that is taken instead.
    pub by: String,
    /// Its version, with its `v`.
    pub version: String,
    /// Its `h1:` checksum.
    pub sum: String,
}

impl DriverFile {
    pub(super) fn releases(&self) -> impl Iterator<Item = &Release> {
        self.install.iter().flat_map(|install| &install.release)
    }

    /// The programs that the driver's own program is nothing without: they lie beside it.
    pub fn beside(&self) -> Vec<&str> {
        let daemon = match self.kind() {
            Kind::Daemon(daemon) => daemon.program.as_deref(),
            Kind::Command | Kind::Registry(_) => None,
        };
        let also = self.install.iter().flat_map(|install| install.also.keys()).map(String::as_str);
        also.chain(daemon.filter(|daemon| !self.builds(daemon))).collect()
    }

    /// Whether `[install]` builds this program.
    pub(super) fn builds(&self, program: &str) -> bool {
        let also = |install: &Install| install.also.contains_key(program);
        self.install.as_ref().is_some_and(|install| program == self.program_name() || also(install))
    }

    /// The name of the program, also where the file gives a path.
    pub fn program_name(&self) -> &str {
        self.program.rsplit('/').next().unwrap_or(&self.program)
    }
}

impl Driver {
    /// Whether its program is at a path and nowhere else. No path stands for another release.
    pub fn is_at_path(&self) -> bool {
        self.file.program.contains('/') && self.variant.release.is_none()
    }

    /// The module and the release that this column pins: none where its program is at a path.
    pub fn pinned(&self) -> Option<(&Install, &Release)> {
        if self.is_at_path() {
            return None;
        }
        let wanted = self.variant.release.as_deref();
        let mut releases = self.file.releases();
        let release = releases.find(|release| wanted.is_none_or(|wanted| release.version == wanted))?;
        Some((self.file.install.as_ref()?, release))
    }

    /// Whether building it takes long.
    pub fn is_large(&self) -> bool {
        self.pinned().is_some_and(|(install, _)| install.size == Size::Large)
    }

    /// The release that this column pins.
    pub fn release(&self) -> Option<&Release> {
        Some(self.pinned()?.1)
    }
}

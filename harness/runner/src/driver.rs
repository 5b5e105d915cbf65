//! Drivers: programs under test, described by one TOML file each.
//!
//! Owns: the file's vocabulary, its checks, and which columns (variants, releases) a file gives rise to.
//! Leaves to others: finding or building the program ([`crate::tools`]), running it ([`crate::backend`]), and which operations
//! there are ([`crate::operation`]). There is no code for any one tool.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use referee_source::{Source, SourceError};
use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::Deserialize;

mod call;
mod check;
pub mod install;
pub mod text;

pub use call::{AnswerForm, Call, Calls};
pub use install::{Install, Release};
pub use text::{Arg, NoValue, Text};

use crate::catalogue::SHIPPED_DRIVERS;
use crate::operation::{Answers, Capability, Operation};
use referee_results::Role;

/// One program under test: the content of a file in `tools/under-test/`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee driver, version 1")]
pub struct DriverFile {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Short name, equal to the file's stem.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Where the tool lives.
    #[serde(default)]
    pub homepage: Option<String>,
    /// The program: a path (relative to this file), or a name that is searched beside this file, in PATH and in the cache.
    pub program: String,
    /// How the program tells its version.
    pub version: VersionProbe,
    /// Environment variables; nothing else is set but HOME and TMPDIR, which are private.
    #[serde(default)]
    pub env: BTreeMap<String, Text>,
    /// The convention by which it stores referrers in a layout: its id.
    #[serde(default)]
    pub stores: Option<String>,
    /// What the tool can do, from which skips are computed.
    pub can: BTreeSet<&'static Capability>,
    /// Standard error of a deliberate refusal, as a regular expression; any other failure is an `error`.
    #[serde(default)]
    pub refused: Option<String>,
    /// Seconds that one call may take; 20 by default.
    #[serde(default = "default_timeout")]
    #[schemars(range(min = 1, max = LONGEST))]
    pub timeout: u64,
    /// How to build pinned releases.
    #[serde(default)]
    pub install: Option<Install>,
    /// The Debian package that has the program, in place of `[install]`; referee names it, and never installs it.
    #[serde(default)]
    pub debian: Option<String>,
    /// For a registry over a layout: how to serve one.
    #[serde(default)]
    pub server: Option<Server>,
    /// For the client of a daemon: how to start one.
    #[serde(default)]
    pub daemon: Option<Daemon>,
    /// Command lines of the operations.
    #[serde(default)]
    pub op: BTreeMap<&'static Operation, Calls>,
    /// Command lines that differ between releases; the first that matches replaces the operation.
    #[serde(default)]
    pub when: Vec<When>,
    /// Further columns: the same program with other flags, or another release.
    #[serde(default)]
    pub variant: BTreeMap<String, Variant>,
    /// Declared deviations from what a specification says.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// The longest deadline of one call, in seconds: a day.
const LONGEST: u64 = 86_400;

fn default_timeout() -> u64 {
    20
}

/// How a program tells its version.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionProbe {
    /// Arguments.
    pub argv: Vec<String>,
    /// A regular expression over the output; its first group is the version.
    #[serde(rename = "match")]
    pub pattern: String,
}

/// How to serve a layout; the repository `repo` is the folder `repo` below `{root}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Server {
    /// Arguments, with `{root}` and `{port}`.
    pub argv: Vec<Arg>,
    /// Files that it needs, such as its configuration: names in the working directory, and their texts.
    #[serde(default)]
    pub file: BTreeMap<String, Text>,
    /// A path that answers with any status once the server is ready.
    pub ready: String,
}

/// How to start a daemon. It lives for one step, in that step's sandbox, and the operations are commands that ask it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Daemon {
    /// Its program: a name beside the driver's own program, which is also the daemon if this is left out.
    #[serde(default)]
    pub program: Option<String>,
    /// Arguments, with `{home}` and `{socket}` or `{port}`.
    pub argv: Vec<Arg>,
    /// Files that it needs, such as its configuration: names in the working directory, and their texts.
    #[serde(default)]
    pub file: BTreeMap<String, Text>,
    /// Arguments of the driver's program with which it ends with exit code 0 once the daemon is ready.
    pub ready: Vec<Arg>,
}

/// What kind of program a driver is about.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// A command line program.
    Command,
    /// A registry over a layout.
    Registry(&'a Server),
    /// The client of a daemon.
    Daemon(&'a Daemon),
}

/// Operations that differ in some releases.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// Versions to which it applies, such as `<1.3`.
    pub version: String,
    /// The operations.
    pub op: BTreeMap<&'static Operation, Calls>,
}

/// A further column.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variant {
    /// What tells it from the others, for people, such as `read-only`.
    #[serde(default)]
    pub name: Option<String>,
    /// Another of the pinned releases.
    #[serde(default)]
    pub release: Option<String>,
    /// The roles that the variant is for; all by default.
    #[serde(default)]
    pub roles: Option<BTreeSet<Role>>,
    /// Arguments added to `discover`.
    #[serde(default)]
    pub discover: Vec<Arg>,
    /// Operations that the variant does in another way.
    #[serde(default)]
    pub op: BTreeMap<&'static Operation, Calls>,
    /// Arguments added to the command line of the server or daemon.
    #[serde(default)]
    pub server: Vec<Arg>,
}

/// A declared deviation: the cell is expected to have this outcome although a specification says otherwise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Known {
    /// A glob over cell ids.
    pub cells: String,
    /// The outcome that is seen instead.
    pub outcome: referee_results::Outcome,
    /// Versions to which it applies; all by default.
    #[serde(default)]
    pub versions: Option<String>,
    /// Why, and where it is discussed.
    pub reason: String,
}

/// One column or row of the matrix: a file with one variant chosen.
#[derive(Debug, Clone)]
pub struct Driver {
    /// `oras`, or `regctl+slow`.
    pub id: String,
    /// The chosen variant.
    pub variant: Variant,
    /// Arguments added to every command line; none but in a probe that must fail.
    pub extra: Vec<Arg>,
    /// The file.
    pub file: std::sync::Arc<DriverFile>,
    /// The file's file.
    pub source: Source,
}

impl DriverFile {
    /// Reads a driver file.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let file: Self = source.parse()?;
        check::check(&file, source)?;
        Ok(file)
    }

    /// What kind of program it is about. Nothing else asks for its tables.
    pub fn kind(&self) -> Kind<'_> {
        match (&self.server, &self.daemon) {
            (Some(server), _) => Kind::Registry(server),
            (None, Some(daemon)) => Kind::Daemon(daemon),
            (None, None) => Kind::Command,
        }
    }
}

impl Driver {
    /// All columns of a driver file: the plain one first, then its variants by name.
    ///
    /// # Errors
    /// The first mistake in the file, at its line.
    pub fn load(source: &Source) -> Result<Vec<Self>, SourceError> {
        let file = std::sync::Arc::new(DriverFile::parse(source)?);
        let column = |id: String, variant: &Variant| Self {
            id,
            variant: variant.clone(),
            extra: Vec::new(),
            file: std::sync::Arc::clone(&file),
            source: source.clone(),
        };
        let plain = column(file.id.clone(), &Variant::default());
        let variants = file.variant.iter();
        let variants = variants.map(|(name, variant)| column(format!("{}+{name}", file.id), variant));
        Ok([plain].into_iter().chain(variants).collect())
    }

    /// The tool without its variant: `regctl` for `regctl+slow`.
    pub fn tool(&self) -> &str {
        &self.file.id
    }

    /// The name for people, with what tells the variant from its tool.
    pub fn name(&self) -> String {
        let Variant { name, release, .. } = &self.variant;
        let variant = self.id.strip_prefix(self.tool()).and_then(|rest| rest.strip_prefix('+'));
        match (variant, name, release) {
            (None, ..) => self.file.name.clone(),
            (Some(_), Some(name), _) => format!("{}, {name}", self.file.name),
            (Some(_), None, Some(release)) => format!("{}, release {release}", self.file.name),
            (Some(variant), None, None) => format!("{}, {variant}", self.file.name),
        }
    }

    /// How a command line names the tool: by its id if it is a shipped one, else by its file.
    pub fn argument(&self) -> &str {
        if self.is_shipped() { self.tool() } else { self.source.name() }
    }

    /// The folder of the driver's file; none for a shipped driver, beside which no program lies.
    pub fn folder(&self) -> Option<PathBuf> {
        let folder = Path::new(self.source.name()).parent()?;
        (!self.is_shipped()).then(|| folder.to_owned())
    }

    fn is_shipped(&self) -> bool {
        let file = self.source.name().strip_prefix(SHIPPED_DRIVERS);
        let stem = file.and_then(|file| file.strip_prefix('/')).and_then(|file| file.strip_suffix(".toml"));
        stem == Some(self.tool())
    }

    /// Whether the column is made for `role`.
    pub fn plays(&self, role: Role) -> bool {
        self.variant.roles.as_ref().is_none_or(|roles| roles.contains(&role))
    }

    /// The command lines of `op` in the release `version`.
    pub fn calls(&self, op: &Operation, version: &str) -> Option<Calls> {
        let released = Version::parse(version.trim_start_matches('v')).ok();
        let applies = |when: &&When| {
            let requirement = VersionReq::parse(&when.version).ok();
            released
                .as_ref()
                .zip(requirement)
                .is_some_and(|(version, requirement)| requirement.matches(version))
        };
        let special = || self.file.when.iter().filter(applies).find_map(|when| when.op.get(op));
        let own = self.variant.op.get(op);
        let mut calls = own.or_else(special).or_else(|| self.file.op.get(op))?.clone();
        if op.answer == Some(Answers::Referrers) {
            calls.last_mut().argv.extend(self.variant.discover.iter().cloned());
        }
        for call in calls.iter_mut() {
            call.argv.extend(self.extra.iter().cloned());
        }
        Some(calls)
    }

    /// The only artifact type that it lists or makes, if it does not so with all.
    pub fn only(&self, op: &Operation) -> Option<&str> {
        self.last(op)?.only.as_deref()
    }

    /// Whether what it attaches is of its own making.
    pub fn makes_its_own(&self, op: &Operation) -> bool {
        self.last(op).is_some_and(|call| call.own)
    }

    fn last(&self, op: &Operation) -> Option<&Call> {
        self.variant.op.get(op).or_else(|| self.file.op.get(op)).map(Calls::last)
    }

    /// What kind of program it is about.
    pub fn kind(&self) -> Kind<'_> {
        self.file.kind()
    }

    /// The command line of the server or daemon, whose own arguments are `argv`.
    pub fn service_argv(&self, argv: &[Arg]) -> Vec<Arg> {
        argv.iter().chain(&self.variant.server).chain(&self.extra).cloned().collect()
    }
}

//! Tools: the programs behind the drivers, as they are on this machine.
//!
//! Owns: finding a program, observing its version and its SHA-256, building pinned releases
//! ([`install`]). Leaves to others: what a program can do ([`crate::driver`], [`probe`]).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use referee_spec::Algorithm;

use crate::driver::{Driver, NoValue, Release};
use crate::operation::{Placeholder, Values};
use referee_process::Sandbox;
use referee_process::tree::Scratch;
use referee_process::{End, Limits, Program};
use referee_results::cell_id::Patterns;
use referee_results::{CellId, Network, Outcome, SandboxResult, Status, ToolResult};

pub mod install;
pub mod probe;

/// What the command line knows about this machine; libraries read no environment.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The whole environment, for building tools. Tools under test never see it.
    pub env: BTreeMap<String, OsString>,
    /// The folders of PATH.
    pub path: Vec<PathBuf>,
    /// Where built tools are kept.
    pub cache: PathBuf,
    /// How far a tool can be locked in.
    pub sandbox: Sandbox,
    /// The `referee` binary, which helps with services ([`referee_process::service`]).
    pub helper: PathBuf,
    /// Where layouts and private homes are made.
    pub scratch: PathBuf,
}

/// A column with the program behind it.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The column.
    pub driver: Driver,
    /// The program, or why there is none.
    pub found: Result<Binary, NotFound>,
}

/// A program, as observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it says its version is.
    pub version: String,
    /// The SHA-256 of its file.
    pub sha256: String,
}

/// Why there is no program that can be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// The driver names a path, and there is no program.
    #[error("{} is no program", .0.display())]
    NoProgram(PathBuf),
    /// It can be built, and is not.
    #[error("not installed; `referee tools install {tool}` builds {version}")]
    NotInstalled {
        /// The tool.
        tool: String,
        /// The pinned release.
        version: String,
    },
    /// It cannot be built, and PATH does not lead to it.
    #[error("no `{0}` in PATH")]
    NotInPath(String),
    /// It does not end when it is asked for its version.
    #[error("`{command}` hangs ({})", path.display())]
    Hangs {
        /// The command.
        command: String,
        /// The program.
        path: PathBuf,
    },
    /// It does not tell its version: results without a version are worth nothing.
    #[error("`{command}` does not tell a version ({end}, {})", path.display())]
    NoVersion {
        /// The command.
        command: String,
        /// How it ended.
        end: String,
        /// The program.
        path: PathBuf,
    },
    /// The harness's own trouble.
    #[error("{0}")]
    Trouble(String),
}

impl NotFound {
    fn trouble(error: impl std::fmt::Display) -> Self {
        Self::Trouble(error.to_string())
    }
}

impl Tool {
    /// What is known of a column's program.
    pub fn result(&self, sandbox: &Sandbox) -> ToolResult {
        let binary = self.found.as_ref().ok();
        ToolResult {
            id: self.driver.id.clone(),
            tool: self.driver.tool().to_owned(),
            version: binary.map(|binary| binary.version.clone()),
            sha256: binary.map(|binary| binary.sha256.clone()),
            status: if binary.is_some() { Status::Ok } else { Status::Unavailable },
            reason: self.found.as_ref().err().map(ToString::to_string),
            installable: self.driver.file.install.is_some() && self.driver.release().is_some(),
            stores: None,
            sandbox: SandboxResult {
                network: if sandbox.reason().is_none() { Network::Loopback } else { Network::Open },
            },
        }
    }

    /// The outcome that the driver declares for a cell, in the version that was found.
    pub fn known(&self, cell: &CellId) -> Option<Outcome> {
        let version =
            self.found.as_ref().ok().and_then(|binary| semver::Version::parse(&binary.version).ok());
        let known = self.driver.file.known.iter().find(|known| {
            let required =
                known.versions.as_ref().and_then(|versions| semver::VersionReq::parse(versions).ok());
            let applies = match (&required, &version) {
                (None, _) => true,
                (Some(required), Some(version)) => required.matches(version),
                (Some(_), None) => false,
            };
            applies && Patterns::new([&known.cells]).select(cell)
        });
        known.map(|known| known.outcome)
    }
}

impl Machine {
    /// A program of this name in PATH.
    pub fn which(&self, name: &str) -> Option<PathBuf> {
        let mut candidates = self.path.iter().map(|folder| folder.join(name));
        candidates.find(|path| is_program(path))
    }

    /// Where a built release is kept.
    pub fn cached(&self, tool: &str, release: &Release, program: &str) -> PathBuf {
        self.cache.join(format!("{tool}@{}", release.version)).join(program)
    }

    /// Finds the program of a column. Columns that pin another release than the first only ever come from the
    /// cache, as do all with `pinned`; the others prefer PATH, so that a maintainer's own build is what is tested.
    pub fn locate(&self, driver: &Driver, pinned: bool) -> Tool {
        let found = self.path_of(driver, pinned).and_then(|path| self.observe(driver, &path));
        Tool { driver: driver.clone(), found }
    }

    fn path_of(&self, driver: &Driver, pinned: bool) -> Result<PathBuf, NotFound> {
        let program = &driver.file.program;
        if program.contains('/') {
            let folder = Path::new(driver.source.name()).parent().unwrap_or(Path::new("."));
            let path = std::path::absolute(folder.join(program)).map_err(NotFound::trouble)?;
            return if is_program(&path) { Ok(path) } else { Err(NotFound::NoProgram(path)) };
        }
        let cached = driver.release().map(|release| self.cached(driver.tool(), release, program));
        let cached = cached.filter(|path| is_program(path));
        let in_path = || {
            if driver.variant.release.is_none() { self.which(program) } else { None }
        };
        let path = if pinned { cached.or_else(in_path) } else { in_path().or(cached) };
        path.ok_or_else(|| match driver.release() {
            Some(release) => {
                NotFound::NotInstalled { tool: driver.tool().to_owned(), version: release.version.clone() }
            }
            None => NotFound::NotInPath(program.clone()),
        })
    }

    fn observe(&self, driver: &Driver, path: &Path) -> Result<Binary, NotFound> {
        let probe = &driver.file.version;
        let home = Scratch::new(&self.scratch, "home-").map_err(NotFound::trouble)?;
        let values = Values::default().with(Placeholder::Home, home.display().to_string());
        let program = Program {
            program: path.to_owned(),
            args: probe.argv.iter().map(OsString::from).collect(),
            env: environment(driver, &home, &values).map_err(NotFound::trouble)?,
            cwd: home.to_path_buf(),
            stdin: Vec::new(),
        };
        let limits = Limits { deadline: Duration::from_secs(10), ..Limits::default() };
        let finished = referee_process::run(&program, &limits, &self.sandbox.with_writable(&home))
            .map_err(NotFound::trouble)?;
        let shown = format!("{} {}", driver.file.program, probe.argv.join(" "));
        if let End::TimedOut { .. } = finished.end {
            return Err(NotFound::Hangs { command: shown, path: path.to_owned() });
        }
        let pattern = regex::Regex::new(&probe.pattern).map_err(NotFound::trouble)?;
        let texts = [finished.stdout.text(), finished.stderr.text()];
        let version = texts.iter().find_map(|text| Some(pattern.captures(text)?.get(1)?.as_str().to_owned()));
        let version = version.ok_or_else(|| {
            let (end, path) = (finished.end.to_string(), path.to_owned());
            NotFound::NoVersion { command: shown, end, path }
        })?;
        let bytes = std::fs::read(path)
            .map_err(|error| NotFound::Trouble(format!("read {}: {error}", path.display())))?;
        Ok(Binary { path: path.to_owned(), version, sha256: Algorithm::Sha256.digest(&bytes).encoded() })
    }
}

/// The whole environment of a tool: what its file names, a private HOME and TMPDIR.
///
/// # Errors
/// A placeholder has no value here.
pub fn environment(
    driver: &Driver,
    home: &Path,
    values: &Values,
) -> Result<BTreeMap<String, OsString>, NoValue> {
    let mut env: BTreeMap<String, OsString> = ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
        .map(|name| (name.to_owned(), home.as_os_str().to_owned()))
        .into();
    for (name, text) in &driver.file.env {
        env.insert(name.clone(), text.expand(values)?.into());
    }
    Ok(env)
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

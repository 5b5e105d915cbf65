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
    /// The SHA-256 of the programs that lie beside it, such as a daemon, by name.
    pub beside: BTreeMap<String, String>,
}

/// Why there is no program that can be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// The driver names a path, and there is no program.
    #[error("{} is no program", .0.display())]
    NoProgram(PathBuf),
    /// It can be built, and is not.
    #[error("{lack}; `referee tools install {tool}` builds {version}")]
    NotBuilt {
        /// What is missing.
        lack: Lack,
        /// How a command line names the tool.
        tool: String,
        /// The pinned release.
        version: String,
    },
    /// A Debian package has it.
    #[error("{lack}; on Debian, `apt-get install {package}` installs it")]
    NotPackaged {
        /// What is missing.
        lack: Lack,
        /// The package.
        package: String,
    },
    /// Its driver does not say where it comes from, and PATH does not lead to it.
    #[error("{0}")]
    NotInPath(Lack),
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

/// What is missing of a tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lack {
    /// All of it, in PATH and in the cache.
    #[error("not installed")]
    Installed,
    /// All of it, in PATH, the only place where it can be.
    #[error("no `{0}` in PATH")]
    InPath(String),
    /// A release of its own, where the driver names the path of a program.
    #[error("`{0}` is a program at a path, and this is another release")]
    Release(String),
    /// Another program that it is nothing without, such as a daemon.
    #[error("no `{}` beside {}", lacking.display(), program.display())]
    Beside {
        /// The program that PATH leads to.
        program: PathBuf,
        /// The name of the one that is missing.
        lacking: PathBuf,
    },
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
            beside: binary.map(|binary| binary.beside.clone()).unwrap_or_default(),
            status: if binary.is_some() { Status::Ok } else { Status::Unavailable },
            reason: self.found.as_ref().err().map(ToString::to_string),
            installable: self.driver.pinned().is_some(),
            large: self.driver.is_large(),
            stores: self.driver.file.stores.clone(),
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

    /// The program of a column in the cache, if all that belong to it are there.
    pub fn built(&self, driver: &Driver) -> Option<PathBuf> {
        let path = self.cached(driver.tool(), driver.release()?, driver.file.program_name());
        lacking(&path, driver).is_none().then_some(path)
    }

    /// Finds the program of a column: at the path that the driver names, or else beside the driver's file if that is the user's own,
    /// in PATH, and in the cache. Columns that pin another release than the first only ever come from the cache, and
    /// all with `pinned` rather than from PATH; the others prefer PATH, so that a maintainer's own build is what is tested.
    pub fn locate(&self, driver: &Driver, pinned: bool) -> Tool {
        let found = self.path_of(driver, pinned).and_then(|path| self.observe(driver, &path));
        Tool { driver: driver.clone(), found }
    }

    fn path_of(&self, driver: &Driver, pinned: bool) -> Result<PathBuf, NotFound> {
        let program = &driver.file.program;
        let beside_file =
            |folder: PathBuf| std::path::absolute(folder.join(program)).map_err(NotFound::trouble);
        if driver.is_at_path() {
            let path = beside_file(driver.folder().unwrap_or_default())?;
            return match lacking(&path, driver) {
                None => Ok(path),
                Some(lacking) => Err(NotFound::NoProgram(lacking)),
            };
        }
        if let Some(folder) = driver.folder().filter(|_| driver.variant.release.is_none()) {
            let path = beside_file(folder)?;
            if lacking(&path, driver).is_none() {
                return Ok(path);
            }
        }
        // a client and a daemon of different folders may be of different releases
        let in_path = || {
            let mut paths = self.path.iter().map(|folder| folder.join(program));
            paths.find(|path| driver.variant.release.is_none() && lacking(path, driver).is_none())
        };
        let cached = self.built(driver);
        let path = if pinned { cached.or_else(in_path) } else { in_path().or(cached) };
        path.ok_or_else(|| self.absent(driver))
    }

    fn absent(&self, driver: &Driver) -> NotFound {
        let name = &driver.file.program;
        let alone = self.which(name).filter(|_| driver.variant.release.is_none());
        let lacking = alone.as_deref().and_then(|program| lacking(program, driver));
        let lacking = lacking.as_deref().and_then(Path::file_name).map(PathBuf::from);
        let beside = alone.zip(lacking).map(|(program, lacking)| Lack::Beside { program, lacking });
        match (driver.release(), &driver.file.debian) {
            (Some(release), _) => {
                let other = || if name.contains('/') { Lack::Release(name.clone()) } else { Lack::Installed };
                NotFound::NotBuilt {
                    lack: beside.unwrap_or_else(other),
                    tool: driver.argument().to_owned(),
                    version: release.version.clone(),
                }
            }
            (None, debian) => {
                let lack = beside.unwrap_or_else(|| Lack::InPath(name.clone()));
                match debian.clone() {
                    Some(package) => NotFound::NotPackaged { lack, package },
                    None => NotFound::NotInPath(lack),
                }
            }
        }
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
        let beside = driver.file.beside().into_iter();
        let beside = beside.map(|name| Ok((name.to_owned(), sha256(&path.with_file_name(name))?)));
        Ok(Binary {
            path: path.to_owned(),
            version,
            sha256: sha256(path)?,
            beside: beside.collect::<Result<_, _>>()?,
        })
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

/// The first that is missing of a driver's program at this path and those that have to lie beside it.
fn lacking(path: &Path, driver: &Driver) -> Option<PathBuf> {
    let beside = driver.file.beside().into_iter().map(|name| path.with_file_name(name));
    std::iter::once(path.to_owned()).chain(beside).find(|path| !is_program(path))
}

fn sha256(path: &Path) -> Result<String, NotFound> {
    let bytes = std::fs::read(path)
        .map_err(|error| NotFound::Trouble(format!("read {}: {error}", path.display())))?;
    Ok(Algorithm::Sha256.digest(&bytes).encoded())
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

//! Building pinned releases of tools that a Go toolchain can build.
//!
//! Owns: the throw-away module, the checksum, the cache. Leaves to others: which releases are pinned
//! ([`crate::driver::Install`]). `go install` is not used: it refuses modules with `replace` or `exclude`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::driver::{Install, Release};
use crate::tools::Machine;
use referee_process::Sandbox;
use referee_process::{End, Limits, Program};

/// What became of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// It was in the cache.
    Cached(PathBuf),
    /// It was built now, in so many seconds.
    Built(PathBuf, Duration),
}

/// Why a release cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// There is no Go toolchain.
    #[error("no `go` in PATH; install Go 1.24 or newer, or put the tool itself in PATH")]
    NoGo,
    /// A command of the toolchain failed.
    #[error("`{command}` {end}:\n{output}")]
    Go {
        /// The command.
        command: String,
        /// How it ended.
        end: String,
        /// The end of what it printed.
        output: String,
    },
    /// The module is not the pinned one. Nothing is kept of it.
    #[error("checksum of {module}@{version} is {got}, but {want} is pinned; nothing was kept")]
    Checksum {
        /// The module.
        module: String,
        /// Its version.
        version: String,
        /// What the build recorded.
        got: String,
        /// What the driver pins.
        want: String,
    },
    /// A file cannot be written.
    #[error("write {}: {error}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Builds one release into the cache, unless it is there.
///
/// # Errors
/// No toolchain, a failed build, another checksum than the pinned one, or a cache that cannot be written.
pub fn install(
    machine: &Machine,
    tool: &str,
    program: &str,
    install: &Install,
    release: &Release,
) -> Result<Installed, InstallError> {
    let target = machine.cached(tool, release, program);
    if target.is_file() {
        return Ok(Installed::Cached(target));
    }
    let go = machine.which("go").ok_or(InstallError::NoGo)?;
    let write = |path: &Path| {
        let path = path.to_owned();
        move |error| InstallError::Write { path, error }
    };
    std::fs::create_dir_all(&machine.cache).map_err(write(&machine.cache))?;
    let module = tempfile::tempdir_in(&machine.cache).map_err(write(&machine.cache))?;
    let build = Build { machine, go: &go, folder: module.path() };
    let begin = std::time::Instant::now();
    let built = module.path().join(program);
    build.go(&["mod", "init", "referee.invalid/build"])?;
    build.go(&["mod", "edit", &format!("-require={}@{}", install.module, release.version)])?;
    // the checksum is known before anything is compiled or run
    build.go(&["mod", "download", &format!("{}@{}", install.module, release.version)])?;
    build.verify(install, release)?;
    let package = format!("{}/{}", install.module, install.package);
    build.go(&["build", "-mod=mod", "-trimpath", "-o", program, &package])?;
    build.verify(install, release)?;
    let folder = target.parent().unwrap_or(&machine.cache);
    std::fs::create_dir_all(folder).map_err(write(folder))?;
    std::fs::rename(&built, &target).map_err(write(&target))?;
    Ok(Installed::Built(target, begin.elapsed()))
}

struct Build<'a> {
    machine: &'a Machine,
    go: &'a Path,
    folder: &'a Path,
}

impl Build<'_> {
    fn go(&self, args: &[&str]) -> Result<(), InstallError> {
        let command = format!("go {}", args.join(" "));
        let fail = |end: String, output: String| InstallError::Go { command: command.clone(), end, output };
        let mut env = self.machine.env.clone();
        env.insert("CGO_ENABLED".to_owned(), "0".into());
        env.insert("GOFLAGS".to_owned(), OsString::new());
        env.insert("GOWORK".to_owned(), "off".into());
        let program = Program {
            program: self.go.to_owned(),
            args: args.iter().map(OsString::from).collect(),
            env,
            cwd: self.folder.to_owned(),
            stdin: Vec::new(),
        };
        let limits = Limits { deadline: Duration::from_secs(20 * 60), ..Limits::default() };
        let finished = referee_process::run(&program, &limits, &Sandbox::open("building needs the network"))
            .map_err(|error| fail(error.to_string(), String::new()))?;
        if finished.end == End::Exited(0) {
            return Ok(());
        }
        let text = finished.stderr.text();
        let tail: Vec<_> = text.lines().rev().take(12).collect();
        Err(fail(finished.end.to_string(), tail.into_iter().rev().collect::<Vec<_>>().join("\n")))
    }

    fn verify(&self, install: &Install, release: &Release) -> Result<(), InstallError> {
        let path = self.folder.join("go.sum");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let head = format!("{} {} ", install.module, release.version);
        let got = text.lines().find_map(|line| line.strip_prefix(&head)).unwrap_or("missing");
        if got == release.sum {
            return Ok(());
        }
        Err(InstallError::Checksum {
            module: install.module.clone(),
            version: release.version.clone(),
            got: got.to_owned(),
            want: release.sum.clone(),
        })
    }
}

//! Building pinned releases of tools that a Go toolchain can build.
//!
//! Owns: the throw-away module, the checksum, the cache. Leaves to others: which releases are pinned
//! ([`crate::driver::install`]). `go install` is not used: it refuses modules with `replace` or `exclude`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::driver::install::Replace;
use crate::driver::{Driver, Install, Release};
use crate::tools::Machine;
use referee_process::Sandbox;
use referee_process::{End, Limits, Program};

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

/// Builds all programs of one release into the cache, and says how long it took.
///
/// # Errors
/// No toolchain, a failed build, another checksum than the pinned one, or a cache that cannot be written. Nothing is
/// kept then: the cache has all programs of a release, or none that would be taken for it.
pub fn install(
    machine: &Machine,
    driver: &Driver,
    install: &Install,
    release: &Release,
) -> Result<Duration, InstallError> {
    let go = machine.which("go").ok_or(InstallError::NoGo)?;
    let write = |path: &Path| {
        let path = path.to_owned();
        move |error| InstallError::Write { path, error }
    };
    std::fs::create_dir_all(&machine.cache).map_err(write(&machine.cache))?;
    let module = tempfile::tempdir_in(&machine.cache).map_err(write(&machine.cache))?;
    let out = module.path().join("out");
    std::fs::create_dir(&out).map_err(write(&out))?;
    let build = Build { machine, go: &go, folder: module.path() };
    let begin = std::time::Instant::now();
    build.go(&["mod", "init", "referee.invalid/build"])?;
    build.go(&["mod", "edit", &format!("-require={}@{}", install.module, release.version)])?;
    for Replace { module, by, version, .. } in &release.replace {
        build.go(&["mod", "edit", &format!("-replace={module}={by}@{version}")])?;
    }
    // the checksums are known before anything is compiled or run; Go records that of a replacement only where it is asked
    // for what is replaced
    build.go(&["mod", "download", &format!("{}@{}", install.module, release.version)])?;
    for replace in &release.replace {
        build.go(&["mod", "download", &replace.module])?;
    }
    build.verify(install, release)?;
    let tags = format!("-tags={}", install.tags.join(","));
    let stamp = install.version_variable.as_ref();
    let stamp = stamp.map(|variable| format!("-X={variable}={}", release.version));
    let stamp = format!("-ldflags={}", stamp.unwrap_or_default());
    let program = driver.file.program_name();
    // the driver's own program comes last: while it is missing, nobody looks at the others
    let also = install.also.iter().map(|(program, package)| (program.as_str(), package));
    let programs: Vec<_> = also.chain([(program, &install.package)]).collect();
    for (program, package) in &programs {
        let (to, package) = (format!("out/{program}"), format!("{}/{package}", install.module));
        build.go(&["build", "-mod=mod", "-trimpath", &tags, &stamp, "-o", &to, &package])?;
    }
    build.verify(install, release)?;
    let target = machine.cached(driver.tool(), release, program);
    let folder = target.parent().unwrap_or(&machine.cache);
    std::fs::create_dir_all(folder).map_err(write(folder))?;
    for (program, _) in programs {
        let path = folder.join(program);
        std::fs::rename(out.join(program), &path).map_err(write(&path))?;
    }
    Ok(begin.elapsed())
}

/// What is pinned: modules with version and checksum.
fn pinned<'a>(
    install: &'a Install,
    release: &'a Release,
) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let own = (install.module.as_str(), release.version.as_str(), release.sum.as_str());
    let replaced = release.replace.iter();
    let replaced =
        replaced.map(|replace| (replace.by.as_str(), replace.version.as_str(), replace.sum.as_str()));
    std::iter::once(own).chain(replaced)
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
        for (module, version, sum) in pinned(install, release) {
            let head = format!("{module} {version} ");
            let got = text.lines().find_map(|line| line.strip_prefix(&head)).unwrap_or("missing");
            if got != sum {
                return Err(InstallError::Checksum {
                    module: module.to_owned(),
                    version: version.to_owned(),
                    got: got.to_owned(),
                    want: sum.to_owned(),
                });
            }
        }
        Ok(())
    }
}

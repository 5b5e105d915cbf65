//! A folder to run the fake program in.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test finds tools in the environment, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use referee_process::{Finished, Limits, Program, Sandbox};

/// A working directory, with the fake program at a path of its own, by which its processes are known.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("fake-program");
        let built = env!("CARGO_BIN_EXE_fake-program");
        if std::fs::hard_link(built, &program).is_err() {
            std::fs::copy(built, &program).expect("a copy of the fake program");
        }
        Self { folder, program }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The fake program with these arguments, an empty environment, and nothing to read.
    pub(crate) fn program(&self, args: &[&str]) -> Program {
        Program {
            program: self.program.clone(),
            args: args.iter().map(Into::into).collect(),
            env: Default::default(),
            cwd: self.path().to_owned(),
            stdin: Vec::new(),
        }
    }

    /// Runs the fake program where it may write to this folder.
    pub(crate) fn run(&self, args: &[&str], sandbox: &Sandbox) -> Finished {
        self.run_within(args, sandbox, &Limits::default())
    }

    /// The same, less patiently.
    pub(crate) fn run_within(&self, args: &[&str], sandbox: &Sandbox, limits: &Limits) -> Finished {
        let sandbox = sandbox.with_writable(self.path());
        referee_process::run(&self.program(args), limits, &sandbox).expect("the system has pipes")
    }

    /// The fake program as a user without rights, who gets these files; nothing where this user cannot become another.
    pub(crate) fn as_nobody(&self, files: &[&Path]) -> Option<impl Fn(&[&str]) -> Program + use<>> {
        const NOBODY: u32 = 65534;
        let setpriv = Path::new("/usr/bin/setpriv");
        let given =
            files.iter().all(|file| std::os::unix::fs::chown(file, Some(NOBODY), Some(NOBODY)).is_ok());
        if !given || !setpriv.is_file() {
            eprintln!("SKIPPED: only root, with setpriv, can become nobody");
            return None;
        }
        let copy = self.path().join("program-of-nobody");
        std::fs::copy(&self.program, &copy).expect("a copy of the fake program");
        let id = NOBODY.to_string();
        let cwd = self.path().to_owned();
        Some(move |args: &[&str]| Program {
            program: setpriv.to_owned(),
            args: ["--reuid", &id, "--regid", &id, "--clear-groups"]
                .iter()
                .map(Into::into)
                .chain([copy.clone().into()])
                .chain(args.iter().map(Into::into))
                .collect(),
            env: Default::default(),
            cwd: cwd.clone(),
            stdin: Vec::new(),
        })
    }

    /// The processes of the fake program that was started here.
    pub(crate) fn processes(&self) -> Vec<String> {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        let lines = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
        lines.filter(|line| line.contains(&self.path().display().to_string())).collect()
    }
}

/// Without a sandbox, and in one where bubblewrap works. `.ci/run` requires it.
pub(crate) fn sandboxes() -> Vec<Sandbox> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bwrap = std::env::split_paths(&path).map(|folder| folder.join("bwrap")).find(|path| path.is_file());
    let sandbox = Sandbox::detect(bwrap);
    let required = std::env::var_os("REFEREE_REQUIRE").is_some_and(|value| value == "all");
    if let Some(reason) = sandbox.reason() {
        assert!(!required, "a sandbox is required here: {reason}");
        eprintln!("SKIPPED: the sandbox is not tested: {reason}");
        return vec![sandbox];
    }
    vec![Sandbox::open("a test without"), sandbox]
}

/// A short deadline, for programs that never end.
pub(crate) fn short() -> Limits {
    let (deadline, grace) = (Duration::from_millis(300), Duration::from_millis(300));
    Limits { deadline, grace, ..Limits::default() }
}

//! The sandbox: what a program under test may touch.
//!
//! Owns: bubblewrap's command line and exit codes. Leaves to others: whether it works here (`detect`) and running
//! ([`crate::run()`]). In it a program has a network of loopback alone, process ids of its own, and may write to its own folders only.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{End, Program};

/// How far a program is locked in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sandbox {
    bwrap: Result<PathBuf, String>,
    readable: Vec<PathBuf>,
    writable: Vec<PathBuf>,
}

/// bubblewrap ends with 128 + the signal of what it ran; these are the signals that end programs.
const FATAL: [i32; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15];

impl Sandbox {
    /// A sandbox made by the bubblewrap at this path, taken to work; [`Sandbox::detect`] finds out.
    pub(crate) fn of(bwrap: PathBuf) -> Self {
        Self { bwrap: Ok(bwrap), readable: Vec::new(), writable: Vec::new() }
    }

    /// No sandbox, and why.
    pub fn open(reason: &str) -> Self {
        Self { bwrap: Err(reason.to_owned()), readable: Vec::new(), writable: Vec::new() }
    }

    /// The same sandbox with one more folder that can be written.
    #[must_use]
    pub fn with_writable(&self, folder: &Path) -> Self {
        let mut sandbox = self.clone();
        sandbox.writable.push(folder.to_owned());
        sandbox
    }

    /// The same sandbox with one more folder that can be read, wherever it lies.
    #[must_use]
    pub fn with_readable(&self, folder: &Path) -> Self {
        let mut sandbox = self.clone();
        sandbox.readable.push(folder.to_owned());
        sandbox
    }

    /// `loopback` where the network is limited to that, `open` where it is not.
    pub fn network(&self) -> &'static str {
        if self.bwrap.is_ok() { "loopback" } else { "open" }
    }

    /// Why there is no sandbox.
    pub fn reason(&self) -> Option<&str> {
        self.bwrap.as_ref().err().map(String::as_str)
    }

    /// Whether the kernel ends what a program leaves behind: with the init process of its process ids.
    pub fn ends_strays(&self) -> bool {
        self.bwrap.is_ok()
    }

    /// The folders that no other run's program works in: those that it may write to, and its working directory unless
    /// that is the root.
    pub(crate) fn folders(&self, program: &Program) -> Vec<PathBuf> {
        let cwd = Some(&program.cwd).filter(|cwd| cwd.parent().is_some());
        self.writable.iter().chain(cwd).cloned().collect()
    }

    /// The program as it is started: inside bubblewrap, or as it is.
    pub(crate) fn wrap(&self, program: &Program) -> Program {
        let Ok(bwrap) = &self.bwrap else {
            return program.clone();
        };
        let mut args: Vec<OsString> = Vec::new();
        let mut add = |words: &[&str]| args.extend(words.iter().map(OsString::from));
        add(&["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]);
        // not --die-with-parent: the init process of the sandbox has to live as long as any other process in there, or
        // what a program leaves behind would be ended unseen; the harness ends all of them with the group
        add(&["--unshare-net", "--unshare-pid", "--unshare-ipc"]);
        // the program may lie below /tmp, which is an empty folder in there
        let own = program.program.parent().map(Path::to_owned);
        for folder in own.iter().chain(&self.readable).filter(|folder| folder.starts_with("/tmp")) {
            args.extend(["--ro-bind".into(), folder.into(), folder.into()]);
        }
        for folder in &self.writable {
            args.extend(["--bind".into(), folder.into(), folder.into()]);
        }
        args.extend([
            "--chdir".into(),
            program.cwd.clone().into(),
            "--".into(),
            program.program.clone().into(),
        ]);
        args.extend(program.args.iter().cloned());
        Program { program: bwrap.clone(), args, cwd: PathBuf::from("/"), ..program.clone() }
    }

    /// How the program ended, from how the process that was started did: bubblewrap tells a signal by its exit code.
    pub(crate) fn decode_exit(&self, end: End) -> End {
        match end {
            End::Exited(code) if self.bwrap.is_ok() && FATAL.contains(&(code - 128)) => {
                End::Signalled(code - 128)
            }
            other => other,
        }
    }
}

/// The first of these folders that is a memory file system with room, else the last.
pub fn scratch_root(candidates: &[&Path]) -> PathBuf {
    const TMPFS: u64 = 0x0102_1994;
    const ROOM: u64 = 256 << 20;
    let in_memory = |path: &&&Path| {
        let writable = tempfile::tempfile_in(path).is_ok();
        writable
            && rustix::fs::statfs(**path).is_ok_and(|stat| {
                u64::try_from(stat.f_type) == Ok(TMPFS) && stat.f_bavail * stat.f_bsize as u64 > ROOM
            })
    };
    let chosen = candidates.iter().find(in_memory).or(candidates.last());
    chosen.map_or_else(|| PathBuf::from("/tmp"), |path| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_folders_are_in_memory_where_that_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let (missing, memory) = (folder.path().join("missing"), Path::new("/dev/shm"));
        assert_eq!(scratch_root(&[&missing, folder.path()]), folder.path());
        assert_eq!(scratch_root(&[]), Path::new("/tmp"));
        // a machine without a memory file system there, or without room, has nothing to choose
        if scratch_root(&[memory, folder.path()]) == memory {
            assert_eq!(scratch_root(&[&missing, memory, folder.path()]), memory);
        }
    }
}

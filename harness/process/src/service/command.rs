//! Commands that ask a service, such as a daemon's own client.
//!
//! Owns: running one beside the service. Leaves to others: what its output means.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::child::{Child, Stdout};
use super::{Answer, IMPATIENT, PORT, Reply, Unanswered};

/// A command that asks a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Command {
    /// The program's absolute path.
    pub program: PathBuf,
    /// Its arguments; [`PORT`] in them becomes the port.
    pub args: Vec<String>,
    /// Its whole environment; that of the helper by default.
    pub env: Option<BTreeMap<String, String>>,
    /// A file for its standard input, relative to the working directory; nothing by default.
    pub stdin: Option<PathBuf>,
}

impl Command {
    /// Runs it to its end.
    pub(super) fn run(&self, port: u16, deadline: Duration) -> Result<Answer, Unanswered> {
        let args: Vec<String> = self.args.iter().map(|arg| arg.replace(PORT, &port.to_string())).collect();
        let name = self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy();
        let ask = [name.into_owned()].into_iter().chain(args.iter().cloned()).collect::<Vec<_>>().join(" ");
        let stdin = self.stdin.as_ref().map(File::open).transpose();
        let started = stdin
            .and_then(|stdin| Child::start(&self.program, &args, self.env.as_ref(), stdin, Stdout::Kept));
        let mut child = started.map_err(|error| Unanswered::NotStarted(ask.clone(), error))?;
        let Some(status) = child.wait(deadline) else {
            child.stop(IMPATIENT);
            return Err(Unanswered::InTime(ask));
        };
        let (stdout, cut_off, stderr) = child.said();
        Ok(Answer::to(ask, Reply::Command { exit: status.code(), stdout, stderr, cut_off }))
    }
}

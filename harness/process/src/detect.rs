//! Whether a sandbox works on this machine.
//!
//! Owns: trying it. Leaves to others: what it is ([`Sandbox`]).

use std::path::PathBuf;
use std::time::Duration;

use crate::{End, Limits, Program, Sandbox, run};

impl Sandbox {
    /// Bubblewrap, if the program given works on this machine.
    pub fn detect(bwrap: Option<PathBuf>) -> Self {
        let Some(bwrap) = bwrap else {
            return Self::open("bubblewrap (bwrap) is not in PATH");
        };
        let sandbox = Self::of(bwrap);
        let probe = Program {
            program: PathBuf::from("/bin/true"),
            args: Vec::new(),
            env: Default::default(),
            cwd: PathBuf::from("/"),
            stdin: Vec::new(),
        };
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
        match run(&probe, &limits, &sandbox) {
            Ok(finished) if finished.end == End::Exited(0) => sandbox,
            Ok(finished) => {
                let text = finished.stderr.text();
                Self::open(&format!("bubblewrap does not work here: {}", text.lines().next().unwrap_or("")))
            }
            Err(error) => Self::open(&format!("bubblewrap does not work here: {error}")),
        }
    }
}

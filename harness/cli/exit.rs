//! Exit codes, which others script against, and what leads to them.
//!
//! Owns: the list, and printing the error that ends the program. Leaves to others: which applies.

use std::io::Write as _;
use std::process::ExitCode;

use referee::runner::catalogue::CatalogueError;
use referee::source::{SourceError, plain};

use crate::diagnostic;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Success,
    Bug,
    Usage,
    NothingSelected,
    Findings,
    Unexpected,
    ToolMissing,
    InvalidFile,
    Interrupted,
}

impl Exit {
    pub(crate) const ALL: [Self; 9] = [
        Self::Success,
        Self::Bug,
        Self::Usage,
        Self::NothingSelected,
        Self::Findings,
        Self::Unexpected,
        Self::ToolMissing,
        Self::InvalidFile,
        Self::Interrupted,
    ];

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Bug => 1,
            Self::Usage => 2,
            Self::NothingSelected => 4,
            Self::Findings => 10,
            Self::Unexpected => 100,
            Self::ToolMissing => 102,
            Self::InvalidFile => 104,
            Self::Interrupted => 130,
        }
    }

    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Success => "Nothing unexpected.",
            Self::Bug => {
                "Something cannot be written or started (no space, no permission), or a bug in referee."
            }
            Self::Usage => "The command line or what it names is wrong.",
            Self::NothingSelected => "Nothing was selected.",
            Self::Findings => "`check`: findings that are as bad as `--fail-on` says, or worse.",
            Self::Unexpected => "`run`: a verdict that nobody expected: `fail`, `fixed` or `changed`.",
            Self::ToolMissing => "A required tool is missing, or nothing ran because every selected tool is.",
            Self::InvalidFile => "A case, driver, convention, profile or golden is invalid.",
            Self::Interrupted => "Interrupted; what was finished is written, marked incomplete.",
        }
    }
}

/// An error that ends the program with a certain code.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
}

impl Failed {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, error: anyhow::Error::msg(message.into()) }
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self { exit: Exit::Bug, error }
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self { exit: Exit::Bug, error: error.into() }
    }
}

impl From<CatalogueError> for Failed {
    fn from(error: CatalogueError) -> Self {
        let exit = match error {
            CatalogueError::Source(_) => Exit::InvalidFile,
            CatalogueError::Read { .. } => Exit::Usage,
        };
        Self { exit, error: error.into() }
    }
}

impl Failed {
    /// Prints the error to standard error. A closed pipe is no error.
    pub(crate) fn print(&self) -> Exit {
        let io = self.error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            return Exit::Success;
        }
        let source = match self.error.downcast_ref::<CatalogueError>() {
            Some(CatalogueError::Source(error)) => Some(error),
            _ => self.error.downcast_ref::<SourceError>(),
        };
        let text = match source {
            Some(error) => diagnostic::render(error),
            None => {
                let lines = format!("error: {:#}", self.error);
                lines.lines().map(|line| plain(line) + "\n").collect()
            }
        };
        let _ = std::io::stderr().write_all(text.as_bytes());
        self.exit
    }
}

/// Prints the error, if any, and gives the exit code.
pub(crate) fn code(result: Result<Exit, Failed>) -> ExitCode {
    let exit = result.unwrap_or_else(|failed| failed.print());
    ExitCode::from(exit.code())
}

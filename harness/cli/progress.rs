//! The progress of a run, or of a build: a bar on a terminal, plain lines otherwise. Always on standard error.
//!
//! Owns: what is shown while a run goes on. Leaves to others: its end ([`referee::results::report`]).

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use referee::results::event::Event;
use referee::results::report::unexpected;
use referee::results::{CellResult, Outcome};
use referee::source::counted;

/// Shows events.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: bool,
    bar: ProgressBar,
    state: Mutex<Plain>,
}

#[derive(Debug, Default)]
struct Plain {
    cells: usize,
    done: usize,
    tenth: usize,
}

impl Progress {
    /// A bar if standard error is a terminal.
    pub(crate) fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cells, {elapsed} {wide_msg}");
        Self {
            terminal,
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            state: Mutex::default(),
        }
    }

    /// Shows one event.
    pub(crate) fn event(&self, event: Event<'_>) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        match event {
            Event::Started { cells, skipped } => {
                state.cells = cells;
                self.bar.set_length(cells as u64);
                if !self.terminal {
                    self.line(&format!("running {}; {skipped} cannot run here", counted(cells, "cell")));
                }
            }
            Event::CellFinished(cell) => {
                if !cell.outcome.ran() {
                    return;
                }
                state.done += 1;
                self.bar.inc(1);
                self.bar.set_message(cell.id.to_string());
                if let Some(line) = remarkable(cell) {
                    self.line(&line);
                }
                let tenth = state.done * 10 / state.cells.max(1);
                if !self.terminal && tenth > state.tenth {
                    state.tenth = tenth;
                    self.line(&format!("{}/{}", state.done, counted(state.cells, "cell")));
                }
            }
            Event::Finished { .. } => self.bar.finish_and_clear(),
        }
    }

    fn line(&self, line: &str) {
        if self.terminal {
            self.bar.println(line);
        } else {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
}

/// Something that takes long and has no parts to count: on a terminal its seconds pass, elsewhere it is one line.
#[derive(Debug)]
pub(crate) struct Wait(ProgressBar);

impl Wait {
    /// Shows what is waited for, until this is dropped.
    pub(crate) fn new(what: String) -> Self {
        if !std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr(), "{what} ...");
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{msg} ... {elapsed}");
        let bar = ProgressBar::new_spinner().with_message(what);
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_secs(1));
        Self(bar)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// What is said while the run goes on: what will make it fail, and what takes long.
fn remarkable(cell: &CellResult) -> Option<String> {
    let (id, outcome) = (&cell.id, cell.outcome);
    match unexpected::sentence(cell) {
        Some((verdict, what)) => Some(format!("{verdict}: {id}: {what}")),
        None => (outcome == Outcome::Hang).then(|| format!("{outcome}: {id}")),
    }
}

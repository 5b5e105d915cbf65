//! Ways of a process to misbehave, whatever it was started for. Two programs share this file: `fake-program`, which
//! the tests of this crate run, and the fake tool of the command line's tests.
//!
//! Owns: how a process runs, ends, and what it leaves running. Leaves to others: the work that it pretends to do.

use std::error::Error;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

pub(crate) type Done = Result<(), Box<dyn Error>>;

/// Behaves as asked, doing `work` where the behaviour lets it; `false` where the behaviour is none of these.
pub(crate) fn behave(behaviour: &str, work: &dyn Fn() -> Done) -> Result<bool, Box<dyn Error>> {
    match behaviour {
        "crash" => std::process::abort(),
        "killed" => {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL)?;
            sleep();
        }
        "hang" => sleep(),
        "hang-ignoring-term" => {
            ctrlc::set_handler(|| {})?;
            sleep();
        }
        "flood" => {
            let line = [b'x'; 65536];
            for _ in 0..512 {
                std::io::stdout().write_all(&line)?;
                std::io::stderr().write_all(&line)?;
            }
            work()?;
        }
        "background-child" | "background-session" => {
            work()?;
            let what = if behaviour == "background-child" { "sleep" } else { "sleep-in-own-session" };
            // it inherits the pipes, and so holds them open
            Command::new(std::env::current_exe()?).arg(what).stdin(Stdio::null()).spawn()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        "background-relay" | "background-emptied" | "background-moved" | "background-grouped"
        | "background-hidden" | "background-holding" => {
            work()?;
            let what = match behaviour {
                "background-relay" => "relay",
                "background-grouped" => "sleep",
                _ => "sleep-in-own-session",
            };
            let mut stray = Command::new(std::env::current_exe()?);
            stray.arg(what).stdin(Stdio::null());
            // otherwise the pipes are closed, so that nothing but looking finds it
            if behaviour != "background-holding" {
                stray.stdout(Stdio::null()).stderr(Stdio::null());
            }
            if !matches!(behaviour, "background-relay" | "background-moved") {
                stray.env_clear();
            }
            if !matches!(behaviour, "background-relay" | "background-emptied") {
                stray.current_dir("/");
            }
            stray.spawn()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        // what is left running
        "sleep" => sleep(),
        "sleep-in-own-session" => {
            rustix::process::setsid()?;
            sleep();
        }
        // one after the other, each ended before anybody has looked at it
        "relay" => {
            rustix::process::setsid()?;
            std::thread::sleep(Duration::from_millis(2));
            Command::new(std::env::current_exe()?).arg("relay").spawn()?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Longer than any test.
pub(crate) fn sleep() {
    std::thread::sleep(Duration::from_secs(600));
}

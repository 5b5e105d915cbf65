//! Ctrl-C: what runs is ended, and what was done by then is written.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::support::{bwrap, fake_tool, fakes, folder, processes};
use serde_json::Value;

/// Ctrl-C does not wait for a tool that hangs; what was done by then is written.
#[test]
fn an_interruption_ends_running_tools_at_once() {
    for path in [None, bwrap()] {
        let (home, drivers) = (folder(), folder());
        let words = fakes(drivers.path(), &["honest", "hang-ignoring-term"]);
        let slow = drivers.path().join("fake-hang-ignoring-term.toml");
        let text = std::fs::read_to_string(&slow).unwrap();
        std::fs::write(&slow, text.replace("timeout = 2", "timeout = 60")).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_referee"));
        command.env_clear().env("HOME", home.path()).env("PATH", path.unwrap_or_default());
        command.args(["run", "--format", "json", "-j", "4"]).args(words);
        command.arg("attach-discover[producer=fake-honest,consumer=fake-*]");
        let hanging = format!("{}\0hang-ignoring-term\0discover", fake_tool(drivers.path()).display());
        let hangs = || !processes(&hanging).is_empty();
        let (end, took, output) = interrupted(&mut command, &hangs);
        assert_eq!(end, Some(130));
        assert!(took < Duration::from_secs(5), "{took:?}");
        let results: Value = serde_json::from_slice(&output).unwrap();
        assert_eq!(results["complete"], false);
        let ids: Vec<_> =
            results["cells"].as_array().unwrap().iter().map(|cell| cell["id"].clone()).collect();
        assert_eq!(ids, ["attach-discover[producer=fake-honest,consumer=fake-honest]"]);
        let left = processes(&drivers.path().display().to_string());
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

/// A build is ended with all its compilers, and its folder in the cache is removed.
#[test]
fn an_interruption_ends_a_build() {
    let home = folder();
    let go = home.path().join("go");
    std::fs::write(&go, "#!/bin/sh\n/bin/sleep 611 &\n/bin/sleep 611\n").unwrap();
    std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).unwrap();
    let cache = home.path().join("cache");
    for words in [["tools", "install", "oras"], ["run", "--install", "attach-discover[producer=oras*"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_referee"));
        command.env_clear().env("HOME", home.path()).env("PATH", home.path());
        command.env("REFEREE_CACHE", &cache).args(words);
        let builds = || processes("/bin/sleep\x00611").len() == 2;
        let (end, took, _) = interrupted(&mut command, &builds);
        assert_eq!(end, Some(130), "{words:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert!(processes("/bin/sleep\x00611").is_empty());
        assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 0, "the cache is not clean");
    }
}

/// Starts a command, interrupts it once `ready`, and gives its exit code, how long it took to end, and its output.
fn interrupted(
    command: &mut std::process::Command,
    ready: &dyn Fn() -> bool,
) -> (Option<i32>, Duration, Vec<u8>) {
    use rustix::process::{Pid, Signal, kill_process};
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !ready() {
        assert!(Instant::now() < until, "nothing to interrupt");
        std::thread::sleep(Duration::from_millis(20));
    }
    // what is beside it has ended by then
    std::thread::sleep(Duration::from_millis(500));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let begin = Instant::now();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), begin.elapsed(), output.stdout)
}

//! What concerns all programs of a process at once, so that it is tested in a process of its own, in one test.

mod support;

use std::time::{Duration, Instant};

use referee_process::{End, Limits, Sandbox, cpu_time};
use support::{Folder, sandboxes};

/// A program that wants nothing more to read is waited for without using the processor.
fn a_closed_input_costs_nothing() {
    let folder = Folder::new();
    let mut program = folder.program(&["-c", "exec </dev/null; sleep 1"]);
    program.program = "/bin/sh".into();
    program.env.insert("PATH".to_owned(), "/usr/bin:/bin".into());
    program.stdin = vec![b'a'; 1 << 20];
    let before = cpu_time::now();
    let done = referee_process::run(&program, &Limits::default(), &Sandbox::open("a test without"));
    let used = cpu_time::now() - before;
    assert_eq!(done.expect("the system has pipes").end, End::Exited(0));
    assert!(used.own_millis < 100, "{used:?}");
}

#[test]
fn orphans_are_ended_last_and_an_interruption_ends_all() {
    a_closed_input_costs_nothing();
    let sandboxes = sandboxes();
    // without a sandbox nobody can tell whose this was, so it lives on until no program runs
    for sandbox in &sandboxes {
        for behaviour in ["background-hidden", "background-holding"] {
            let folder = Folder::new();
            let done = folder.run(&[behaviour], sandbox);
            let locked = sandbox.reason().is_none();
            // pipes that it holds open tell of it, too
            let leaked = locked || behaviour == "background-holding";
            assert_eq!((&done.end, done.leaked), (&End::Exited(0), leaked), "{behaviour}");
            assert_eq!(folder.processes().len(), usize::from(!locked), "{behaviour}");
            referee_process::end_orphans();
            assert_eq!(folder.processes(), [""; 0], "{behaviour}");
        }
    }
    // a program that runs is nobody's orphan
    let folder = Folder::new();
    let limits = Limits { deadline: Duration::from_millis(500), ..Limits::default() };
    std::thread::scope(|scope| {
        let running = scope.spawn(|| folder.run_within(&["hang"], &sandboxes[0], &limits).end);
        while folder.processes().is_empty() {}
        referee_process::end_orphans();
        assert_eq!(running.join().expect("no panic"), End::TimedOut { killed: false });
    });
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for sandbox in &sandboxes {
            for behaviour in ["hang", "hang-ignoring-term"] {
                scope.spawn(move || {
                    let folder = Folder::new();
                    let done = folder.run(&[behaviour], sandbox);
                    assert_eq!(done.end, End::Interrupted, "{behaviour}");
                    assert_eq!(folder.processes(), [""; 0], "{behaviour}");
                });
            }
        }
        std::thread::sleep(Duration::from_secs(1));
        assert!(!referee_process::interrupted());
        referee_process::interrupt();
        assert!(referee_process::interrupted());
    });
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let folder = Folder::new();
    let begin = Instant::now();
    assert_eq!(folder.run(&["write", "file"], &sandboxes[0]).end, End::Interrupted);
    assert!(!folder.path().join("file").exists() && begin.elapsed() < Duration::from_secs(1));
}

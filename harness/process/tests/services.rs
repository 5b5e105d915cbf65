//! The life of a service is told as what it was, whoever gets into trouble: the service or the command that asks it.

use std::time::Duration;

use referee_process::service::{Ask, Command, Ready, Reply, Service, ServiceEnd, Transcript, Trouble, serve};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fake-program");

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn command(args: &[&str]) -> Command {
    Command { program: PROGRAM.into(), args: words(args), env: None, stdin: None }
}

/// Starts the fake program as a service that is asked by commands, and is not waited for long.
fn live(service: &[&str], ready: &[&str], asks: &[&[&str]]) -> Transcript {
    live_for(Duration::from_millis(500), service, ready, asks)
}

fn live_for(deadline: Duration, service: &[&str], ready: &[&str], asks: &[&[&str]]) -> Transcript {
    let service = Service {
        program: PROGRAM.into(),
        args: words(service),
        files: Vec::new(),
        ready: Ready::Command(command(ready)),
        deadline,
        grace: Duration::from_millis(500),
        asks: asks.iter().map(|args| Ask::Command(command(args))).collect(),
    };
    let input = serde_json::to_vec(&service).expect("a service is plain JSON");
    let output = serve(&input).expect("a service is given");
    serde_json::from_slice(&output).expect("a transcript comes out")
}

#[test]
fn what_is_asked_is_answered() {
    let done = live(&["hang"], &["nothing"], &[&["nothing"], &["environment"]]);
    assert_eq!((done.trouble, done.end), (None, ServiceEnd::Stopped));
    assert_eq!(done.answers.len(), 2);
    let Reply::Command { exit, stdout, cut_off, .. } = &done.answers[1].reply else {
        panic!("a command was run");
    };
    assert_eq!((*exit, *cut_off), (Some(0), false));
    assert!(stdout.contains("PATH="), "{stdout}");
    assert_eq!(done.answers[1].ask, "fake-program environment");
}

#[test]
fn the_first_failure_ends_the_asking() {
    let done = live(&["hang"], &["nothing"], &[&["exit", "4"], &["nothing"]]);
    assert_eq!((done.trouble, done.end), (Some(Trouble::Unsuccessful), ServiceEnd::Stopped));
    assert_eq!(done.answers.len(), 1);
    let done = live(&["hang"], &["nothing"], &[&["crash"]]);
    assert!(matches!(done.answers[0].reply, Reply::Command { exit: None, .. }));
    let done = live(&["hang"], &["nothing"], &[&["hang"]]);
    assert_eq!(done.trouble, Some(Trouble::NoAnswer("fake-program hang: no answer".to_owned())));
    assert_eq!(done.end, ServiceEnd::Stopped);
}

#[test]
fn a_service_in_trouble_is_told_from_its_asker() {
    let never = live(&["hang"], &["exit", "1"], &[&["nothing"]]);
    assert_eq!((never.trouble, never.end), (Some(Trouble::NeverReady), ServiceEnd::Stopped));
    let early = live(&["exit", "3"], &["exit", "1"], &[&["nothing"]]);
    assert_eq!((early.trouble, early.end), (Some(Trouble::EndedEarly), ServiceEnd::Exited(3)));
    let crashed = live(&["crash"], &["exit", "1"], &[&["nothing"]]);
    assert_eq!((crashed.trouble, crashed.end), (Some(Trouble::EndedEarly), ServiceEnd::Signalled(6)));
    // whoever asks a service that is gone fails, and that is not the asker's fault
    let gone = live(&["exit", "3"], &["nothing"], &[&["nothing"], &["nothing"], &["exit", "1"]]);
    assert_eq!(
        (gone.trouble, gone.end),
        (Some(Trouble::Died("fake-program exit 1".to_owned())), ServiceEnd::Exited(3))
    );

    let absent = serve(b"{}").expect_err("that is no service");
    assert!(absent.to_string().starts_with("not a service: "), "{absent}");
}

#[test]
fn a_flood_is_cut_off() {
    let done = live_for(Duration::from_secs(30), &["hang"], &["nothing"], &[&["flood"]]);
    let Reply::Command { stdout, cut_off, .. } = &done.answers[0].reply else {
        panic!("a command was run");
    };
    assert_eq!((stdout.len(), *cut_off), (16 << 20, true));
}

//! Whatever a program does is told as what it is, with a sandbox and without, and nothing is left behind.

mod support;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use referee_process::{End, Limits, Sandbox};
use support::{Folder, sandboxes, short};

#[test]
fn what_goes_in_and_comes_out() {
    for sandbox in sandboxes() {
        let folder = Folder::new();
        let mut program = folder.program(&["echo"]);
        program.stdin = vec![b'a'; 1 << 20];
        let done = referee_process::run(&program, &Limits::default(), &sandbox.with_writable(folder.path()));
        let done = done.expect("the system has pipes");
        assert_eq!((&done.end, done.leaked), (&End::Exited(0), false), "{}", done.stderr.text());
        assert_eq!((done.stdout.total, &done.stdout.bytes), (1 << 20, &program.stdin));
        assert_eq!(done.stderr.text(), "echoed 1048576 bytes\n");
        // a program that reads nothing is not waited for
        program.args = vec!["nothing".into()];
        let done = referee_process::run(&program, &Limits::default(), &sandbox.with_writable(folder.path()));
        assert_eq!(done.expect("the system has pipes").end, End::Exited(0));
    }
}

#[test]
fn the_environment_is_what_was_given() {
    for sandbox in sandboxes() {
        let folder = Folder::new();
        let mut program = folder.program(&["environment"]);
        program.env = BTreeMap::from([("GIVEN".to_owned(), "value".into())]);
        let done = referee_process::run(&program, &Limits::default(), &sandbox.with_writable(folder.path()));
        let text = done.expect("the system has pipes").stdout.text().into_owned();
        let mut names: Vec<_> = text.lines().filter_map(|line| line.split('=').next()).collect();
        names.sort_unstable();
        // bubblewrap sets PWD; without it, processes left behind are known by a variable
        let own = if sandbox.reason().is_none() { "PWD" } else { "REFEREE_RUN" };
        assert_eq!(names, ["GIVEN", own]);
        assert!(text.contains("GIVEN=value\n"));
    }
}

#[test]
fn ends_are_told_apart() {
    for sandbox in sandboxes() {
        let folder = Folder::new();
        let ends = [
            (vec!["nothing"], End::Exited(0)),
            (vec!["exit", "3"], End::Exited(3)),
            (vec!["exit", "127"], End::Exited(127)),
            (vec!["exit", "255"], End::Exited(255)),
            (vec!["crash"], End::Signalled(6)),
            (vec!["killed"], End::Signalled(9)),
        ];
        for (args, end) in ends {
            let done = folder.run(&args, &sandbox);
            assert_eq!((&done.end, done.leaked), (&end, false), "{args:?}");
        }
    }
    let folder = Folder::new();
    let mut program = folder.program(&[]);
    program.program = folder.path().join("nowhere");
    let done = referee_process::run(&program, &Limits::default(), &Sandbox::open("a test without"));
    let end = done.expect("the system has pipes").end;
    assert!(matches!(&end, End::NotStarted(why) if why.contains("nowhere: No such file")), "{end:?}");
}

#[test]
fn a_deadline_ends_what_hangs() {
    for sandbox in sandboxes() {
        let folder = Folder::new();
        let begin = Instant::now();
        let done = folder.run_within(&["hang"], &sandbox, &short());
        assert_eq!((&done.end, done.leaked), (&End::TimedOut { killed: false }, false));
        assert!(done.took >= short().deadline && begin.elapsed() < Duration::from_secs(5), "{:?}", done.took);
        // SIGTERM is ignored where it has had time to install its handler
        let limits = Limits { deadline: Duration::from_secs(1), ..short() };
        let done = folder.run_within(&["hang-ignoring-term"], &sandbox, &limits);
        assert_eq!((&done.end, done.leaked), (&End::TimedOut { killed: true }, false));
        assert_eq!(folder.processes(), [""; 0]);
    }
}

#[test]
fn a_flood_is_counted_and_its_beginning_kept() {
    for sandbox in sandboxes() {
        let folder = Folder::new();
        let done = folder.run_within(&["flood"], &sandbox, &Limits { output: 1000, ..Limits::default() });
        assert_eq!(done.end, End::Exited(0));
        for stream in [done.stdout, done.stderr] {
            assert_eq!((stream.total, stream.bytes), (512 * 65536, vec![b'x'; 1000]));
        }
    }
}

#[test]
fn what_a_program_leaves_behind_is_told_and_ended() {
    for sandbox in sandboxes() {
        // each keeps something by which it is known as this program's: group, environment, folder
        for kind in ["child", "session", "relay", "emptied", "moved", "grouped"] {
            let behaviour = format!("background-{kind}");
            let folder = Folder::new();
            let done = folder.run(&[&behaviour], &sandbox);
            assert_eq!((&done.end, done.leaked), (&End::Exited(0), true), "{behaviour}");
            assert!(done.took < Duration::from_secs(5), "{behaviour}: {:?}", done.took);
            assert_eq!(folder.processes(), [""; 0], "{behaviour}");
        }
    }
}

/// A folder that is everybody's says nothing of a process.
#[test]
fn a_program_in_the_root_folder_is_not_taken_for_its_neighbours() {
    let (folder, hanging) = (Folder::new(), Folder::new());
    let open = Sandbox::open("a test without");
    std::thread::scope(|scope| {
        let running = scope.spawn(|| hanging.run_within(&["hang"], &open, &short()));
        while hanging.processes().is_empty() {}
        let mut program = folder.program(&["nothing"]);
        program.cwd = "/".into();
        let done = referee_process::run(&program, &Limits::default(), &open).expect("the system has pipes");
        assert_eq!((done.end, done.leaked), (End::Exited(0), false));
        assert_eq!(running.join().expect("no panic").end, End::TimedOut { killed: false });
    });
}

/// What a user without rights cannot read is named, and is removed nevertheless.
#[test]
fn files_without_permission() {
    let folder = Folder::new();
    let tree = folder.path().join("tree");
    let (closed, file) = (tree.join("closed"), tree.join("file"));
    std::fs::create_dir_all(closed.join("inner")).expect("folders");
    std::fs::write(&file, "file").expect("a file");
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("they are ours");
    };
    mode(folder.path(), 0o777);
    mode(&tree, 0o777);
    let Some(nobody) = folder.as_nobody(&[&tree, &closed, &closed.join("inner"), &file]) else { return };
    let says = |word: &str| {
        let program = nobody(&[word, &tree.display().to_string()]);
        let done = referee_process::run(&program, &Limits::default(), &Sandbox::open("a test without"));
        let done = done.expect("the system has pipes");
        assert_eq!(done.end, End::Exited(0), "{}", done.stderr.text());
        done.stdout.text().into_owned()
    };
    assert_eq!(says("unreadable"), "None\n");
    mode(&file, 0o000);
    assert!(says("unreadable").starts_with("Some(\"file: Permission denied"));
    mode(&file, 0o644);
    mode(&closed, 0o000);
    assert!(says("unreadable").starts_with("Some(\"closed: Permission denied"));
    says("remove");
    assert!(!tree.exists());
}

/// Programs that run beside each other are not taken for each other's.
#[test]
fn what_is_left_behind_is_told_of_the_program_that_left_it() {
    for sandbox in sandboxes() {
        std::thread::scope(|scope| {
            for number in 0..12 {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let folder = Folder::new();
                    let behaviour = if number % 3 == 0 { "nothing" } else { "background-relay" };
                    let done = folder.run(&[behaviour], sandbox);
                    assert_eq!((&done.end, done.leaked), (&End::Exited(0), number % 3 != 0));
                    assert_eq!(folder.processes(), [""; 0]);
                });
            }
        });
    }
}

#[test]
fn a_sandbox_keeps_files_and_the_network_out_of_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    for sandbox in sandboxes() {
        let locked = sandbox.reason().is_none();
        assert_eq!(sandbox.network(), if locked { "loopback" } else { "open" });
        let (own, other) = (Folder::new(), tempfile::tempdir().expect("a temporary folder"));
        let in_memory = Path::new("/dev/shm").join(format!("fake-program-{}", std::process::id()));
        let write = |path: &Path| own.run(&["write", &path.display().to_string()], &sandbox).end;
        assert_eq!(write(&own.path().join("file")), End::Exited(0));
        assert!(own.path().join("file").exists());
        for path in [other.path().join("file"), in_memory] {
            write(&path);
            assert_eq!(path.exists(), !locked, "{}", path.display());
            let _ = std::fs::remove_file(path);
        }
        let connected = own.run(&["connect", &address], &sandbox).end == End::Exited(0);
        assert_eq!(connected, !locked);
    }
}

#[test]
fn a_sandbox_that_does_not_work_says_why() {
    let none = Sandbox::detect(None);
    assert_eq!(none.reason(), Some("bubblewrap (bwrap) is not in PATH"));
    let broken = Sandbox::detect(Some("/bin/false".into()));
    assert!(broken.reason().is_some_and(|why| why.starts_with("bubblewrap does not work here: ")));
    assert_eq!(broken.network(), "open");
}

//! Every command that README.md and CONTRIBUTING.md show does what it is shown for. [`COMMANDS`] says how each is run
//! here; a command that it does not know, or that is no longer shown, fails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::check::broken;
use crate::support::{folder, layout, referee};

/// How a command is run without network, tools or another build.
enum How {
    /// What follows `referee` or `cargo run --release --`, by the built binary, with these words after it, in a folder
    /// that holds copies of `cases` and `tools`. There is no tool in PATH. It has to exit with this code, and to print
    /// this.
    Referee(&'static [&'static str], i32, &'static str),
    /// Copies a file in that folder, and puts its new name in the place of its id.
    Copies,
    /// `cargo test`: its filter selects these tests among those of this binary.
    Tests(&'static [&'static str]),
    /// `cargo test -p`: its filter selects a test, or a module with tests, of that crate.
    TestsOf(&'static str),
    /// A script that parses.
    Parses,
    /// Another program's, on files that lie here.
    Elsewhere(&'static str),
}

use How::{Copies, Elsewhere, Parses, Referee, Tests, TestsOf};

/// In the order in which they are run.
const COMMANDS: [(&str, How); 36] = [
    // README.md
    ("cargo run --release -- run --install", Referee(&["attach-discover"], 0, "written by")),
    ("cargo run --release -- run --install=all", Referee(&["attach-discover"], 0, "written by")),
    ("cargo test", Tests(&["docs::every_command_that_is_shown_works", "trust::"])),
    ("referee view layout v1", Referee(&[], 0, "1 referrer of")),
    ("referee view layout", Referee(&[], 0, "1 subject, 1 referrer")),
    ("referee check bad", Referee(&[], 10, "error[media-type-invalid]")),
    ("referee explain", Referee(&["url-scheme"], 0, "url-scheme")),
    ("referee explain RULE", Referee(&["url-scheme"], 0, "url-scheme")),
    ("referee list requirements", Referee(&[], 0, "LAYOUT-016")),
    ("referee --help", Referee(&[], 0, "Usage: referee")),
    ("referee explain ID", Referee(&["attach-discover"], 0, "attach-discover")),
    ("referee explain attach", Referee(&[], 0, "operation attach")),
    ("cargo install --locked --path .", Elsewhere("Cargo.toml")),
    ("referee tools --help", Referee(&[], 0, "REFEREE_CACHE")),
    ("referee list", Referee(&[], 0, "attach-discover")),
    ("referee schema NAME", Referee(&["case"], 0, "\"$schema\"")),
    // CONTRIBUTING.md
    ("cp cases/conventions/pr-1171.toml mine.toml", Copies),
    ("cargo run --release -- run --convention mine.toml", Referee(&["attach-discover"], 0, "] mine")),
    ("referee run --convention mine.toml", Referee(&["attach-discover"], 0, "] mine")),
    ("referee check LAYOUT --profile my-profile.toml", Referee(&["layout"], 0, "layout: ")),
    ("cp tools/under-test/oras.toml mine.toml", Copies),
    // the tool is not there: the exit code says so
    ("cargo run --release -- tools check mine.toml", Referee(&[], 102, "")),
    ("cargo run --release -- run --driver mine.toml", Referee(&["no-referrers[producer=mine,*"], 102, "")),
    ("cp cases/interop/attach-discover.toml cases/interop/mine.toml", Copies),
    // `cargo run` puts the new file into the binary
    ("cargo run --release -- run mine", Referee(&["--cases", "cases/interop"], 0, "mine")),
    (
        "cp harness/rules/src/catalogue/descriptor/url_scheme.rs harness/rules/src/catalogue/descriptor/my_fault.rs",
        Copies,
    ),
    ("cp cases/conformance/url-scheme.toml cases/conformance/my-fault.toml", Copies),
    ("rustfmt harness/rules/src/catalogue/descriptor/my_fault.rs", Elsewhere("harness/rules/src/catalogue")),
    ("cargo test --test cli conformance", Tests(&["conformance::"])),
    ("INSTA_UPDATE=always cargo test --test cli conformance", Tests(&["conformance::goldens_of_each_rule"])),
    ("INSTA_UPDATE=always cargo test --test cli views", Tests(&["views::views_are_as_approved"])),
    ("cargo test -p referee-rules canonical", TestsOf("harness/rules")),
    (
        "cargo run --release -- run --install --bless golden/interop",
        Referee(&["attach-discover"], 0, "recorded"),
    ),
    ("cargo insta review", Elsewhere("golden/views")),
    ("bash .ci/run", Parses),
    ("REFEREE_UPDATE=1 cargo test schemas", Tests(&["schemas::committed_schemas_are_current"])),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The commands of a document: lines of blocks, and inline code that begins with a program.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut prose = String::new();
    let mut fenced = false;
    for line in text.lines() {
        let shown = if line.starts_with("```") {
            fenced = !fenced;
            continue;
        } else if fenced {
            line.strip_prefix("$ ")
        } else if line.starts_with("    ") {
            Some(line.trim_start())
        } else {
            prose.push_str(line);
            prose.push(' ');
            None
        };
        found.extend(shown.map(str::to_owned));
    }
    let inline = prose.split('`').skip(1).step_by(2);
    found.extend(inline.filter(|code| code.contains(' ')).map(str::to_owned));
    let program = |code: &String| {
        let mut words = code.split(' ').skip_while(|word| word.contains('='));
        words.next().is_some_and(|word| ["bash", "cargo", "cp", "referee", "rustfmt"].contains(&word))
    };
    let without_comment = |code: String| code.split(" #").next().unwrap_or_default().trim_end().to_owned();
    found.into_iter().filter(program).map(without_comment).collect()
}

#[test]
fn every_command_that_is_shown_works() {
    let shown: BTreeSet<String> = ["README.md", "CONTRIBUTING.md"]
        .iter()
        .flat_map(|name| commands(&fs::read_to_string(root().join(name)).unwrap()))
        .collect();
    for command in &shown {
        assert!(COMMANDS.iter().any(|(known, _)| known == command), "{command}: nothing here runs it");
    }
    let folder = folder();
    copy(&root().join("cases"), &folder.path().join("cases"));
    copy(&root().join("tools/under-test"), &folder.path().join("tools/under-test"));
    copy(&root().join("harness/rules"), &folder.path().join("harness/rules"));
    let profile = fs::read_to_string(root().join("cases/profiles/pr-1171.toml")).unwrap();
    let profile = profile.replacen("\"pr-1171\"", "\"my-profile\"", 1);
    fs::write(folder.path().join("my-profile.toml"), profile).unwrap();
    layout(&folder.path().join("layout"));
    broken(&folder.path().join("bad"));
    for (command, how) in &COMMANDS {
        assert!(shown.contains(*command), "`{command}` is shown no longer");
        works(command, how, folder.path());
    }
}

fn works(command: &str, how: &How, folder: &Path) {
    let words: Vec<&str> = command.split(' ').collect();
    match how {
        Copies => {
            let (from, to) = (folder.join(words[1]), folder.join(words[2]));
            let text = fs::read_to_string(&from).unwrap_or_else(|error| panic!("{command}: {error}"));
            // the id of a file is its stem
            let id = |path: &Path| format!("\"{}\"", path.file_stem().unwrap().to_string_lossy());
            fs::write(&to, text.replacen(&id(&from), &id(&to), 1)).unwrap();
        }
        Referee(more, exit, text) => {
            let own = words.iter().position(|word| *word == "--").unwrap_or(0);
            // words in capitals stand for something
            let own =
                words[own + 1..].iter().filter(|word| word.bytes().any(|byte| !byte.is_ascii_uppercase()));
            let output = referee(folder).current_dir(folder).args(own).args(*more).output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(*exit), "{command}:\n{printed}{said}");
            assert!(printed.contains(text), "{command} does not print `{text}`:\n{printed}{said}");
        }
        Tests(selected) => {
            let (_, filter) = command.split_once("cargo test").unwrap();
            // this binary is `cli`
            let filter = filter.replacen("--test cli", "", 1);
            let mut listing = Command::new(std::env::current_exe().unwrap());
            listing.args(filter.split_whitespace()).arg("--list");
            let listed = String::from_utf8(listing.output().unwrap().stdout).unwrap();
            for test in *selected {
                assert!(listed.contains(test), "{command} does not run {test}:\n{listed}");
            }
        }
        TestsOf(sources) => {
            let filter = words.last().unwrap();
            let modules = modules_with_tests(&root().join(sources));
            assert!(
                modules.iter().any(|path| path.contains(filter)),
                "{command}: no such test in {modules:?}"
            );
        }
        Parses => {
            let checked = Command::new("bash").arg("-n").arg(root().join(words[1])).output().unwrap();
            assert!(checked.status.success(), "{command}: {}", String::from_utf8_lossy(&checked.stderr));
        }
        Elsewhere(path) => assert!(root().join(path).exists(), "{command}: there is no {path}"),
    }
}

/// The files of Rust code below `folder` that have tests, from there, without their ending.
fn modules_with_tests(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && fs::read_to_string(&path).unwrap().contains("#[test]")
            {
                found.push(path.strip_prefix(folder).unwrap().with_extension("").display().to_string());
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

//! What a shell offers: bash in person, the others by what they are told to ask.

use std::fs;
use std::process::Command;

use crate::support::{folder, referee, transcript};

/// What bash offers for the last word of a line, once it has read what `referee completions bash` prints.
fn offered(line: &[&str]) -> Vec<String> {
    let folder = folder();
    fs::write(folder.path().join("mine.toml"), "").expect("a file");
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_referee")).parent().expect("a folder");
    let script = r#"
eval "$(referee completions bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9 COMPREPLY=()
_clap_complete_referee referee "${COMP_WORDS[COMP_CWORD]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;
    let mut bash = Command::new("bash");
    bash.env_clear().env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("HOME", folder.path());
    bash.current_dir(folder.path()).args(["-c", script, "bash", "referee"]).args(line);
    let output = bash.output().expect("bash starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash_offers_ids_and_files() {
    for (line, expected) in [
        (&["exp"][..], &["explain"][..]),
        (&["explain", "blob-miss"], &["blob-missing"]),
        (&["explain", "amb-06"], &["AMB-06"]),
        (&["explain", "after-g"], &["after-gc"]),
        (&["explain", "hauler-"], &["hauler-v1"]),
        (&["explain", "umo"], &["umoci"]),
        (&["explain", "stri"], &["strict"]),
        (&["explain", "unlis"], &["unlisted"]),
        (&["schema", "view"], &["view", "view-all"]),
        (&["run", "scale-s"], &["scale-subjects"]),
        (&["run", "--driver", "olareg+m"], &["olareg+mem"]),
        (&["run", "--require", "al"], &["all"]),
        (&["run", "--convention", "min"], &["mine.toml"]),
        (&["list", "req"], &["requirements"]),
        (&["list", "cells", "--driver", "buil"], &["buildctl", "buildx", "builtin"]),
        (&["check", "--profile", "image-"], &["image-spec-head", "image-spec"]),
        (&["check", "--reading", "AMB-06=u"], &["AMB-06=union"]),
        (&["view", "layout", "--convention", "ra"], &["raw"]),
        (&["tools", "check", "m"], &["mine.toml"]),
        (&["tools", "install", "syf"], &["syft"]),
    ] {
        assert_eq!(offered(line), expected, "{line:?}");
    }
}

/// Each shell is told how to ask, and an answer does not need one.
#[test]
fn every_shell_can_ask() {
    let folder = folder();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let text = transcript(folder.path(), &["completions", shell]);
        assert!(text.contains("COMPLETE") && text.ends_with("-- exit 0\n"), "{text}");
    }
    let mut asks = referee(folder.path());
    let output = asks.env("COMPLETE", "fish").args(["--", "referee", "explain", "REF-0"]).output();
    let text = String::from_utf8(output.expect("referee starts").stdout).expect("text");
    assert!(text.lines().any(|line| line == "REF-09"), "{text}");
}

//! What a terminal gets: colours unless it is told otherwise, and lines as long as it is wide.

use std::process::Command;

use crate::check::broken;
use crate::support::{folder, layout};

/// What referee prints on a terminal of so many columns. `script` has a terminal of its own for it.
fn on_terminal(columns: usize, environment: &str, words: &str) -> String {
    let folder = folder();
    let referee = env!("CARGO_BIN_EXE_referee");
    let line = format!(
        "stty cols {columns} rows 40; {environment} PATH= HOME={} {referee} {words}",
        folder.path().display()
    );
    let output =
        Command::new("script").args(["-qec", &line, "/dev/null"]).output().expect("util-linux has script");
    String::from_utf8(output.stdout).expect("text").replace('\r', "")
}

const RUN: &str =
    "run 'attach-discover[producer=builtin,consumer=builtin,convention=*,reader=pr-1171*]' 2>/dev/null";

#[test]
fn a_matrix_has_colours_on_a_terminal_alone() {
    let coloured = on_terminal(80, "TERM=xterm", RUN);
    assert!(coloured.contains("\u{1b}[32mseen\u{1b}[0m"), "{coloured}");
    assert!(coloured.contains("\u{1b}[31mmissed\u{1b}[0m"), "{coloured}");
    for environment in ["TERM=xterm NO_COLOR=1", "TERM=dumb"] {
        let plain = on_terminal(80, environment, RUN);
        assert!(plain.contains("seen") && !plain.contains('\u{1b}'), "{environment}: {plain}");
    }
    let piped = on_terminal(80, "TERM=xterm", &format!("{RUN} | PATH=/usr/bin:/bin cat"));
    assert!(piped.contains("seen") && !piped.contains('\u{1b}'), "{piped}");
}

#[test]
fn lines_are_as_long_as_the_terminal_is_wide() {
    let layouts = folder();
    layout(&layouts.path().join("a"));
    broken(&layouts.path().join("b"));
    let path = layouts.path().display();
    let of_layouts = [format!("view {path}/a"), format!("view {path}/a v1"), format!("check {path}/b")];
    let of_layouts = of_layouts.iter().map(String::as_str);
    for words in of_layouts.chain([
        "list cases",
        "list requirements",
        "list tools",
        "explain blob-missing",
        "explain REF-09",
        RUN,
    ]) {
        let text = on_terminal(60, "NO_COLOR=1 TERM=xterm", words);
        // an address, a digest, a key and an example stay whole, to be copied
        let is_long = |line: &&str| {
            let word = line.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
            line.chars().count() > 60 && !line.starts_with("    {") && word < 30
        };
        let long: Vec<&str> = text.lines().filter(is_long).collect();
        assert!(text.lines().count() > 2 && long.is_empty(), "{words}: {long:#?}");
    }
    // a line of a document is cut to fit
    let check = format!("check {path}/b");
    for (columns, least) in [(60, 50), (80, 70)] {
        let text = on_terminal(columns, "NO_COLOR=1 TERM=xterm", &check);
        let lines = text.lines().filter(|line| line.contains(" | ")).map(|line| line.chars().count());
        let longest = lines.max().unwrap_or_default();
        assert!((least..=columns).contains(&longest), "{columns}, {longest}: {text}");
    }
    let wide = on_terminal(200, "NO_COLOR=1 TERM=xterm", &check);
    assert!(wide.lines().any(|line| line.starts_with("error[") && line.len() > 80), "{wide}");
    let cases = on_terminal(200, "NO_COLOR=1 TERM=xterm", "list cases");
    assert!(cases.lines().all(|line| !line.starts_with(' ')), "{cases}");
    assert!(cases.lines().any(|line| line.chars().count() > 80), "{cases}");
    let matrix = on_terminal(200, "NO_COLOR=1 TERM=xterm", "run attach-discover 2>/dev/null");
    assert!(matrix.contains("[15]") && !matrix.contains("continued"), "{matrix}");
}

//! Names that people type: what is near enough is understood, what is not is told with what was meant.

use std::path::Path;

use crate::support::{folder, layout, referee, transcript};

/// What a command says on standard error, with its exit code.
fn said(folder: &Path, words: &[&str]) -> (String, i32) {
    let output = referee(folder).current_dir(folder).args(words).output().expect("referee starts");
    (String::from_utf8(output.stderr).expect("text"), output.status.code().unwrap_or(-1))
}

/// A filter that selects nothing is a mistake, whatever the others select.
#[test]
fn a_filter_that_matches_nothing_is_told() {
    let folder = folder();
    let all = "`referee list cases` and `referee list cells` show all";
    let filters = [
        ("no-such-case", all),
        ("attach-discovr", "did you mean `attach-discover`?"),
        (
            "atach-discover[consumer=ors,prducer=regctl]",
            "did you mean `attach-discover[consumer=oras,producer=regctl]`?",
        ),
        ("*[convention=raww,*]", "did you mean `*[convention=raw,*]`?"),
        ("attach-discover[consumer=oras", "did you mean `attach-discover[consumer=oras,*]`?"),
        ("attach-discover[consumer=oras]", "did you mean `attach-discover[consumer=oras,*]`?"),
        ("ORAS", "did you mean --driver oras?"),
        ("Pr-1171", "did you mean --convention pr-1171?"),
        (
            "attach-copy-discover[producer=oras,copier=oras,consumer=oras+old]",
            "those that it matches are among --readers all",
        ),
    ];
    let words: Vec<&str> =
        ["run", "attach-discover"].into_iter().chain(filters.iter().map(|(filter, _)| *filter)).collect();
    let want = filters.map(|(filter, advice)| format!("error: no cell matches `{filter}`; {advice}\n"));
    assert_eq!(said(folder.path(), &words), (want.concat(), 4));
    assert_eq!(said(folder.path(), &["run", "attach-discover", "no-such-case"]).1, 4);
    let words = ["run", "--driver", "oras", "attach-discover[producer=regctl,consumer=regctl]"];
    let (text, exit) = said(folder.path(), &words);
    assert!(text.ends_with("none that it matches has what --driver and --convention name\n"), "{text}");
    assert_eq!(exit, 4);
}

/// However a cell is typed, it is the same cell.
#[test]
fn words_of_a_cell_come_in_any_order() {
    let folder = folder();
    let id = "attach-discover[producer=builtin,consumer=builtin,convention=untagged-entries,reader=raw]";
    for typed in [
        id,
        "attach-discover[reader=raw,convention=untagged-entries,consumer=builtin,producer=builtin]",
        "Attach-Discover[convention=ORAS,*,reader=RAW]",
    ] {
        let (cells, _, exit) = crate::support::run(&mut referee(folder.path()), &[typed.into()]);
        assert_eq!(cells.keys().collect::<Vec<_>>(), [id], "{typed}");
        assert_eq!(exit, 0);
    }
}

/// Case and leading zeros do not matter, and what is nearly an id leads to it.
#[test]
fn ids_are_forgiving_wherever_they_are_typed() {
    let folder = folder();
    layout(&folder.path().join("layout"));
    for words in [
        &["explain", "ref-9"][..],
        &["explain", "amb-006"],
        &["explain", "pr1171"],
        &["explain", "MANIFEST16"],
        &["explain", "Blob-Missing"],
        &["explain", "MISSED"],
        &["explain", "seen-2"],
        &["explain", "Attach"],
        &["explain", "PR-1171"],
        &["schema", "Case"],
        &["list", "RULES"],
        &["list", "cells", "--driver", "Oras+OLD", "--convention", "ORAS"],
        &["check", "layout", "--profile", "Image-Spec", "--reading", "amb-6=UNION"],
        &["view", "layout", "v1", "--convention", "Fallback-Tag"],
        &["run", "attach-discover", "--convention", "PR-1171", "--driver", "BUILTIN"],
        &["tools", "list", "REGCTL"],
    ] {
        let (text, exit) = said(folder.path(), words);
        assert_eq!(exit, 0, "{words:?}: {text}");
    }
    for (words, near) in [
        (&["explain", "reff9"][..], "REF-09"),
        (&["explain", "blob-mising"], "blob-missing"),
        (&["explain", "sttrict"], "strict"),
        (&["explain", "attach-discovr"], "attach-discover"),
        (&["explain", "regclt"], "regctl"),
        (&["explain", "mised"], "missed"),
        (&["schema", "cse"], "case"),
        (&["run", "--driver", "orass"], "oras"),
        (&["run", "--convention", "rawe"], "raw"),
        (&["run", "--require", "regclt"], "regctl"),
        (&["check", "layout", "--profile", "stric"], "strict"),
        (&["check", "layout", "--reading", "amb-66=union"], "AMB-06"),
        (&["check", "layout", "--reading", "AMB-06=unon"], "union"),
        (&["view", "layout", "v1", "--convention", "fallback-tagg"], "fallback-tag"),
        (&["tools", "check", "orass"], "oras"),
    ] {
        let (text, exit) = said(folder.path(), words);
        assert!(text.contains(&format!("did you mean `{near}`?")), "{words:?}: {text}");
        assert_eq!(exit, 2, "{words:?}");
    }
    let text = transcript(folder.path(), &["explain", "nothing-like-this"]);
    assert!(text.contains("`referee list rules`") && !text.contains("did you mean"), "{text}");
}

//! Every mistake in a case file is shown at its line, with what was expected.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use referee_runner::Case;
use referee_source::{Source, SourceError};

/// A case without a mistake; each line that a test changes is in it once.
const GOOD: &str = r#"schema = 1
id     = "good"
title  = "A referrer is found"
status = "stable"
level  = "should"
req    = ["REF-01"]

[[content]]
name = "image"
kind = "image"
tag  = "v1"

[[content]]
name          = "sbom"
kind          = "artifact"
subject       = "image"
artifact-type = "application/vnd.example.sbom"

[[content]]
name      = "all"
kind      = "index"
manifests = ["image"]

[axes]
consumer = ["oras", "reg*"]

[[step]]
role    = "producer"
op      = "attach"
content = "sbom"

[[step]]
role    = "consumer"
op      = "discover"
subject = "image"
by      = "digest"
expect  = ["sbom"]

[[expect]]
where   = "same-convention"
outcome = "seen"
"#;

fn parse(text: &str) -> Result<Case, SourceError> {
    Case::parse(&Source::new("cases/interop/good.toml", text))
}

/// The mistake after one text is replaced: `line: message (help)`, and the text pointed at.
fn mistake(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` is not in the good case exactly once");
    let error = parse(&GOOD.replace(from, to)).unwrap_err();
    let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let text = error.source_file.text().get(error.span.clone()).unwrap();
    let pointed = text.lines().next().unwrap_or_default();
    format!("{}: {}{help} @ {pointed}", error.line(), error.message)
}

#[test]
fn the_good_case_is_good() {
    let case = parse(GOOD).unwrap();
    assert_eq!((case.content.len(), case.steps.len(), case.expects.len()), (3, 2, 1));
}

#[test]
fn mistakes_in_the_head() {
    insta::assert_snapshot!([
        mistake("schema = 1", "schema = 2"),
        mistake("\"good\"", "\"other\""),
        mistake("\"good\"", "\"Good\""),
        mistake("title  = \"A referrer is found\"", "title = \" \""),
        mistake("\"stable\"", "\"stabel\""),
        mistake("[\"REF-01\"]", "[]"),
        mistake("[\"REF-01\"]", "[\"REF-1\"]"),
        mistake("[\"REF-01\"]", "[\"REF-01\", \"REF-01\"]"),
        mistake("level  =", "levle  ="),
        mistake("[\"oras\", \"reg*\"]", "[]"),
        mistake("\"reg*\"", "\"Reg*\""),
        mistake("consumer = [", "copier = ["),
    ].join("\n"), @r#"
1: schema 2 is not known, expected 1 @ 2
2: id `other` is not the file's stem, expected `good` @ "other"
2: `Good` is not an id, expected kebab case @ "Good"
3: the title is empty, expected the question as a sentence @ " "
4: unknown variant `stabel`, expected one of `stable`, `proposed`, `draft` @ "stabel"
6: `req` is empty, expected at least one requirement id @ []
6: there is no requirement `REF-1` (did you mean `REF-01`?) @ "REF-1"
6: requirement `REF-01` is cited twice @ "REF-01"
5: unknown field `levle`, expected one of `schema`, `id`, `title`, `why`, `status`, `level`, `req`, `tags`, `content`, `axes`, `repeat`, `step`, `expect` @ levle
25: no driver is left; leave the axis out to allow every driver @ []
25: `Reg*` is neither a driver id nor a glob @ "Reg*"
25: this axis restricts a role that no step has @ ["oras", "reg*"]
"#);
}

/// Several layouts, and steps that start together.
#[test]
fn mistakes_in_what_steps_share() {
    let attach = "op      = \"attach\"";
    let discover = "op      = \"discover\"";
    insta::assert_snapshot!([
        mistake("level  =", "repeat = 0\nlevel  ="),
        mistake("level  =", "repeat = 101\nlevel  ="),
        mistake(attach, &format!("{attach}\nin      = \"A layout\"")),
        mistake(attach, &format!("{attach}\nto      = \"both\"")),
        mistake(attach, &format!("{attach}\nat-once = true")),
        mistake(discover, &format!("{discover}\nat-once = true")),
        mistake(discover, &format!("{discover}\nin      = \"other\"")),
    ].join("\n"), @r#"
5: 0 is not from 1 to 100 @ 0
5: 101 is not from 1 to 100 @ 101
30: `A layout` is not an id, expected kebab case @ "A layout"
30: `attach` copies nothing, and takes no `to` @ "both"
30: only a step that changes the same layout by the same operation, or that works on the same registry, can be started together with the one before it @ true
35: only a step that changes the same layout by the same operation, or that works on the same registry, can be started together with the one before it @ true
38: `sbom` is in another layout, and no step before this one copies it here @ "sbom"
"#);
}

/// What stands for many is told apart by number, and is the built-in writer's alone.
#[test]
fn mistakes_in_content_of_many() {
    let many = |from: &str, to: &str| {
        let good = GOOD.replace("consumer = [\"oras\", \"reg*\"]", "producer = [\"builtin\"]");
        let good = good.replace(
            "\n\n[[content]]\nname      = \"all\"",
            "\ncount = 3\n\n[[content]]\nname      = \"all\"",
        );
        let good = good.replace("op      = \"attach\"", "op      = \"push\"");
        assert_eq!(parse(&good).map(|case| case.content.len()).unwrap(), 5);
        assert_eq!(good.matches(from).count(), 1, "`{from}` is not there exactly once");
        let error = parse(&good.replace(from, to)).unwrap_err();
        let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}: {}{help}", error.line(), error.message)
    };
    insta::assert_snapshot!([
        many("count = 3", "count = 0"),
        many("count = 3", "count = 10001"),
        many("kind = \"image\"", "kind = \"image\"\ncount = 2"),
        many("manifests = [\"image\"]", "manifests = [\"sbom\"]"),
        many("manifests = [\"image\"]", "manifests = [\"image\"]\ncount = 2"),
        many("producer = [\"builtin\"]", "producer = [\"oras\"]"),
        many("content = \"sbom\"", "content = \"sbom#1\""),
        many("subject = \"image\"\nby", "subject = \"sbom\"\nby"),
        many("expect  = [\"sbom\"]", "expect = [\"sbom#1\"]"),
        many("expect  = [\"sbom\"]", "expect = [\"sbom\", \"sbom#2\"]"),
        many("name      = \"all\"", "name = \"all#1\""),
        many("tag  = \"v1\"", "tag = \"v1\"\nsubject = \"sbom\""),
    ].join("\n"), @r#"
18: `count` is 0, expected 1 to 10000
18: `count` is 10001, expected 1 to 10000
17: `image` stands for 2, and each needs a referrer (write `count = 2` here, too)
23: `sbom` stands for many, and an index names each
24: an index takes no `count`
31: `sbom` stands for many, which the built-in writer alone writes at once (name `sbom`, and set `producer = ["builtin"]` under [axes])
31: `sbom` stands for many, which the built-in writer alone writes at once (name `sbom`, and set `producer = ["builtin"]` under [axes])
36: `sbom` stands for many, expected one of them, as in `sbom#1`
38: `sbom#2` refers to `image` too
38: `sbom#2` is expected twice
21: `all#1` is not a name, expected kebab case, at most 60 characters
12: `sbom` stands for 3, and each needs a referrer (write `count = 3` here, too)
"#);
}

#[test]
fn mistakes_in_content() {
    insta::assert_snapshot!([
        mistake("subject       = \"image\"", "subject = \"imgae\""),
        mistake("manifests = [\"image\"]", "manifests = [\"arm\"]"),
        mistake("manifests = [\"image\"]", "manifests = [\"all\"]"),
        mistake("manifests = [\"image\"]", ""),
        mistake("tag  = \"v1\"", "tag = \"v 1\""),
        mistake("tag  = \"v1\"", "subject = \"sbom\""),
        mistake("tag  = \"v1\"", "platform = \"linux\""),
        mistake("tag  = \"v1\"", "media-type = \"text/plain\""),
        mistake("tag  = \"v1\"", "wrong-subject = { size = 1 }"),
        mistake("name      = \"all\"", "name = \"image\""),
        mistake("name      = \"all\"", "name = \"All\""),
        mistake("name      = \"all\"", "name = \"all\"\ntag = \"v1\""),
        mistake("\"application/vnd.example.sbom\"", "\"sbom\""),
        mistake("artifact-type = \"application/vnd.example.sbom\"", ""),
        mistake("[axes]", "[[content]]\nname = \"twin\"\nkind = \"index\"\nmanifests = [\"image\"]\n[axes]"),
        mistake("[axes]", "[[content]]\nname = \"late\"\nkind = \"artifact\"\nconfig = \"a/b\"\nsubject = \"all\"\n[axes]"),
    ].join("\n"), @r#"
16: there is no content named `imgae` (did you mean `image`?) @ "imgae"
22: there is no content named `arm` (expected one of `image`, `sbom`, `all`) @ "arm"
20: `all` needs its own digest: its subject or a child leads back to it @ "all"
20: an index needs `manifests`, which may be empty @ "all"
11: `v 1` is not a tag, expected letters, digits, `_`, `.`, `-`, at most 128 @ "v 1"
9: `image` needs its own digest: its subject or a child leads back to it @ "image"
11: `linux` is not a platform, expected `os/architecture` @ "linux"
11: an image takes no `media-type` @ "text/plain"
11: `wrong-subject` needs a `subject` @ { size = 1 }
20: there are two contents named `image` @ "image"
20: `All` is not a name, expected kebab case, at most 60 characters @ "All"
21: two contents have this tag, and a tag names one @ "v1"
17: `sbom` is not a media type, expected `type/subtype` (RFC 6838) @ "sbom"
14: an artifact with the empty config needs an `artifact-type` (MANIFEST-003) @ "sbom"
25: `twin` has the very bytes of `all` (let them differ in text, type or annotations) @ "twin"
28: no step attaches or pushes `late`, so no tool would know it @ "all"
"#);
}

#[test]
fn mistakes_in_steps() {
    insta::assert_snapshot!([
        mistake("role    = \"producer\"", "role = \"mutator\""),
        mistake("op      = \"attach\"", "op = \"copy\""),
        mistake("content = \"sbom\"", "content = \"sbmo\""),
        mistake("content = \"sbom\"", "content = \"image\""),
        mistake("content = \"sbom\"", ""),
        mistake("by      = \"digest\"", "source = \"image\""),
        mistake("by      = \"digest\"", "by = \"platform\""),
        mistake("tag  = \"v1\"", "absent = true"),
        mistake("artifact-type = \"app", "inline = true\nartifact-type = \"app"),
        mistake("expect  = [\"sbom\"]", "expect = []"),
        mistake("expect  = [\"sbom\"]", "expect = [\"all\"]"),
        mistake("expect  = [\"sbom\"]", "expect = [\"sbom\", \"sbom\"]"),
        mistake("expect  = [\"sbom\"]", ""),
        mistake("subject = \"image\"\nby", "subject = \"sbom\"\nby"),
        mistake("subject = \"image\"\nby      = \"digest\"\nexpect  = [\"sbom\"]", "subject = \"all\"\nexpect = []"),
        mistake("subject = \"image\"\nby      = \"digest\"\nexpect  = [\"sbom\"]", "subject = \"all\"\nby = \"tag\"\nexpect = []"),
        mistake("where   = \"same", "where   = \"some"),
        mistake("outcome = \"seen\"", "outcome = \"seen\"\nreq = [\"API-7\"]"),
    ].join("\n"), @r#"
28: `attach` is done by a producer @ "mutator"
28: `copy` is done by a copier @ "producer"
30: there is no content named `sbmo` (expected one of `image`, `sbom`, `all`) @ "sbmo"
30: `image` has no subject to be attached to @ "image"
27: this step needs `content` @ [[step]]
36: `discover` takes no `source` @ "image"
35: `image` is not an image in an index with a tag @ "image"
30: the subject `image` is not in the layout yet (use `op = "push"`) @ "sbom"
31: no tool can be told to attach this: an artifact with nothing but a subject, a type, annotations and a text (use `op = "push"`) @ "sbom"
37: `sbom` refers to `image` too @ []
37: `all` does not refer to `image` @ "all"
37: `sbom` is expected twice @ "sbom"
32: this step needs `expect` @ [[step]]
37: `sbom` does not refer to `sbom` @ "sbom"
36: a tool that does nothing passes this: every `discover` expects nothing (add a `discover` step whose `expect` is not empty) @ []
35: `all` has no tag to be addressed by (give it a `tag`) @ "all"
40: unknown variant `some-convention`, expected `same-convention` or `same-registry` @ "some-convention"
42: there is no requirement `API-7` (did you mean `API-007`?) @ "API-7"
"#);
}

#[test]
fn a_referrer_cannot_be_listed_before_it_is_there() {
    let (head, steps) = GOOD.split_once("[[step]]").unwrap();
    let (attach, rest) = steps.split_once("[[step]]").unwrap();
    let (discover, expect) = rest.split_once("[[expect]]").unwrap();
    let swapped = format!("{head}[[step]]{discover}[[step]]{attach}[[expect]]{expect}");
    let error = parse(&swapped).unwrap_err();
    insta::assert_snapshot!(error, @r#"cases/interop/good.toml:32:12: `sbom` is not in the layout before this step"#);
}

#[test]
fn mistakes_in_steps_of_mutators() {
    let step = |keys: &str| {
        let next = "[[step]]\nrole    = \"consumer\"";
        mistake(next, &format!("[[step]]\nrole = \"mutator\"\n{keys}\n{next}"))
    };
    insta::assert_snapshot!([
        step("op = \"tag\"\ncontent = \"image\""),
        step("op = \"tag\"\ncontent = \"image\"\nas = [\"v2\"]"),
        step("op = \"tag\"\ncontent = \"image\"\nas = \"v 2\""),
        step("op = \"tag\"\ncontent = \"image\"\nas = \"v1\""),
        step("op = \"tag\"\ncontent = \"all\"\nas = \"v2\""),
        step("op = \"delete\"\ncontent = \"sbom\""),
        step("op = \"delete\"\ncontent = \"all\""),
        step("op = \"delete\"\ncontent = \"sbom\"\nwhat = \"tag\""),
        step("op = \"delete\"\ncontent = \"image\"\nwhat = \"blob\""),
        step("op = \"write\"\ncontent = \"sbom\""),
        step("op = \"write\"\ncontent = \"all\""),
    ].join("\n"), @r#"
32: this step needs `as` @ [[step]]
36: `as` is one word and no list @ ["v2"]
36: `v 2` is not a tag, expected letters, digits, `_`, `.`, `-`, at most 128 @ "v 2"
36: a content has the tag `v1` already @ "v1"
35: `all` has no tag to be addressed by (give it a `tag`) @ "all"
41: `sbom` is deleted before this step @ "sbom"
35: `all` has children, which would go with it or not @ "all"
35: whether `sbom` is a referrer without its tag is not settled @ "sbom"
36: `what` cannot be `blob`, expected one of `manifest`, `tag` @ "blob"
35: `sbom` is in the layout already @ "sbom"
35: no tool can be told to write this: an artifact with nothing but a tag, a type and a text @ "all"
"#);
}

use proptest::prelude::*;

use super::{DEPTH, Kind, Places, Problem, Tree, Value, parse};

fn problem(bytes: &[u8]) -> Option<(Problem, usize)> {
    Tree::parse(bytes).err().map(|error| (error.problem, error.offset))
}

#[test]
fn mistakes_have_their_place() {
    let cases: [(&[u8], Problem, usize); 12] = [
        (b"", Problem::Empty, 0),
        (b" \n", Problem::Empty, 2),
        ("\u{feff}{}".as_bytes(), Problem::ByteOrderMark, 0),
        (b"{\"a\":\xff}", Problem::Utf8, 5),
        (b"{\"a\":1", Problem::End, 6),
        (b"{a:1}", Problem::Name, 1),
        (b"{\"a\" 1}", Problem::Colon, 5),
        (b"[1 2]", Problem::Comma, 3),
        (b"[01]", Problem::Number, 2),
        (b"[\"\\x\"]", Problem::Escape, 3),
        (b"[\"\n\"]", Problem::Control, 2),
        (b"{} {}", Problem::Trailing, 3),
    ];
    for (bytes, wanted, offset) in cases {
        let (found, at) =
            problem(bytes).unwrap_or_else(|| panic!("{:?} parses", String::from_utf8_lossy(bytes)));
        assert_eq!(found, wanted, "{:?}", String::from_utf8_lossy(bytes));
        // a place one byte off would still be shown under the right character
        assert!(at.abs_diff(offset) <= 1, "{:?}: {at}, not {offset}", String::from_utf8_lossy(bytes));
    }
    let error = Tree::parse(b"{\n  \"a\": tru\n}").unwrap_err();
    assert_eq!(error.line, 2);
}

#[test]
fn depth_has_a_limit_and_no_stack() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(problem(nested(DEPTH).as_bytes()), None);
    assert!(matches!(problem(nested(DEPTH + 1).as_bytes()), Some((Problem::Depth, _))));
    assert!(matches!(problem("[".repeat(1_000_000).as_bytes()), Some((Problem::Depth, _))));
}

#[test]
fn spans_pointers_and_duplicates() {
    let text = r#"{"a": {"x/y": [1, "zwei"]}, "a": null}"#;
    let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
    let root = tree.root(text);
    assert_eq!(root.get_all("a").count(), 2);
    assert_eq!(root.duplicate_names().len(), 1);
    let first = root.get("a").unwrap();
    assert_eq!(&text[first.span()], r#"{"x/y": [1, "zwei"]}"#);
    assert_eq!(first.get("x/y").unwrap().items().nth(1).unwrap().as_str().as_deref(), Some("zwei"));
    assert_eq!(root.at_pointer("/a/x~1y/1").unwrap().text(), "\"zwei\"");
}

/// RFC 8259 leaves open which one counts; the documentation of `get` says why it is the first here.
#[test]
fn of_duplicate_names_the_first_counts_for_every_reader() {
    for (first, last) in [("1", "2"), ("null", "{\"b\": 3}"), ("{\"b\": 3}", "null")] {
        let text = format!("{{\"o\": {{\"a\": {first}, \"\\u0061\": {last}}}}}");
        let tree = Tree::parse_text(&text).unwrap();
        let root = tree.root(&text);
        assert_eq!(root.at_pointer("/o/a").unwrap().text(), first);
        assert_eq!(root.get("o").unwrap().get("a").unwrap().text(), first);
        let all: Vec<_> = root.get("o").unwrap().get_all("a").map(|value| value.text()).collect();
        assert_eq!(all, [first, last]);
        assert_eq!(root.duplicate_names()[0].text(), "\"\\u0061\"");
    }
    let text = r#"{"o": {"a": 1, "a": {"b": 3}}}"#;
    let tree = Tree::parse_text(text).unwrap();
    assert!(tree.root(text).at_pointer("/o/a/b").is_none(), "the second one is never entered");
}

#[test]
fn strings_may_hold_lone_surrogates() {
    let (tree, text) = Tree::parse(br#"["\ud800", "\ud83d\ude00"]"#).unwrap();
    let items: Vec<_> = tree.root(text).items().collect();
    assert!(!items[0].is_well_formed());
    assert!(items[1].is_well_formed());
    assert_eq!(items[1].as_str().as_deref(), Some("😀"));
}

#[test]
fn unambiguous_is_what_all_parsers_read_alike() {
    let unambiguous = |json: &str| {
        let text = format!("{{\"name\": [{json}]}}");
        Tree::parse_text(&text).unwrap().is_unambiguous()
    };
    for yes in [
        "0",
        "123456789012345",
        "true, false, null",
        r#""a string of more than sixteen bytes""#,
        r#"{"a":1,"b":2}"#,
    ] {
        assert!(unambiguous(yes), "{yes}");
    }
    let long = r#""a string of more than sixteen bytés""#;
    for no in ["-1", "-0", "1.0", "1e2", "1234567890123456", r#""\n""#, r#""é""#, long, r#"{"a":1,"a":2}"#] {
        assert!(!unambiguous(no), "{no}");
    }
}

#[test]
fn arrays_and_objects_span_their_brackets() {
    let (tree, text) = Tree::parse(br#" {"a": [1, {}, [ ]], "b": {"c": []} } "#).unwrap();
    let root = tree.root(text);
    for (pointer, wanted) in [
        ("", text.trim()),
        ("/a", "[1, {}, [ ]]"),
        ("/a/1", "{}"),
        ("/a/2", "[ ]"),
        ("/b", r#"{"c": []}"#),
        ("/b/c", "[]"),
    ] {
        let value = root.at_pointer(pointer).unwrap();
        assert_eq!((value.text(), value.pointer()), (wanted, pointer.to_owned()));
    }
}

/// A value and all below it, with their pointers.
fn everything<'a>(value: Value<'a>, pointer: &str, all: &mut Vec<(String, Value<'a>)>) {
    all.push((pointer.to_owned(), value));
    for (n, item) in value.items().enumerate() {
        everything(item, &format!("{pointer}/{n}"), all);
    }
    for (name, member) in value.members() {
        let name = name.as_str().unwrap().replace('~', "~0").replace('/', "~1");
        everything(member, &format!("{pointer}/{name}"), all);
    }
}

#[test]
fn the_pointers_of_a_long_list_take_one_pass() {
    let text = format!("[{}]", vec![r#"{"a":1}"#; 200_000].join(","));
    let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
    let (mut there, mut back) = (Places::default(), Places::default());
    // one pass for each would be a pass of 20 000 million steps
    for (n, item) in tree.root(text).items().enumerate() {
        let pointer = format!("/{n}/a");
        assert_eq!(there.pointer(&item.get("a").unwrap()), pointer);
        assert!(back.find(&tree.root(text), &pointer).is_some());
    }
}

/// The second opinion: what serde_json makes of a value.
fn same(ours: Value<'_>, theirs: &serde_json::Value) -> bool {
    match theirs {
        serde_json::Value::Null => ours.is_null(),
        serde_json::Value::Bool(value) => ours.as_bool() == Some(*value),
        serde_json::Value::Number(value) => {
            let number = ours.as_number().and_then(|text| text.parse::<f64>().ok());
            number == value.as_f64()
        }
        serde_json::Value::String(value) => ours.as_str().as_deref() == Some(value),
        serde_json::Value::Array(items) => {
            ours.kind() == Kind::Array
                && ours.items().count() == items.len()
                && ours.items().zip(items).all(|(ours, theirs)| same(ours, theirs))
        }
        serde_json::Value::Object(members) => {
            ours.kind() == Kind::Object
                && members.iter().all(|(name, theirs)| ours.get(name).is_some_and(|ours| same(ours, theirs)))
        }
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_string_is_scanned_to_the_first_special_byte(
        text in prop::collection::vec(
            prop_oneof![30 => 0x20..=0xff_u8, 1 => prop::sample::select(b"\"\\\x00\x1f\x20\x21\x5b\x5d".to_vec())],
            0..40,
        ),
        at in 0..4_usize,
    ) {
        let rest = text.get(at..).unwrap_or_default();
        let stop = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
        prop_assert_eq!(parse::special(&text, at), at + stop);
    }

    #[test]
    fn any_bytes_are_json_or_not_as_serde_json_says(bytes in prop::collection::vec(prop_oneof![
        any::<u8>(), prop::sample::select(b"{}[]\",:\\0123456789.eE+-truefalsn \t\r\n".to_vec())
    ], 0..64)) {
        let ours = Tree::parse(&bytes);
        let theirs = serde_json::from_slice::<serde_json::Value>(&bytes);
        if let (Ok((tree, text)), Ok(theirs)) = (&ours, &theirs) {
            let root = tree.root(text);
            prop_assert!(!root.duplicate_names().is_empty() || same(root, theirs));
        }
        // serde_json refuses lone surrogates and numbers beyond f64, which the grammar allows
        if theirs.is_ok() {
            prop_assert!(ours.is_ok(), "{:?}", ours.err());
        }
    }

    #[test]
    fn names_that_are_there_already_are_found_however_they_are_written(names in prop::collection::vec(
        prop::sample::select(vec!["a", "\\u0061", "b", "ab", "ba", "", "\\n", "\\u000a", "a-longer-name", "a-longer-nbme", "é"]),
        0..16,
    )) {
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\": {{\"{name}\": 1}}")).collect();
        let text = format!("[{{{}}}]", members.join(", "));
        let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
        let meant = |name: &str| name.replace("\\u0061", "a").replace("\\u000a", "\\n");
        let again = |n: usize| names[..n].iter().any(|earlier| meant(earlier) == meant(names[n]));
        let wanted: Vec<_> = (0..names.len()).filter(|n| again(*n)).map(|n| format!("\"{}\"", names[n])).collect();
        let found: Vec<_> = tree.root(text).duplicate_names().iter().map(|name| name.text().to_owned()).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn values_are_those_of_serde_json(value in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
        prop_assert!(same(tree.root(text), &value));
    }

    #[test]
    fn many_places_are_found_as_each_by_itself(value in json(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let text = serde_json::to_string(&value).unwrap();
        let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
        let mut all = Vec::new();
        everything(tree.root(text), "", &mut all);
        let (mut there, mut back) = (Places::default(), Places::default());
        let any = order.iter().map(|at| &all[at.index(all.len())]);
        for (pointer, value) in all.iter().chain(all.iter().rev()).chain(any) {
            prop_assert_eq!(&there.pointer(value), pointer);
            prop_assert_eq!(back.find(&tree.root(text), pointer).map(|found| found.span()), Some(value.span()));
        }
    }

    #[test]
    fn a_broken_text_never_panics(value in json(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut bytes = serde_json::to_vec(&value).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok((tree, text)) = Tree::parse(&bytes) {
            let root = tree.root(text);
            let _ = (root.duplicate_names(), root.pointer(), root.at_pointer("/0/a~1/-"), root.as_str());
        }
    }
}

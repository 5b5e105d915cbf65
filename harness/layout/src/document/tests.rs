use super::{DescriptorView, Document, Field, ManifestView};

fn with<T>(text: &str, check: impl FnOnce(ManifestView<'_>) -> T) -> T {
    let document = Document::parse("a.json", text.as_bytes());
    check(ManifestView::new(document.root().unwrap()))
}

#[test]
fn fields_are_present_absent_or_malformed() {
    with(
        r#"{"schemaVersion": 2, "artifactType": 7, "subject": {"digest": "sha256:short", "size": -1}}"#,
        |view| {
            assert_eq!(view.schema_version().present(), Some(&2));
            assert!(view.media_type().is_absent());
            assert!(view.artifact_type().malformed().is_some());
            let subject = DescriptorView::new(view.subject().into_present().unwrap());
            assert!(subject.digest().malformed().is_some());
            assert!(subject.size().malformed().is_some());
            assert!(subject.media_type().is_absent());
        },
    );
}

#[test]
fn sizes_are_whole_numbers_that_fit() {
    for (text, wanted) in [
        ("0", Some(0)),
        ("9223372036854775807", Some(i64::MAX as u64)),
        ("1.5", None),
        ("\"1\"", None),
        ("123456789012345678901234567890", None),
        ("null", None),
    ] {
        let text = format!(r#"{{"subject": {{"size": {text}}}}}"#);
        let found = with(&text, |view| {
            DescriptorView::new(view.subject().into_present().unwrap()).size().into_present()
        });
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn annotations_are_texts() {
    with(r#"{"annotations": {"a": "b", "c": 1}}"#, |view| {
        assert!(matches!(view.annotations(), Field::Malformed(..)));
    });
    with(r#"{"annotations": {"a": "b", "": ""}}"#, |view| {
        assert_eq!(view.annotations().into_present().unwrap().len(), 2);
    });
}

#[test]
fn what_is_no_json_keeps_its_bytes_and_its_mistake() {
    let document = Document::parse("a.json", b"{\"a\":");
    assert_eq!(document.bytes(), b"{\"a\":");
    assert_eq!(document.root().unwrap_err().line, 1);
}

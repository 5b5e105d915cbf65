//! The words of views, explained.
//!
//! Owns: what each word for scripts means. Leaves to others: printing it.

/// Codes of [`super::Diagnostic`], with what each means as a sentence fragment.
pub const CODES: [(&str, &str); 18] = [
    (
        "fields-differ",
        "a list describes a referrer otherwise than its own manifest does, which has the last word",
    ),
    ("listed-corrupt", "a list has something whose blob does not match its digest"),
    ("listed-invalid", "a list has something that is no valid manifest or index"),
    ("listed-no-referrer", "a list has something that refers to nothing"),
    ("listed-other", "a list has something that refers to another subject"),
    (
        "no-response",
        "the layout has no response for the subject, so nobody knows whether these are all referrers",
    ),
    ("no-response-type", "an entry is marked as a response, and its type is not that of an index"),
    ("referrer-as-response", "an entry is marked as a response, and points at a referrer"),
    ("referrer-corrupt", "the blob of a referrer that is listed does not match its digest"),
    ("referrer-missing", "the blob of a referrer that is listed is not in the layout"),
    (
        "referrer-unreadable",
        "the blob of a referrer that is listed could not be read, or is no manifest or index",
    ),
    ("referrer-unverified", "a referrer's digest is of an algorithm for which there is no function here"),
    (
        "response-absent",
        "index.json is marked as one with responses, and there is none for referrers that are there",
    ),
    ("response-broken", "a response is missing, or could not be read or used"),
    ("subject-absent", "the subject itself is not in the layout"),
    (
        "subject-size-differs",
        "a referrer names the subject with another size; tools that compare it do not find the referrer",
    ),
    (
        "subject-type-differs",
        "a referrer names the subject with another media type or none; tools that compare it do not find the referrer",
    ),
    ("unlisted", "a referrer is there that a response of its subject does not list"),
];

/// How something names a subject ([`super::How::word`]), with what each means as a sentence fragment.
pub const HOWS: [(&str, &str); 6] = [
    ("subject", "by the `subject` of a valid manifest or index: it is a referrer"),
    ("listed", "by a response that lists it, and its own manifest is not there, or could not be read"),
    (
        "invalid",
        "by the `subject` of what is no valid manifest or index, or whose blob does not match its digest: no reader should \
                 use it, and some tools do",
    ),
    ("annotation", "by an annotation that some convention uses, and not by `subject`: it is no referrer"),
    (
        "tag",
        "by a tag that is made of the subject's digest, such as `sha256-....sig`, and not by `subject`: it is no referrer",
    ),
    (
        "unclear",
        "nobody knows: it could not be read, or what it says is malformed, so it may refer to anything",
    ),
];

/// Whether a view has all referrers ([`super::Complete::word`]), with what each means as a sentence fragment.
pub const COMPLETE: [(&str, &str); 3] = [
    (
        "yes",
        "a response or a marker in the layout says that these are all referrers, and nothing speaks against it",
    ),
    ("no", "something is known to be missing from a list that should have it, or a list could not be read"),
    ("unknown", "nothing in the layout says whether these are all referrers"),
];

//! Command lines of operations, and how an answer is read out of what they print.
//!
//! Owns: their form in a driver file. Leaves to others: checks across keys ([`super::check`]), words
//! ([`super::text`]), running them ([`crate::backend`]).

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Arg, Text};

/// The command lines of one operation, in order: one at least. The first that fails ends it; what the last one prints is
/// the answer.
#[derive(Debug, Clone)]
pub struct Calls(Vec<Call>);

/// One command line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Call {
    /// Another program of the same tool: a name beside the driver's own program.
    #[serde(default)]
    pub program: Option<String>,
    /// Arguments after the program.
    pub argv: Vec<Arg>,
    /// A file to feed to standard input; nothing by default.
    #[serde(default)]
    pub stdin: Option<Text>,
    /// Where in the JSON on standard output the answer is (RFC 6901): the list of descriptors, or the words.
    #[serde(default)]
    pub view: Option<String>,
    /// For an answer that is not JSON: a regular expression whose first group is a digest, or a word of the answer, each time
    /// that it matches.
    #[serde(default, rename = "match")]
    pub pattern: Option<String>,
    /// The answer is the digest of what is printed.
    #[serde(default)]
    pub hash: bool,
    /// The only artifact type that is listed, or made. Where a case has another, the tool is not asked.
    #[serde(default)]
    pub only: Option<String>,
    /// What the tool attaches is of its own making, such as a signature: it is not given a file and annotations.
    #[serde(default)]
    pub own: bool,
}

/// How an answer is read out of what is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerForm {
    /// JSON, at this pointer.
    View(String),
    /// Each match of a regular expression.
    Pattern(String),
    /// The digest of all of it.
    Hash,
}

impl Calls {
    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Call> {
        self.0.iter()
    }

    /// All of them, to add words to.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.0.iter_mut()
    }

    /// The one whose output is the answer.
    pub fn last(&self) -> &Call {
        self.0.last().expect("a driver file without a call is not read")
    }

    pub(super) fn last_mut(&mut self) -> &mut Call {
        self.0.last_mut().expect("a driver file without a call is not read")
    }

    /// Whether they stand in a list.
    pub(super) fn are_listed(&self) -> bool {
        self.0.len() > 1
    }
}

impl Call {
    /// The forms of an answer that the call names; it should be one where there is something to read.
    pub(super) fn forms(&self) -> Vec<AnswerForm> {
        let view = self.view.clone().map(AnswerForm::View);
        let pattern = self.pattern.clone().map(AnswerForm::Pattern);
        view.into_iter().chain(pattern).chain(self.hash.then_some(AnswerForm::Hash)).collect()
    }

    /// How the answer is read.
    pub fn answer(&self) -> Option<AnswerForm> {
        self.forms().into_iter().next()
    }
}

impl<'de> Deserialize<'de> for Calls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Calls;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table with `argv`, or a list of such tables")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Calls, A::Error> {
                Call::deserialize(MapAccessDeserializer::new(map)).map(|call| Calls(vec![call]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Calls, A::Error> {
                let mut calls = Vec::new();
                while let Some(call) = seq.next_element()? {
                    calls.push(call);
                }
                if calls.is_empty() {
                    return Err(serde::de::Error::invalid_length(0, &self));
                }
                Ok(Calls(calls))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

impl JsonSchema for Calls {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Calls".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let call = generator.subschema_for::<Call>();
        json_schema!({
            "description": "One call, or several in order: the first that fails ends the operation, and the last one's output is the answer.",
            "anyOf": [call, { "type": "array", "items": call, "minItems": 1 }]
        })
    }
}

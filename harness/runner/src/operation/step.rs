//! Steps of a case: as its file has them, and as it has been decided what they mean.
//!
//! Owns: reading a step's keys with their places, whatever the operation, and their JSON Schema, from the table. Leaves
//! to others: what the keys mean ([`super::StepReader`] and each operation).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use referee_results::Role;
use referee_source::At;
use referee_writer::Name;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json, json};

use super::names::sentence;
use super::{Action, Capability, Form, Key, Operation, Question, ResultIn, TABLE};

/// One thing that a role does.
#[derive(Debug, Clone)]
pub struct Step {
    /// The operation.
    pub operation: &'static Operation,
    /// The content that it adds to the layout.
    pub adds: Option<Name>,
    /// The layout that it is done on; empty where the case has but one.
    pub layout: String,
    /// Whether it is started together with the step before it.
    pub at_once: bool,
    /// Of a copy: the layout that it goes to, if not in the place of the one that is copied.
    pub to: Option<String>,
    /// The content that it takes out of the layout.
    pub removes: Option<Name>,
    /// What is done.
    pub action: Arc<dyn Action>,
}

impl Step {
    /// Who does it.
    pub fn role(&self) -> Role {
        self.operation.role
    }

    /// What a driver has to claim.
    pub fn needs(&self) -> &'static Capability {
        self.action.needs()
    }

    /// The question that is asked, of a step that changes nothing.
    pub fn question(&self) -> Option<&Question> {
        self.action.question()
    }
}

/// The TOML form of a step: its role, its operation, and the keys of that operation.
#[derive(Debug, Clone)]
pub struct StepFile {
    /// Who does it. Two steps of one role are done by the same driver.
    pub role: At<Role>,
    /// What is done.
    pub op: At<&'static Operation>,
    /// The layout that it is done on.
    pub(super) layout: Option<At<String>>,
    /// Whether it is started together with the step before it.
    pub(super) at_once: Option<At<bool>>,
    /// Of a copy: the layout that it goes to.
    pub(super) to: Option<At<String>>,
    /// All other keys.
    pub(super) keys: BTreeMap<String, Value>,
}

impl StepFile {
    /// The place of a key's value, if the step has it.
    pub fn span_of(&self, key: &str) -> Option<std::ops::Range<usize>> {
        self.keys.get(key).map(Value::span)
    }
}

/// The value of a step's key.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(At<String>),
    List(At<Vec<At<String>>>),
}

impl Value {
    pub(super) fn span(&self) -> std::ops::Range<usize> {
        match self {
            Self::Text(text) => text.span(),
            Self::List(list) => list.span(),
        }
    }
}

/// A value before its own place is known.
enum Bare {
    Text(String),
    List(Vec<At<String>>),
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrList;
        impl<'de> Visitor<'de> for TextOrList {
            type Value = Bare;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bare, E> {
                Ok(Bare::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bare, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = seq.next_element()? {
                    list.push(item);
                }
                Ok(Bare::List(list))
            }
        }
        deserializer.deserialize_any(TextOrList)
    }
}

impl<'de> Deserialize<'de> for StepFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = StepFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step: `role`, `op` and the keys of that operation")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StepFile, A::Error> {
                let (mut role, mut op, mut keys) = (None, None, BTreeMap::new());
                let (mut layout, mut at_once, mut to) = (None, None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "role" => role = Some(map.next_value()?),
                        "op" => op = Some(map.next_value()?),
                        "in" => layout = Some(map.next_value()?),
                        "at-once" => at_once = Some(map.next_value()?),
                        "to" => to = Some(map.next_value()?),
                        _ => {
                            let value: At<Bare> = map.next_value()?;
                            let value = match value.split() {
                                (span, Bare::Text(text)) => Value::Text(At::new(span, text)),
                                (span, Bare::List(list)) => Value::List(At::new(span, list)),
                            };
                            keys.insert(key, value);
                        }
                    }
                }
                let role = role.ok_or_else(|| A::Error::missing_field("role"))?;
                let op = op.ok_or_else(|| A::Error::missing_field("op"))?;
                Ok(StepFile { role, op, layout, at_once, to, keys })
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl JsonSchema for StepFile {
    fn schema_name() -> Cow<'static, str> {
        "StepFile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let steps: Vec<Json> = TABLE.iter().map(|operation| schema(operation)).collect();
        json_schema!({ "description": "One thing that one role does.", "oneOf": steps })
    }
}

/// The schema of the steps of one operation.
fn schema(operation: &Operation) -> Json {
    let mut properties = Map::new();
    let who = "Who does it. Two steps of one role are done by the same driver.";
    properties.insert("role".into(), json!({ "description": who, "const": operation.role.name() }));
    properties.insert("op".into(), json!({ "description": "What is done.", "const": operation.name }));
    let layout = "The layout that it is done on, by a name of the case's own, where the case has several.";
    properties.insert("in".into(), json!({ "description": layout, "type": "string" }));
    let at_once = "Whether it is started together with the step before it: one of the same operation, or another on the same registry.";
    properties.insert("at-once".into(), json!({ "description": at_once, "type": "boolean" }));
    if operation.result == ResultIn::Out {
        let to = "The layout that the copy goes to, which may hold something already; by default it takes the place of the one that is copied.";
        properties.insert("to".into(), json!({ "description": to, "type": "string" }));
    }
    for key in operation.keys {
        properties.insert(key.name.into(), value(key));
    }
    let required = operation.keys.iter().filter(|key| key.required).map(|key| key.name);
    let required: Vec<&str> = ["role", "op"].into_iter().chain(required).collect();
    json!({
        "description": operation.does,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "required": required,
    })
}

fn value(key: &Key) -> Json {
    let means = sentence(key.means);
    match key.form {
        Form::Name | Form::Text => json!({ "description": means, "type": "string" }),
        Form::Names => json!({ "description": means, "type": "array", "items": { "type": "string" } }),
        Form::Word(words) => {
            let one = |(word, means): &(&str, &str)| json!({ "description": sentence(means), "const": word });
            let words: Vec<Json> = words.iter().map(one).collect();
            json!({ "description": means, "oneOf": words })
        }
    }
}

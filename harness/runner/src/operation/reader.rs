//! Reading the steps of a case: what each operation is given to read its own keys with.
//!
//! Owns: the checks that all operations share (who does it, which keys there are, that names lead somewhere), and what is
//! in the layout before a step. Leaves to others: the rest of each operation's keys, and the case as a whole.

use std::collections::BTreeMap;

use referee_results::Role;
use referee_results::cell_id::BUILTIN;
use referee_source::{At, Source, SourceError, is_id, nearest};
use referee_writer::{Content, Name};

use super::step::Value;
use super::{Form, ResultIn, Step, StepFile};

/// Driver ids or globs that a role is restricted to, as a case file has them.
pub type Axes = BTreeMap<Role, At<Vec<At<String>>>>;

/// A step that is being read.
#[derive(Debug, Clone, Copy)]
pub struct StepReader<'a> {
    source: &'a Source,
    axes: &'a Axes,
    contents: &'a [Content],
    all: &'a [At<StepFile>],
    before: &'a [Step],
    step: &'a At<StepFile>,
}

impl<'a> StepReader<'a> {
    /// Reads all steps of a case.
    ///
    /// # Errors
    /// The first mistake, at its place.
    pub fn all(
        source: &Source,
        steps: &[At<StepFile>],
        axes: &Axes,
        contents: &[Content],
    ) -> Result<Vec<Step>, SourceError> {
        let mut read: Vec<Step> = Vec::new();
        for step in steps {
            let reader = StepReader { source, axes, contents, all: steps, before: &read, step };
            let next = reader.step()?;
            read.push(next);
        }
        Ok(read)
    }

    fn step(&self) -> Result<Step, SourceError> {
        let operation = *self.step.op;
        if *self.step.role != operation.role {
            let message = format!("`{operation}` is done by a {}", operation.role.name());
            return Err(self.source.wrong(&self.step.role, message));
        }
        self.known_keys()?;
        let action = (operation.read)(self)?;
        let to = self.step.to.as_ref();
        if let Some(to) = to.filter(|_| operation.result != ResultIn::Out) {
            return Err(self.wrong(to, format!("`{operation}` copies nothing, and takes no `to`")));
        }
        for name in self.step.layout.iter().chain(to) {
            if !is_id(name) {
                return Err(self.wrong(name, format!("`{}` is not an id, expected kebab case", **name)));
            }
        }
        let at_once = self.at_once()?;
        let to = to.map(|to| (**to).clone());
        let (adds, removes) = (named(self.step, operation.adds), named(self.step, operation.removes));
        Ok(Step { operation, adds, removes, layout: self.layout(), at_once, to, action })
    }

    /// Whether the step is started together with the one before it, which has to be like it.
    fn at_once(&self) -> Result<bool, SourceError> {
        let Some(at_once) = self.step.at_once.as_ref().filter(|at_once| ***at_once) else {
            return Ok(false);
        };
        let operation = *self.step.op;
        // clients of a registry share nothing but that
        let fits = |before: &&Step| {
            (operation.on_registry() && before.operation.on_registry() && before.role() != Role::Registry)
                || (before.operation == operation && !operation.reads() && before.layout == self.layout())
        };
        let is_client = operation.role != Role::Registry && operation.result != ResultIn::Out;
        if !is_client || self.before.last().filter(fits).is_none() {
            let message = "only a step that changes the same layout by the same operation, or that works on the same \
                           registry, can be started together with the one before it";
            return Err(self.wrong(at_once, message));
        }
        Ok(true)
    }

    /// The layout that the step is done on.
    fn layout(&self) -> String {
        self.step.layout.as_ref().map(|name| (**name).clone()).unwrap_or_default()
    }

    /// The first key that the operation does not have, in the order of their names.
    fn known_keys(&self) -> Result<(), SourceError> {
        let operation = *self.step.op;
        let known = || operation.keys.iter().map(|key| key.name);
        let Some((name, value)) = self.step.keys.iter().find(|(name, _)| !known().any(|key| key == **name))
        else {
            return Ok(());
        };
        let error = self.source.error(value.span(), format!("`{operation}` takes no `{name}`"));
        Err(match nearest(name, known()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error,
        })
    }

    /// A mistake at a value.
    pub fn wrong<T>(&self, at: &At<T>, message: impl Into<String>) -> SourceError {
        self.source.wrong(at, message)
    }

    /// The value of a key that is one word of its [`Form::Word`]; nothing where the step does not have it.
    ///
    /// # Errors
    /// It is another word, or no word.
    pub fn word(&self, key: &str) -> Result<Option<&'a str>, SourceError> {
        let Some(value) = self.step.keys.get(key) else {
            return Ok(None);
        };
        let text = self.one(key, value)?;
        let form = self.step.op.keys.iter().find(|known| known.name == key).map(|known| &known.form);
        let words: Vec<&str> = match form {
            Some(Form::Word(words)) => words.iter().map(|(word, _)| *word).collect(),
            _ => Vec::new(),
        };
        if words.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let message = format!("`{key}` cannot be `{}`, expected one of `{}`", **text, words.join("`, `"));
        Err(self.wrong(text, message))
    }

    /// The text of a key.
    ///
    /// # Errors
    /// The key is missing, or no text.
    pub fn text(&self, key: &str) -> Result<&'a At<String>, SourceError> {
        self.one(key, self.step.keys.get(key).ok_or_else(|| self.missing(key))?)
    }

    /// The content that a key of this step names.
    ///
    /// # Errors
    /// The key is missing, or there is no such content.
    pub fn content(&self, key: &str) -> Result<(&'a At<String>, &'a Content), SourceError> {
        let value = self.step.keys.get(key).ok_or_else(|| self.missing(key))?;
        let at = self.one(key, value)?;
        Ok((at, self.named(at)?))
    }

    /// The content that the step adds: it is not there yet.
    ///
    /// # Errors
    /// Those of [`StepReader::content`], or an earlier step has added it.
    pub fn added(&self, key: &str) -> Result<(&'a At<String>, &'a Content), SourceError> {
        let at = self.text(key)?;
        let content = match self.all_named(at)?.as_slice() {
            [] => self.named(at)?,
            [content, ..] => content,
        };
        let layout = self.layout();
        let mut here = self.before.iter().filter(|step| step.layout == layout);
        if here.any(|step| step.adds.as_ref().is_some_and(|name| name.as_str() == **at)) {
            return Err(self.wrong(at, format!("`{}` is in the layout already", **at)));
        }
        if content.name.is_numbered() && (content.name.as_str() == **at || !self.is_for_builtin_only()) {
            let message = format!(
                "`{}` stands for many, which the built-in writer alone writes at once",
                content.name.described()
            );
            let advice = format!(
                "name `{}`, and set `producer = [\"builtin\"]` under [axes]",
                content.name.described()
            );
            return Err(self.wrong(at, message).with_help(advice));
        }
        Ok((at, content))
    }

    /// All content that is described under that name, or the one that is meant by it alone.
    ///
    /// # Errors
    /// There is none.
    pub fn all_named(&self, at: &At<String>) -> Result<Vec<&'a Content>, SourceError> {
        let many = self.contents.iter().filter(|content| content.name.described() == at.as_str());
        let many: Vec<&Content> = many.collect();
        if many.is_empty() { Ok(vec![self.named(at)?]) } else { Ok(many) }
    }

    /// The names in a key's list.
    ///
    /// # Errors
    /// The key is missing, or no list.
    pub fn names(&self, key: &str) -> Result<&'a At<Vec<At<String>>>, SourceError> {
        match self.step.keys.get(key) {
            None => Err(self.missing(key)),
            Some(Value::List(list)) => Ok(list),
            Some(Value::Text(text)) => Err(self.wrong(text, format!("`{key}` is a list of names"))),
        }
    }

    /// The content of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(&self, at: &At<String>) -> Result<&'a Content, SourceError> {
        let many = self.contents.iter().find(|content| content.name.described() == at.as_str());
        if let Some(first) = many.filter(|content| content.name.is_numbered()) {
            let message = format!("`{}` stands for many, expected one of them, as in `{}`", **at, first.name);
            return Err(self.wrong(at, message));
        }
        let known = self.contents.iter().map(|content| content.name.described());
        self.find(at).ok_or_else(|| self.source.unknown(at, "content named", known))
    }

    /// The tag of a content.
    ///
    /// # Errors
    /// It has none.
    pub fn tag(&self, at: &At<String>, content: &Content) -> Result<String, SourceError> {
        content.tag.clone().ok_or_else(|| {
            let message = format!("`{}` has no tag to be addressed by", content.name);
            self.wrong(at, message).with_help("give it a `tag`")
        })
    }

    /// All content of the case.
    pub fn contents(&self) -> &'a [Content] {
        self.contents
    }

    /// The content of that name, if there is one.
    pub fn find(&self, name: &str) -> Option<&'a Content> {
        self.contents.iter().find(|content| content.name == *name)
    }

    /// Whether a step adds `name`, but none before this one.
    pub fn comes_later(&self, name: &Name) -> bool {
        let adds = |added: Option<&Name>| added.is_some_and(|added| added.as_str() == name.described());
        self.all.iter().any(|step| adds(named(step, step.op.adds).as_ref()))
            && !self.before.iter().any(|step| adds(step.adds.as_ref()))
    }

    /// Whether a step adds `name`, but no way leads from there to the layout that this step is done on.
    pub fn is_elsewhere(&self, name: &Name) -> bool {
        let mut with: Vec<&str> = Vec::new();
        for step in self.before {
            let adds = step.adds.as_ref().is_some_and(|added| added.as_str() == name.described());
            if adds {
                with.push(&step.layout);
            }
            if let Some(to) = step.to.as_deref().filter(|_| with.contains(&step.layout.as_str())) {
                with.push(to);
            }
        }
        !with.is_empty() && !with.contains(&self.layout().as_str())
    }

    /// Whether a step before this one takes `name` out.
    pub fn is_removed(&self, name: &Name) -> bool {
        self.before.iter().any(|step| step.removes.as_ref() == Some(name))
    }

    /// Whether the case leaves this step to the built-in writer.
    pub fn is_for_builtin_only(&self) -> bool {
        let axis = self.axes.get(&self.step.op.role);
        axis.is_some_and(|only| only.iter().all(|id| **id == BUILTIN))
    }

    fn one(&self, key: &str, value: &'a Value) -> Result<&'a At<String>, SourceError> {
        match value {
            Value::Text(text) => Ok(text),
            Value::List(list) => Err(self.wrong(list, format!("`{key}` is one word and no list"))),
        }
    }

    fn missing(&self, key: &str) -> SourceError {
        self.source.wrong(self.step, format!("this step needs `{key}`"))
    }
}

/// The name in a key of a step, whether or not there is such content.
fn named(step: &StepFile, key: Option<&str>) -> Option<Name> {
    match step.keys.get(key?)? {
        Value::Text(name) => Some(Name::new(name)),
        Value::List(_) => None,
    }
}

//! Changes to a layout.
//!
//! Owns: which operation a mutation is, and what it does. Leaves to others: text edits and digests.

use referee_source::{Source, SourceError};

use super::file::MutationFile;
use super::scene::{Item, Scene};
use super::{Form, edit};
use crate::case::At;

/// One change, decided.
#[derive(Debug, Clone)]
pub(super) struct Mutation {
    op: Op,
    at: At<String>,
    file: MutationFile,
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Set,
    Remove,
    Raw,
    Overwrite,
    Delete,
    File,
    Blob,
    Directory,
    Symlink,
    LinkInside,
    Fifo,
    Flip,
    Truncate,
    Archive(Form),
}

impl Mutation {
    /// Decides which operation a mutation is.
    pub(super) fn read(source: &Source, file: &MutationFile) -> Result<Self, SourceError> {
        let keys = [
            (Op::Set, &file.set),
            (Op::Remove, &file.remove),
            (Op::Raw, &file.raw),
            (Op::Overwrite, &file.overwrite),
            (Op::Delete, &file.delete),
            (Op::File, &file.file),
            (Op::Blob, &file.blob),
            (Op::Directory, &file.directory),
            (Op::Symlink, &file.symlink),
            (Op::LinkInside, &file.link_inside),
            (Op::Fifo, &file.fifo),
            (Op::Flip, &file.flip),
            (Op::Truncate, &file.truncate),
        ];
        if let Some(form) = &file.archive {
            let at = toml::Spanned::new(form.span(), String::new());
            return Ok(Self { op: Op::Archive(**form), at: At::new(at), file: file.clone() });
        }
        let mut ops = keys.iter().filter_map(|(op, at)| Some((*op, at.as_ref()?)));
        match (ops.next(), ops.next()) {
            (Some((op, at)), None) => Ok(Self { op, at: at.clone(), file: file.clone() }),
            (Some(_), Some((_, at))) => {
                Err(source.error(at.span(), "a mutation is one operation, and this is a second one"))
            }
            (None, _) => Err(source.error(0..0, "a mutation without an operation such as `set` or `delete`")),
        }
    }

    /// Changes `scene`.
    pub(super) fn apply(&self, scene: &mut Scene, source: &Source) -> Result<(), SourceError> {
        self.change(scene).map_err(|why| source.error(self.at.span(), format!("`{}`: {why}", *self.at)))
    }

    fn change(&self, scene: &mut Scene) -> Result<(), String> {
        let target = scene.expand(&self.at);
        let (name, pointer) = target.split_once('#').unwrap_or((&target, ""));
        let path = scene.path(name);
        let bytes = |scene: &Scene| scene.bytes(&path).map(<[u8]>::to_vec).ok_or("there is no such file");
        let expanded =
            |text: &Option<String>| text.as_ref().map(|text| scene.expand(text)).unwrap_or_default();
        let reseal = self.file.reseal.unwrap_or(true);
        match self.op {
            Op::Set => {
                let mut to = expanded(&self.file.to);
                if let Some(fill) = self.file.fill {
                    to = format!("\"{}\"", "x".repeat(fill));
                }
                let changed = edit::set(&bytes(scene)?, pointer, &to)?;
                scene.change(&path, changed, reseal);
            }
            Op::Remove => {
                let changed = edit::remove(&bytes(scene)?, pointer)?;
                scene.change(&path, changed, reseal);
            }
            Op::Raw => {
                let changed = edit::before(&bytes(scene)?, pointer, &expanded(&self.file.before))?;
                scene.change(&path, changed, reseal);
            }
            Op::Overwrite => {
                let content = self.content(&bytes(scene)?, expanded(&self.file.text));
                scene.change(&path, content, reseal);
            }
            Op::Delete => {
                if !scene.remove(&path) {
                    return Err("there is no such file".to_owned());
                }
            }
            Op::File => {
                let text = expanded(&self.file.text);
                scene.put(path, Item::File(text.into_bytes()));
            }
            Op::Blob => {
                let text = expanded(&self.file.text);
                scene.blob(name, text.into_bytes());
            }
            Op::Directory => scene.put(path, Item::Directory),
            Op::Symlink => {
                let to = expanded(&self.file.to);
                scene.put(path, Item::Symlink(to));
            }
            Op::LinkInside => {
                let content = bytes(scene)?;
                scene.put("elsewhere".to_owned(), Item::File(content));
                scene.put(path, Item::Symlink("../../elsewhere".to_owned()));
            }
            Op::Fifo => scene.put(path, Item::Fifo),
            Op::Flip => {
                let mut content = bytes(scene)?;
                let middle = content.len() / 2;
                *content.get_mut(middle).ok_or("it is empty")? ^= 1;
                scene.put(path, Item::File(content));
            }
            Op::Truncate => {
                let mut content = bytes(scene)?;
                content.truncate(content.len() / 2);
                scene.put(path, Item::File(content));
            }
            Op::Archive(form) => scene.form = Some(form),
        }
        Ok(())
    }

    fn content(&self, old: &[u8], text: String) -> Vec<u8> {
        if let Some(fill) = self.file.fill {
            return [text.into_bytes(), b"x".repeat(fill)].concat();
        }
        if let Some(nested) = self.file.nested {
            return b"[".repeat(nested);
        }
        if self.file.bom {
            return ["\u{feff}".as_bytes(), old].concat();
        }
        if let Some(byte) = self.file.byte {
            let (first, rest) = old.split_at(old.len().min(1));
            return [first, &[byte], rest].concat();
        }
        text.into_bytes()
    }
}

//! A layout as a tar.
//!
//! Owns: the forms in which it is packed, odd ones among them. Leaves to others: reading it.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Deserialize;
use tar::{Builder, EntryType, Header};

use super::scene::Item;

/// How a layout is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Members in the order of their names.
    #[default]
    Plain,
    /// Members in the opposite order, with `./` before their names.
    Reversed,
    /// Cut off inside the last member.
    Truncate,
    /// Without the two blocks of zeros at the end.
    NoEnd,
    /// With a member whose name leads out.
    Traversal,
    /// With a second member `oci-layout`.
    Duplicate,
    /// With a symbolic link beside the layout.
    Link,
    /// With a layer that is a link to another member.
    HardLink,
}

pub(super) fn pack(items: &BTreeMap<String, Item>, form: Form) -> io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    let mut members: Vec<_> = items.iter().map(|(path, item)| (path.clone(), item.clone())).collect();
    match form {
        Form::Reversed => {
            members.reverse();
            for (path, _) in &mut members {
                path.insert_str(0, "./");
            }
        }
        Form::Duplicate => {
            members.extend(items.get_key_value("oci-layout").map(|(p, i)| (p.clone(), i.clone())));
        }
        Form::Link => members.push(("latest".to_owned(), Item::Symlink("index.json".to_owned()))),
        Form::HardLink => {
            // the only blob that is no JSON is the layer
            let layer = |(path, item): &&mut (String, Item)| match item {
                Item::File(bytes) => path.starts_with("blobs/") && !bytes.starts_with(b"{"),
                _ => false,
            };
            if let Some((_, item)) = members.iter_mut().find(layer) {
                *item = Item::HardLink("elsewhere".to_owned());
            }
        }
        _ => {}
    }
    for (path, item) in &members {
        add(&mut tar, path, item)?;
    }
    if form == Form::Traversal {
        let mut header = Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o644);
        // the safe way refuses such a name
        header.as_old_mut().name[..10].copy_from_slice(b"../outside");
        header.set_cksum();
        tar.append(&header, &b"x"[..])?;
    }
    let mut bytes = tar.into_inner()?;
    let end = 1024;
    match form {
        Form::NoEnd => bytes.truncate(bytes.len() - end),
        Form::Truncate => bytes.truncate(bytes.len() - end - 400),
        _ => {}
    }
    Ok(bytes)
}

fn add(tar: &mut Builder<Vec<u8>>, path: &str, item: &Item) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(0);
    match item {
        Item::File(bytes) => {
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, path, bytes.as_slice())
        }
        Item::Directory => {
            header.set_entry_type(EntryType::Directory);
            tar.append_data(&mut header, path, io::empty())
        }
        Item::Symlink(target) => {
            header.set_entry_type(EntryType::Symlink);
            tar.append_link(&mut header, path, target)
        }
        Item::HardLink(target) => {
            header.set_entry_type(EntryType::Link);
            tar.append_link(&mut header, path, target)
        }
        Item::Fifo => {
            header.set_entry_type(EntryType::Fifo);
            tar.append_data(&mut header, path, io::empty())
        }
    }
}

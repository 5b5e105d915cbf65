//! The tests of layouts on disk, in one binary.

mod hostile;
mod links;
mod marks;
mod related;
mod second_opinion;
mod support;
mod tree;
mod view;

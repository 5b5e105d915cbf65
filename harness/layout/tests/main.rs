//! The tests of layouts on disk, in one binary.

mod hostile;
mod second_opinion;
mod support;
mod view;

//! The tests of layouts on disk, in one binary.

mod hostile;
mod marks;
mod second_opinion;
mod support;
mod view;

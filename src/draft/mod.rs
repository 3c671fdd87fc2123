//! A draft of a suite from what was measured of data: the checks that a careful person would write
//! first.
//!
//! Reading order: [`profile`] says what is asked and what came out, [`column`] and [`key`] choose
//! the checks of a column, [`bounds`], [`decimal`] and [`day`] round what was seen outwards, so
//! that a draft holds on its own data, [`page`] writes it down. Nothing here reads data or prints.

mod bounds;
mod column;
mod day;
mod decimal;
mod key;
mod page;
mod profile;

pub use page::{Origin, draft};
pub use profile::questions;

use crate::suite::tree::{Content, Entry, Key, Node};
use crate::suite::write::literal;

/// A line of a mapping.
fn line(name: &str, value: Content) -> Entry {
    let key = Key { name: name.to_owned(), span: 0..0 };
    Entry { key, value: node(value) }
}

fn node(value: Content) -> Node {
    Node::new(value, 0..0)
}

/// A text of the data, in which a dollar is only a dollar.
fn text(text: &str) -> Content {
    Content::Text(literal(text))
}

fn list(items: impl IntoIterator<Item = Content>) -> Content {
    Content::List(items.into_iter().map(node).collect())
}

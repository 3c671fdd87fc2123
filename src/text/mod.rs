//! What can be asked of one text: patterns, parts, named formats, schemas, the case of its letters.
//!
//! Pure functions of one text: no columns, no files, no clock. What is made from an argument (a
//! pattern) is compiled once, and says in words why it cannot be.

mod casing;
mod datetime_format;
mod format;
mod json_schema;
mod like;
mod likeness;
mod part;
mod pattern;

pub use casing::Casing;
pub use datetime_format::DatetimeFormat;
pub use format::Format;
pub use json_schema::JsonSchema;
pub use like::like;
pub use likeness::{COMPOSED, likeness, spelled, twins};
pub use part::{Part, finder};
pub use pattern::Patterns;

/// A compiled question to a text.
pub type Judge = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Why an argument cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Refused {
    /// A reason without advice.
    pub fn new(message: impl Into<String>) -> Self {
        Refused { message: message.into(), help: None }
    }

    /// The same with the mend.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

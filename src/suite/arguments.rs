//! The arguments of a check: which are its own, which are common to its kind, and whether the
//! values of the common ones can be meant.

use std::cell::Cell;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::decode::{Subject, decode};
use super::fault::{Fault, listed};
use super::params::is_date;
use super::tree::{Content, Entry, Key, Node};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expectations::{self, Common, Definition, FileContent, Kind, common_arguments};

/// A check's mapping, sorted out.
#[derive(Debug)]
pub struct Split {
    /// The expectation's own arguments, as a mapping.
    pub own: Node,
    pub common: Node,
    /// The line of the second threshold.
    pub warn: Option<Entry>,
    /// Whether no argument of its own is there, not even a misspelt one.
    pub is_bare: bool,
}

/// The names of an expectation's own arguments, in the order of its definition.
pub fn own_arguments(definition: &Definition) -> &'static [&'static str] {
    let found = Cell::new([].as_slice());
    let mut probe = <dyn erased_serde::Deserializer>::erase(Probe(&found));
    // It always fails: only the list of fields that it is asked for counts.
    let _ = (definition.decode)(&mut probe);
    found.get()
}

/// Sorts the lines of a check's mapping, and tells of those that have no meaning for it.
pub fn split(
    file: &str,
    definition: &Definition,
    node: &Node,
    mistakes: &mut Vec<Diagnostic>,
) -> Split {
    let own_names = own_arguments(definition);
    let allowed = definition.common_arguments();
    let (mut own, mut common): (Vec<Entry>, Vec<Entry>) = (Vec::new(), Vec::new());
    let (mut unknown, mut warn) = (Vec::new(), None);
    for entry in node.entries().unwrap_or_default() {
        let name = entry.key.name.as_str();
        if own_names.contains(&name) {
            own.push(entry.clone());
        } else if name == "warn" && allowed.contains(&name) {
            warn = Some(entry.clone());
        } else if allowed.contains(&name) {
            common.push(entry.clone());
        } else {
            unknown.push(&entry.key);
        }
    }
    let is_bare = own.is_empty() && unknown.is_empty();
    for key in unknown {
        let (mistake, meant) = unknown_argument(file, definition, key, own_names, &allowed);
        mistakes.push(mistake);
        // What is misspelt is not missing as well.
        if let Some(meant) = meant
            && own.iter().all(|entry| entry.key.name != meant)
        {
            let key = Key { name: meant.to_owned(), span: key.span.clone() };
            let value = Node::new(Content::Broken, key.span.clone());
            own.push(Entry { key, value });
        }
    }
    let mapping = |entries| Node::new(Content::Map(entries), node.span.clone());
    Split { own: mapping(own), common: mapping(common), warn, is_bare }
}

fn unknown_argument(
    file: &str,
    definition: &Definition,
    key: &Key,
    own: &[&'static str],
    allowed: &[&'static str],
) -> (Diagnostic, Option<&'static str>) {
    let (name, check) = (key.name.as_str(), definition.name);
    // The name of a check where the arguments are checks.
    let is_inner = definition.file == Some(FileContent::Inner);
    if let Some(reason) = expectations::unfit_for_items(name).filter(|_| is_inner) {
        let mistake = Diagnostic::error(reason).at(file, key.span.clone(), "");
        return (mistake.help(arguments(definition)), own.first().copied());
    }
    let kinds = kinds_of(name);
    if !kinds.is_empty() {
        let mistake = Diagnostic::error(format!("`{name}` has no meaning for `{check}`"))
            .at(file, key.span.clone(), "")
            .help(format!("it is an argument of {}; {}", and(&kinds), arguments(definition)));
        return (mistake, None);
    }
    let known = own.iter().chain(allowed).copied();
    let meant = nearest(name, known);
    let guess = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
    let mistake = Diagnostic::error(format!("unknown argument `{name}` of `{check}`"))
        .at(file, key.span.clone(), format!("not an argument of `{check}`"))
        .help(format!("{guess}{}", arguments(definition)));
    (mistake, meant.filter(|meant| own.contains(meant)))
}

/// The kinds of check for which a common argument has a meaning.
fn kinds_of(name: &str) -> Vec<&'static str> {
    let kinds = [Kind::Row, Kind::Aggregate, Kind::Statistical, Kind::Distance];
    let takes = |kind: &Kind| common_arguments(*kind).contains(&name);
    kinds.into_iter().filter(takes).map(plural).collect()
}

/// `a, b and c`.
fn and(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Row => "row checks",
        Kind::Aggregate => "checks of one number",
        Kind::Statistical => "statistical checks",
        Kind::Distance => "distances",
        Kind::Schema | Kind::Table => "checks",
    }
}

/// `the arguments are `min`, `max`, `strict`, and those of every row check`.
pub fn arguments(definition: &Definition) -> String {
    let common = match definition.kind {
        Kind::Row => "those of every row check",
        Kind::Aggregate => "those of every check of one number",
        Kind::Statistical => "those of every statistical check",
        Kind::Distance => "those of every distance",
        Kind::Schema | Kind::Table => "those of every check",
    };
    let groups = ["by", "min_group_size"].into_iter().filter(|_| definition.groups);
    match own_arguments(definition) {
        [] => format!("the arguments are {}", listed(definition.common_arguments())),
        own => {
            format!("the arguments are {}, and {common}", listed(own.iter().copied().chain(groups)))
        }
    }
}

/// Reads the common arguments and refuses values that cannot be meant.
pub fn read_common(
    node: &Node,
    subject: Subject,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<Common> {
    let common = decode(node, subject, mistakes, |reader| {
        Common::deserialize(reader).map_err(|e| e.to_string())
    })?;
    let known = mistakes.len();
    let mut check = Check { file: subject.file, node, mistakes };
    check.name(common.name.as_deref());
    check.fractions(&common);
    check.texts(&common);
    check.tags();
    check.groups(&common);
    (mistakes.len() == known).then_some(common)
}

/// Values of a mapping that are looked at once they have the right type.
struct Check<'a> {
    file: &'a str,
    node: &'a Node,
    mistakes: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn span(&self, path: &[&str]) -> Span {
        let follow =
            |node: Option<&Node>, name: &&str| node?.entry(name).map(|entry| &entry.value).cloned();
        let mut node = Some(self.node.clone());
        for name in path {
            node = follow(node.as_ref(), name);
        }
        node.map_or(self.node.span.clone(), |node| node.span)
    }

    fn refuse(&mut self, path: &[&str], message: String, help: &str) {
        let span = self.span(path);
        self.mistakes.push(Diagnostic::error(message).at(self.file, span, "").help(help));
    }

    fn name(&mut self, name: Option<&str>) {
        if let Some(reason) = name.and_then(unfit) {
            self.refuse(&["name"], format!("a name {reason}"), "it is part of the check's id");
        }
    }

    fn fractions(&mut self, common: &Common) {
        let inside = |value: f64| value > 0.0 && value < 1.0;
        if let Some(mostly) = common.mostly.filter(|mostly| !(*mostly > 0.0 && *mostly <= 1.0)) {
            let shown = super::tree::shown(mostly);
            let help = match mostly {
                50.0..=100.0 => format!("a fraction, not a percentage: write `{}`", mostly / 100.0),
                _ if mostly > 1.0 => "a fraction, not a percentage: 95 % is `0.95`".to_owned(),
                _ => "a fraction of the rows, above 0 and at most 1".to_owned(),
            };
            self.refuse(&["mostly"], format!("`mostly` is {shown}, not in (0, 1]"), &help);
        }
        if let Some(alpha) = common.alpha.filter(|alpha| !inside(*alpha)) {
            let message = format!("`alpha` is {}, not in (0, 1)", super::tree::shown(alpha));
            self.refuse(&["alpha"], message, "a false-alarm rate such as `0.01`");
        }
        if let Some(margin) = common.margin.filter(|margin| !(*margin > 0.0 && margin.is_finite()))
        {
            let shown = super::tree::shown(margin);
            let message = format!("`margin` is {shown}, not a finite number above 0");
            self.refuse(&["margin"], message, "the largest difference you would not care about");
        }
    }

    fn texts(&mut self, common: &Common) {
        let texts =
            [("reason", &common.reason), ("skip", &common.skip), ("where", &common.r#where)];
        for (name, text) in texts {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                self.refuse(
                    &[name],
                    format!("`{name}` is empty"),
                    "write the text, or remove the key",
                );
            }
        }
        let Some(known) = &common.known_failure else { return };
        if known.reason.trim().is_empty() {
            let help = "say why the check fails";
            self.refuse(&["known_failure", "reason"], "`reason` is empty".to_owned(), help);
        }
        if let Some(until) = known.until.as_ref().filter(|until| !is_date(until)) {
            let message = format!("`{}` is not a date", super::tree::excerpt(until));
            self.refuse(&["known_failure", "until"], message, "write a day such as `2026-12-31`");
        }
    }

    fn groups(&mut self, common: &Common) {
        if let Some(by) = &common.by {
            let mut seen = std::collections::BTreeSet::new();
            let twice = by.iter().find(|column| !seen.insert(*column));
            if by.is_empty() {
                self.refuse(
                    &["by"],
                    "`by` is empty".to_owned(),
                    "name the columns that make groups",
                );
            } else if let Some(column) = twice {
                let message = format!("`by` names `{column}` twice");
                self.refuse(&["by"], message, "once is enough");
            }
        }
        match (common.min_group_size, &common.by) {
            (Some(_), None) => {
                let message = "`min_group_size` without groups".to_owned();
                self.refuse(
                    &["min_group_size"],
                    message,
                    "name the columns that make them in `by`",
                );
            }
            (Some(0 | 1), _) => {
                let message = "every group has a row, so this size leaves none out".to_owned();
                self.refuse(&["min_group_size"], message, "write 2 or more, or remove it");
            }
            _ => {}
        }
    }

    fn tags(&mut self) {
        let Some(Content::List(tags)) = self.node.entry("tags").map(|entry| &entry.value.value)
        else {
            return;
        };
        let plain = |tag: &str| {
            !tag.is_empty()
                && tag.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        for tag in tags.iter().filter(|tag| tag.text().is_some_and(|text| !plain(text))) {
            let message = format!("{} is not a tag", tag.describe());
            let mistake = Diagnostic::error(message).at(self.file, tag.span.clone(), "");
            let help = "a tag is one word of letters, digits, `_`, `-` and `.`";
            self.mistakes.push(mistake.help(help));
        }
    }
}

/// Why a text cannot be part of a check's id.
pub fn unfit(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("cannot be empty")
    } else if name.trim() != name {
        Some("cannot begin or end with a space")
    } else if name.contains("::") {
        Some("cannot contain `::`")
    } else if name.chars().any(char::is_control) {
        Some("cannot contain control characters")
    } else {
        None
    }
}

/// Catches the list of fields that a type asks for.
struct Probe<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(Fault::custom("only the fields were asked for"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.0.set(fields);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

//! Reads a node of the tree as any type of serde's, with all mistakes told at their places.
//!
//! A value that does not fit is told, left out, and the rest is read again without it, until
//! nothing new is found. What only follows from something left out (a field that is now missing) is
//! not told.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::fault::{Fault, listed, mend};
use super::reader::NodeReader;
use super::tree::{Content, Key, Node, Origin};
use crate::diagnostic::{Diagnostic, Span, nearest};

/// Wrong values told of one mapping; more of them add nothing.
const MAX_TOLD: usize = 20;

/// What is read, for messages.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub file: &'a str,
    /// The name of what is read: a check or a section.
    pub name: &'a str,
    /// The key under which it stands.
    pub key: &'a Span,
}

/// What the readers of one node have met.
#[derive(Debug)]
pub struct Trace<'a> {
    subject: Subject<'a>,
    failure: RefCell<Option<Failure>>,
    omitted: RefCell<BTreeSet<Identity>>,
    told: RefCell<Vec<Diagnostic>>,
}

/// A node by its place in memory, which does not change while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity(usize);

impl Identity {
    /// The identity of a node.
    pub fn of(node: &Node) -> Self {
        Identity(std::ptr::from_ref(node) as usize)
    }
}

/// The innermost value that did not fit.
#[derive(Debug)]
struct Failure {
    node: Identity,
    fault: Fault,
    /// Whether something inside was left out before.
    incomplete: bool,
    /// Names that were left out of it.
    omitted_names: Vec<String>,
    diagnostic: Option<Diagnostic>,
}

/// Reads a node through `read`. What comes back after a mistake lacks what was wrong: it is there
/// only to be looked at further.
pub fn decode<T>(
    node: &Node,
    subject: Subject,
    mistakes: &mut Vec<Diagnostic>,
    read: impl Fn(NodeReader) -> Result<T, String>,
) -> Option<T> {
    let trace = Trace {
        subject,
        failure: RefCell::default(),
        omitted: RefCell::default(),
        told: RefCell::default(),
    };
    let mut result = None;
    for _ in 0..MAX_TOLD {
        trace.failure.take();
        let Err(message) = read(NodeReader { node, key: None, trace: &trace }).map(|value| {
            result = Some(value);
        }) else {
            break;
        };
        if !trace.settle(message, node) {
            break;
        }
    }
    mistakes.extend(trace.told.into_inner());
    result
}

impl Trace<'_> {
    /// Whether a node is left out.
    pub fn omits(&self, node: &Node) -> bool {
        self.omitted.borrow().contains(&Identity::of(node))
    }

    /// Records a value that does not fit, if it is the first of this attempt: the innermost comes
    /// first.
    pub fn fail(&self, node: &Node, key: Option<&Key>, fault: &Fault) {
        let mut failure = self.failure.borrow_mut();
        if failure.is_some() {
            return;
        }
        *failure = Some(Failure {
            node: Identity::of(node),
            incomplete: self.is_incomplete(node),
            omitted_names: self.omitted_names(node),
            diagnostic: self.tell(node, key, fault),
            fault: fault.clone(),
        });
    }

    /// Tells an unknown key, once.
    pub fn unknown(&self, key: &Key, owner: Option<&Key>, known: &'static [&'static str]) {
        let name = owner.map_or(self.subject.name, |owner| &owner.name);
        let diagnostic = unknown_key(self.subject.file, key, name, known);
        let mut told = self.told.borrow_mut();
        if !told.contains(&diagnostic) {
            told.push(diagnostic);
        }
    }

    /// Takes the failure of an attempt; true when another attempt may find more.
    fn settle(&self, message: String, top: &Node) -> bool {
        let Some(failure) = self.failure.take() else {
            // Nothing in the tree is to blame: the type itself refuses what was read.
            let diagnostic = self.tell(top, None, &Fault::Said(message));
            self.told.borrow_mut().extend(diagnostic);
            return false;
        };
        let follows = match &failure.fault {
            Fault::Missing(field) => failure.omitted_names.contains(field),
            _ => failure.incomplete,
        };
        if !follows {
            self.told.borrow_mut().extend(failure.diagnostic);
        }
        let goes_on = !follows && failure.node != Identity::of(top);
        if goes_on {
            self.omitted.borrow_mut().insert(failure.node);
        }
        goes_on
    }

    fn is_incomplete(&self, node: &Node) -> bool {
        let inside = |node: &Node| self.omits(node) || self.is_incomplete(node);
        match &node.value {
            Content::List(items) => items.iter().any(inside),
            Content::Map(entries) => entries.iter().any(|entry| inside(&entry.value)),
            _ => false,
        }
    }

    fn omitted_names(&self, node: &Node) -> Vec<String> {
        let entries = node.entries().unwrap_or_default().iter();
        let omitted = entries.filter(|entry| self.omits(&entry.value));
        omitted.map(|entry| entry.key.name.clone()).collect()
    }

    fn tell(&self, node: &Node, key: Option<&Key>, fault: &Fault) -> Option<Diagnostic> {
        let Subject { file, name, key: top } = self.subject;
        let whole = key.map_or(top, |key| &key.span);
        let label = key.map_or(String::new(), |key| format!("`{}` of `{name}`", key.name));
        let from = match &node.origin {
            Origin::Parameter(parameter) => format!(" from the parameter `{parameter}`"),
            _ => String::new(),
        };
        let owner = key.map_or(name, |key| &key.name);
        let diagnostic =
            match fault {
                Fault::Told => return None,
                Fault::Nothing => Diagnostic::error(format!("`{owner}` has no value"))
                    .at(file, whole.clone(), "nothing follows")
                    .help("give it a value, or remove the key"),
                Fault::Missing(field) => Diagnostic::error(format!("`{owner}` needs `{field}`"))
                    .at(file, whole.clone(), format!("`{field}` is missing")),
                Fault::Said(message) => {
                    let span = if key.is_none() { whole.clone() } else { shown(node, whole) };
                    let (message, help) =
                        message.split_once("\nhelp: ").unwrap_or((message.as_str(), ""));
                    let mut diagnostic = Diagnostic::error(format!("{message}{from}"));
                    diagnostic.help.extend((!help.is_empty()).then(|| help.to_owned()));
                    diagnostic.at(file, span, label)
                }
                Fault::NoneOf(names) => self.none_of(node, owner, names).unwrap_or_else(|| {
                    expected(node, &super::fault::one_of(names), &from).at(
                        file,
                        shown(node, whole),
                        label,
                    )
                }),
                Fault::Expected(words) => {
                    let mut diagnostic = expected(node, words, &from);
                    if matches!((owner, &node.value), ("skip" | "reason", Content::Bool(_))) {
                        diagnostic.help = vec![format!("say why: `{owner}: the source is down`")];
                    }
                    diagnostic.at(file, shown(node, whole), label)
                }
            };
        Some(match &node.origin {
            Origin::Alias(span) => diagnostic.see(file, span.clone(), "the alias stands for this"),
            _ => diagnostic,
        })
    }

    fn none_of(&self, node: &Node, owner: &str, names: &[&str]) -> Option<Diagnostic> {
        let text = node.text()?;
        let message = format!("unknown value `{}` of `{owner}`", super::tree::excerpt(text));
        let help = suggestion(text, names.iter().copied(), "it is one of");
        Some(Diagnostic::error(message).at(self.subject.file, node.span.clone(), "").help(help))
    }
}

/// A value of another form than expected, without its place.
fn expected(node: &Node, words: &str, from: &str) -> Diagnostic {
    let found = format!("expected {words}, found {}{from}", node.describe());
    let mut diagnostic = Diagnostic::error(found);
    diagnostic.help.extend(mend(words, node));
    diagnostic
}

/// Tells that a value has another form than expected; nothing about one that was told before.
pub fn unexpected(file: &str, node: &Node, key: &Key, words: &str) -> Option<Diagnostic> {
    let nothing = Diagnostic::error(format!("`{}` has no value", key.name)).at(
        file,
        key.span.clone(),
        "nothing follows",
    );
    match node.value {
        Content::Broken => None,
        Content::Null => Some(nothing.help(format!("expected {words}"))),
        _ => Some(expected(node, words, "").at(file, shown(node, &key.span), "")),
    }
}

/// Tells of a key that a section does not have.
pub fn unknown_key(file: &str, key: &Key, section: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::error(format!("unknown key `{}` of `{section}`", key.name))
        .at(file, key.span.clone(), "not known here")
        .help(suggestion(&key.name, known.iter().copied(), "the keys are"))
}

/// `did you mean …? the keys are …`, without the first half when nothing is near.
pub fn suggestion<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    all: &str,
) -> String {
    let meant = nearest(name, known.clone()).map(|near| format!("did you mean `{near}`? "));
    format!("{}{all} {}", meant.unwrap_or_default(), listed(known))
}

/// Where a value is shown: an absent one at its key.
fn shown(node: &Node, key: &Span) -> Span {
    if node.span.is_empty() { key.clone() } else { node.span.clone() }
}

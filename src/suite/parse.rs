//! The only door to the YAML parser: text in, a spanned tree and all its mistakes out.
//!
//! The tree is built from the events of `granit_parser`, which serde-saphyr re-exports, and not
//! through serde: only the events tell quoted scalars from plain ones, where a key stands, and an
//! alias from its value. The parser works without recursion and stops at [`MAX_DEPTH`] open
//! collections of either form while it scans; aliases, which could nest further, are bounded here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_saphyr::granit_parser as granit;

use granit::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Tag};

use super::scalar::resolve;
use super::tree::{Content, Entry, Key, Node, Origin};
use crate::diagnostic::{Diagnostic, Span};

/// Collections inside collections, in either notation, aliases followed.
pub const MAX_DEPTH: usize = 64;

/// Mistakes after which a file is not read further.
pub const MAX_MISTAKES: usize = 1000;

/// Values that all aliases of a file together may repeat.
const MAX_COPIES: usize = 100_000;

/// What a text came to.
#[derive(Debug, Default)]
pub struct Parsed {
    /// `None` when there is no document, or one that cannot be read to its end.
    pub root: Option<Node>,
    pub mistakes: Vec<Diagnostic>,
}

/// Reads one document. Mistakes do not stop it, except those after which the rest means nothing.
pub fn parse(file: &str, text: &str) -> Parsed {
    let options = granit::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder { file, text, ..Builder::default() };
    for next in Parser::new_from_str_with_options(text, options) {
        let go_on = match next {
            Ok(_) if builder.mistakes.len() >= MAX_MISTAKES => false,
            Ok((event, span)) => builder.take(event, span),
            Err(error) => builder.stop(&error),
        };
        if !go_on {
            return Parsed { root: None, mistakes: builder.mistakes };
        }
    }
    let Builder { root, mut mistakes, .. } = builder;
    let empty = |node: &Node| node.value == Content::Null && node.span.is_empty();
    if root.as_ref().is_none_or(empty) && mistakes.is_empty() {
        let message =
            if text.trim().is_empty() { "the file is empty" } else { "the file has only comments" };
        mistakes.push(Diagnostic::error(message).in_file(file));
        return Parsed { root: None, mistakes };
    }
    Parsed { root, mistakes }
}

/// A scalar or a flow collection as it stands on a command line.
pub fn parse_value(text: &str) -> Result<Node, String> {
    let Parsed { root, mistakes } = parse("", text);
    match (root, mistakes.into_iter().next()) {
        (Some(root), None) => Ok(root),
        (_, Some(mistake)) => Err(mistake.message),
        (None, None) => Err("nothing is there".into()),
    }
}

#[derive(Default)]
struct Builder<'a> {
    file: &'a str,
    text: &'a str,
    open: Vec<Collection>,
    anchors: BTreeMap<usize, Anchored>,
    copies: usize,
    documents: usize,
    root: Option<Node>,
    mistakes: Vec<Diagnostic>,
}

/// A collection whose end has not come yet.
struct Collection {
    start: usize,
    anchor: usize,
    items: Vec<Node>,
    /// Lines of a mapping; `None` for a list.
    map: Option<Mapping>,
    size: Size,
    /// Whether its tag is a mistake, and so its content means nothing.
    is_refused: bool,
}

#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    seen: BTreeMap<String, Span>,
    /// The key whose value comes next; `Some(None)` when that key is a mistake.
    key: Option<Option<Key>>,
}

/// How many values a value holds, and how deep.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    depth: usize,
}

struct Anchored {
    node: Node,
    size: Size,
}

impl Builder<'_> {
    /// Takes the next event; false stops the reading.
    fn take(&mut self, event: Event, at: granit::Span) -> bool {
        let span = self.span(at);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let mistake = Diagnostic::error("a second document begins");
                    let help =
                        "a file is one document: remove the `---`, or move it to a file of its own";
                    self.mistakes.push(mistake.at(self.file, span, "not allowed").help(help));
                    return false;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(text, style, span, tag, at);
                return self.finish(node, anchor, Size { nodes: 1, depth: 0 });
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if self.open.len() == MAX_DEPTH => {
                return self.too_deep(span);
            }
            Event::SequenceStart(_, anchor, tag) => self.begin(None, anchor, span, tag, at, "seq"),
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Some(Mapping::default()), anchor, span, tag, at, "map");
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(span),
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                let mistake =
                    Diagnostic::error(format!("no anchor `&{name}` stands before this alias"))
                        .at(self.file, span.clone(), "unknown alias")
                        .help(format!("quote it if it is text: `\"*{name}\"`"));
                self.mistakes.push(mistake);
                let broken = Node::new(Content::Broken, span);
                return self.finish(broken, 0, Size { nodes: 1, depth: 0 });
            }
            _ => {}
        }
        true
    }

    /// The bytes of an event. Positions of the parser always carry bytes when it reads a `str`.
    fn span(&self, at: granit::Span) -> Span {
        let start = at.start.byte_offset().unwrap_or_default().min(self.text.len());
        let end = at.end.byte_offset().unwrap_or(start).clamp(start, self.text.len());
        start..end
    }

    fn scalar(
        &mut self,
        text: Cow<str>,
        style: ScalarStyle,
        span: Span,
        tag: Option<Cow<Tag>>,
        at: granit::Span,
    ) -> Node {
        let plain = style == ScalarStyle::Plain;
        let kind = tag.as_ref().map(|tag| tag.core_suffix().map(str::to_owned));
        let value = match kind.as_ref().map(Option::as_deref) {
            None if plain => resolve(&text),
            None | Some(Some("str")) => Ok(Content::Text(text.into_owned())),
            Some(Some(kind @ ("int" | "float" | "bool" | "null"))) => {
                resolve(&text).map(|value| match (kind, value) {
                    ("int", value @ Content::Int(_)) => value,
                    ("float", Content::Int(value)) => Content::Float(value as f64),
                    ("float", value @ Content::Float(_)) => value,
                    ("bool", value @ Content::Bool(_)) => value,
                    ("null", value @ Content::Null) => value,
                    _ => self.refuse_tag(tag.as_deref(), at),
                })
            }
            Some(_) => Ok(self.refuse_tag(tag.as_deref(), at)),
        };
        let quoted = !plain || kind.is_some_and(|kind| kind.as_deref() == Some("str"));
        let value = value.unwrap_or_else(|unclear| {
            let mistake = Diagnostic::error(unclear.message).at(self.file, span.clone(), "");
            self.mistakes.push(mistake.help(unclear.help));
            Content::Broken
        });
        Node { value, span, quoted, origin: Origin::Written }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, at: granit::Span) -> Content {
        let shown = tag.map(|tag| format!("{}{}", tag.original_handle(), tag.suffix()));
        let message = format!("the tag `{}` does not fit here", shown.unwrap_or_default());
        let span = self.span(at.tag_span().unwrap_or(at));
        self.mistakes.push(Diagnostic::error(message).at(self.file, span, "").help("remove it"));
        Content::Broken
    }

    fn begin(
        &mut self,
        map: Option<Mapping>,
        anchor: usize,
        span: Span,
        tag: Option<Cow<Tag>>,
        at: granit::Span,
        kind: &str,
    ) {
        let is_refused = tag.as_ref().is_some_and(|tag| tag.core_suffix() != Some(kind));
        if is_refused {
            self.refuse_tag(tag.as_deref(), at);
        }
        let (start, size, items) = (span.start, Size { nodes: 1, depth: 1 }, Vec::new());
        self.open.push(Collection { start, anchor, items, map, size, is_refused });
    }

    /// Closes the innermost collection.
    fn end(&mut self, span: Span) -> bool {
        let Some(collection) = self.open.pop() else { return true };
        // A block collection ends where its last value ends; the parser says only where the next
        // token is.
        let last = match &collection.map {
            Some(map) => {
                map.entries.last().map(|entry| entry.value.span.end.max(entry.key.span.end))
            }
            None => collection.items.last().map(|item| item.span.end),
        };
        let is_flow = self.text[span.clone()].ends_with(['}', ']']);
        let end = if is_flow { span.end } else { last.unwrap_or(span.end) };
        let value = match collection.map {
            _ if collection.is_refused => Content::Broken,
            Some(map) => Content::Map(map.entries),
            None => Content::List(collection.items),
        };
        let start = collection.start;
        self.finish(Node::new(value, start..end.max(start)), collection.anchor, collection.size)
    }

    /// Puts in place of an alias what its anchor holds.
    fn alias(&mut self, anchor: usize, span: Span) -> bool {
        let Some(Anchored { node, size }) = self.anchors.get(&anchor) else {
            let mistake = Diagnostic::error("an alias stands inside its own anchor");
            self.mistakes.push(mistake.at(self.file, span, "would never end"));
            return false;
        };
        let size = *size;
        if self.open.len() + size.depth > MAX_DEPTH {
            return self.too_deep(span);
        }
        let origin = Origin::Alias(node.span.clone());
        // What is expanded is counted before it is copied.
        self.copies += size.nodes;
        if self.copies > MAX_COPIES {
            return self.too_many(span);
        }
        let node = Node { span, origin, ..node.clone() };
        self.finish(node, 0, size)
    }

    fn too_deep(&mut self, span: Span) -> bool {
        let message = format!("more than {MAX_DEPTH} lists and mappings inside each other");
        self.mistakes.push(Diagnostic::error(message).at(self.file, span, "too deep"));
        false
    }

    fn too_many(&mut self, span: Span) -> bool {
        let message = format!("anchors and aliases repeat more than {MAX_COPIES} values");
        self.mistakes.push(Diagnostic::error(message).at(self.file, span, "too many"));
        false
    }

    /// Hands a complete value to the collection that it belongs to.
    fn finish(&mut self, node: Node, anchor: usize, size: Size) -> bool {
        if anchor != 0 {
            self.copies += size.nodes;
            if self.copies > MAX_COPIES {
                return self.too_many(node.span);
            }
            self.anchors.insert(anchor, Anchored { node: node.clone(), size });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        parent.size.nodes += size.nodes;
        parent.size.depth = parent.size.depth.max(size.depth + 1);
        let Some(map) = &mut parent.map else {
            parent.items.push(node);
            return true;
        };
        match map.key.take() {
            None => {
                let first = |name: &str| map.seen.get(name).cloned();
                let key = key(self.file, self.text, node, first, &mut self.mistakes);
                if let Some(key) = &key {
                    map.seen.insert(key.name.clone(), key.span.clone());
                }
                map.key = Some(key);
            }
            Some(Some(key)) => map.entries.push(Entry { key, value: node }),
            Some(None) => {}
        }
        true
    }

    /// Tells why the parser cannot go on.
    fn stop(&mut self, error: &ScanError) -> bool {
        let at = error.marker().byte_offset().unwrap_or_default().min(self.text.len());
        let at = self.text.floor_char_boundary(at);
        // An error at the end of the text is shown where the text ends, not on an empty line after
        // it.
        let at = at.min(self.text.trim_end().len());
        // The parser stands behind a tab when it sees it.
        let at = if self.text[..at].ends_with('\t') { at - 1 } else { at };
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let (message, help) = told(error.kind());
        let mut mistake = Diagnostic::error(message).at(self.file, at..at + length, "");
        mistake.help.extend(help.map(str::to_owned));
        let opened = self.open.last().map(|collection| collection.start);
        if let Some(start) = opened.filter(|&start| is_unclosed(error.kind()) && start < at) {
            mistake = mistake.see(self.file, start..start + 1, "opened here");
        }
        self.mistakes.push(mistake);
        false
    }
}

/// A node in the place of a key.
fn key(
    file: &str,
    text: &str,
    node: Node,
    first: impl Fn(&str) -> Option<Span>,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<Key> {
    let span = node.span.clone();
    let mistake = match node {
        Node { value: Content::Broken, .. } => return None,
        Node { origin: Origin::Alias(_), .. } => {
            Diagnostic::error("an alias cannot be a key").at(file, span, "").help("write the key")
        }
        Node { value: Content::Text(name), quoted: false, .. } if name == "<<" => {
            Diagnostic::error("merge keys are not read")
                .at(file, span, "")
                .help("repeat the lines, or give the whole value by an alias")
        }
        Node { value: Content::Text(name), .. } => match first(&name) {
            None => return Some(Key { name, span }),
            Some(first) => Diagnostic::error(format!("the key `{name}` is given twice"))
                .at(file, span, "given again")
                .see(file, first, "first given here"),
        },
        Node { value: Content::List(_) | Content::Map(_), .. } => {
            Diagnostic::error("a key must be text").at(file, span, "this is a collection")
        }
        node => {
            let written = &text[span.clone()];
            let found = format!("a key must be text, found {}", node.describe());
            let mistake = Diagnostic::error(found).at(file, span, "");
            if written.is_empty() {
                mistake
            } else {
                mistake.help(format!("write `\"{written}\"`"))
            }
        }
    };
    mistakes.push(mistake);
    None
}

/// Whether an error means that a bracket may not be closed.
fn is_unclosed(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
    )
}

/// The parser's reason in the words of this house, with the mend where there is one.
fn told(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help): (&str, _) = match kind {
        ErrorKind::RecursionLimitExceeded => {
            return (format!("more than {MAX_DEPTH} lists and mappings inside each other"), None);
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("`{open}` is not closed"), None);
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), None);
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            ("a tab stands where YAML wants spaces", Some("indent with spaces"))
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            ("a quoted text is not closed, or goes on without indentation", None)
        }
        ErrorKind::ExpectedFlowMappingSeparator => ("expected `,` or `}`", None),
        ErrorKind::ExpectedFlowSequenceSeparator => ("expected `,` or `]`", None),
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("the file ends before `}`", None)
        }
        ErrorKind::UnexpectedEofFlowSequence => ("the file ends before `]`", None),
        ErrorKind::UnknownQuotedScalarEscape => {
            ("unknown escape in double quotes", Some("single quotes take a backslash as it is"))
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return (
                format!("a plain text cannot begin with `{character}`"),
                Some("put it in quotes"),
            );
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            ("a second `:` on one line", Some("put text that contains `: ` in quotes"))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey => {
            ("expected `key: value`", Some("a key is followed by a colon and a space"))
        }
        ErrorKind::DirectiveDisallowed => ("directives are not read", Some("remove the line")),
        other => return (other.to_string(), None),
    };
    (message.to_owned(), help)
}

//! Puts the values of parameters into a tree.
//!
//! The whole rule: a scalar that is `$name` and nothing else, quoted or not, is the parameter with
//! its type. `${name}` anywhere in a quoted text (or in a block, `|` and `>`) is the parameter as
//! text. `$$name` and `$${name}` in these two places are the texts `$name` and `${name}`. Every
//! other dollar is itself, so that the regular expressions `'^a$'`, `'\$[0-9]+'` and `'^\$$'` need
//! no care. `${name}` in a text without quotes is a mistake, because it looks as if it were filled
//! in.

use std::collections::BTreeSet;

use super::decode::suggestion;
use super::params::{Param, is_name};
use super::tree::{Content, Node, Origin};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::prose::number;

/// Fills a tree in.
#[derive(Debug)]
pub struct Filler<'a> {
    pub file: &'a str,
    pub params: &'a [Param],
    /// Names that the tree uses.
    pub used: BTreeSet<String>,
    pub mistakes: Vec<Diagnostic>,
}

impl<'a> Filler<'a> {
    /// Fills in a node and all that it holds.
    pub fn fill(&mut self, node: &mut Node) {
        match &mut node.value {
            Content::List(items) => items.iter_mut().for_each(|item| self.fill(item)),
            Content::Map(entries) => {
                entries.iter_mut().for_each(|entry| self.fill(&mut entry.value));
            }
            Content::Text(text) if text.contains('$') => {
                let text = std::mem::take(text);
                self.fill_text(node, text);
            }
            _ => {}
        }
    }

    fn fill_text(&mut self, node: &mut Node, text: String) {
        if let Some(name) = text.strip_prefix('$').filter(|name| is_name(name)) {
            node.value = Content::Broken;
            if let Some(value) = self.value(name, &node.span) {
                node.value = value.value.clone();
                node.quoted = true;
                node.origin = Origin::Parameter(name.to_owned());
            }
            return;
        }
        let escaped = text.strip_prefix("$$").filter(|name| is_name(name));
        node.value = match escaped {
            Some(name) => Content::Text(format!("${name}")),
            None if node.quoted => self.fill_inside(&text, &node.span),
            None => self.refuse_plain(text, &node.span),
        };
    }

    /// Replaces each `${name}` of a quoted text.
    fn fill_inside(&mut self, text: &str, span: &Span) -> Content {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_whole = true;
        while let Some(at) = rest.find("${") {
            let (before, after) = rest.split_at(at);
            let name =
                after[2..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
            let Some(name) = name else {
                filled.push_str(&rest[..at + 2]);
                rest = &after[2..];
                continue;
            };
            rest = &after[name.len() + 3..];
            if let Some(before) = before.strip_suffix('$') {
                filled.extend([before, "${", name, "}"]);
                continue;
            }
            filled.push_str(before);
            match self.value(name, span).and_then(|value| self.text_of(name, value, span)) {
                Some(value) => filled.push_str(&value),
                None => is_whole = false,
            }
        }
        filled.push_str(rest);
        if is_whole { Content::Text(filled) } else { Content::Broken }
    }

    fn text_of(&mut self, name: &str, value: &Node, span: &Span) -> Option<String> {
        match &value.value {
            Content::Text(text) => Some(text.clone()),
            Content::Int(value) => Some(value.to_string()),
            Content::Float(value) => Some(number(*value)),
            Content::Bool(value) => Some(value.to_string()),
            _ => {
                let message = format!("the parameter `{name}` is {}, not text", value.describe());
                self.mistakes.push(Diagnostic::error(message).at(self.file, span.clone(), ""));
                None
            }
        }
    }

    fn refuse_plain(&mut self, text: String, span: &Span) -> Content {
        let mut names = text.match_indices("${").filter_map(|(at, _)| {
            text[at + 2..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name))
        });
        let Some(name) = names.next() else { return Content::Text(text) };
        self.used.insert(name.to_owned());
        let mistake = Diagnostic::error(format!("`${{{name}}}` stands in a text without quotes"));
        let help = if text.len() == name.len() + 3 {
            format!("write `${name}` for the value, or quote it for text")
        } else {
            "put the text in quotes".to_owned()
        };
        self.mistakes.push(mistake.at(self.file, span.clone(), "is not filled in").help(help));
        Content::Broken
    }

    /// The value of a parameter that is used somewhere.
    fn value(&mut self, name: &str, span: &Span) -> Option<&'a Node> {
        let params: &'a [Param] = self.params;
        let Some(param) = params.iter().find(|param| param.name == name) else {
            let mistake = Diagnostic::error(format!("undefined parameter `{name}`"));
            let known = params.iter().map(|param| param.name.as_str());
            // What is misspelt is not unused as well.
            self.used.extend(nearest(name, known.clone()).map(str::to_owned));
            let help = match params {
                [] => "declare it under `params:`".to_owned(),
                _ => suggestion(name, known, "the parameters are"),
            };
            let mistake = mistake.at(self.file, span.clone(), "not declared").help(help);
            let note = "where no parameter is meant, double the dollar: `$$`";
            self.mistakes.push(mistake.note(note));
            return None;
        };
        self.used.insert(name.to_owned());
        if param.kind.is_some() && param.value.is_none() {
            let mistake = Diagnostic::error(format!("the parameter `{name}` has no value"));
            let help = format!("run with `-p {name}=…`, or give it a `default`");
            self.mistakes.push(mistake.at(self.file, span.clone(), "").help(help));
        }
        param.kind.and(param.value.as_ref())
    }
}

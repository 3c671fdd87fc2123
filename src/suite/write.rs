//! A tree as YAML that reads back to the same tree.
//!
//! Collections of a few values stand on one line, everything else in lines of its own. Text that
//! any reader could take for something else is quoted.

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_saphyr::{DoubleQuoted, FlowMap, FlowSeq, SingleQuoted};

use super::params::is_name;
use super::parse::MAX_DEPTH;
use super::scalar::resolve;
use super::tree::{Content, Entry, Node};

/// Collections that are longer than this do not stand on one line.
const LINE: usize = 72;

/// The tree as YAML, its last line ended.
///
/// # Errors
/// A value that was a mistake, or nesting beyond what is read.
pub fn write(node: &Node) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(&Written { node, depth: 0 }, options)
        .map_err(|error| error.to_string())
}

/// A text in which no dollar means a parameter, for suites that are written from data.
pub fn literal(text: &str) -> String {
    if text.strip_prefix('$').is_some_and(is_name) {
        return format!("${text}");
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let is_parameter = rest[at + 2..].split_once('}').is_some_and(|(name, _)| is_name(name));
        written.push_str(&rest[..at]);
        written.push_str(if is_parameter { "$${" } else { "${" });
        rest = &rest[at + 2..];
    }
    written + rest
}

#[derive(Clone, Copy)]
struct Written<'a> {
    node: &'a Node,
    depth: usize,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > MAX_DEPTH {
            return Err(S::Error::custom(format!(
                "more than {MAX_DEPTH} collections inside each other"
            )));
        }
        let depth = self.depth + 1;
        match &self.node.value {
            Content::Broken => Err(S::Error::custom("a mistake cannot be written")),
            Content::Null => serializer.serialize_unit(),
            Content::Bool(value) => serializer.serialize_bool(*value),
            Content::Int(value) => serializer.serialize_i128(*value),
            Content::Float(value) => serializer.serialize_f64(*value),
            Content::Text(text) => Text(text).serialize(serializer),
            Content::List(items) if is_short(self.node) => {
                FlowSeq(Items { items, depth }).serialize(serializer)
            }
            Content::Map(entries) if is_short(self.node) && self.depth > 1 => {
                FlowMap(Lines { entries, depth }).serialize(serializer)
            }
            Content::List(items) => Items { items, depth }.serialize(serializer),
            Content::Map(entries) => Lines { entries, depth }.serialize(serializer),
        }
    }
}

struct Items<'a> {
    items: &'a [Node],
    depth: usize,
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.items.len()))?;
        for node in self.items {
            list.serialize_element(&Written { node, depth: self.depth })?;
        }
        list.end()
    }
}

struct Lines<'a> {
    entries: &'a [Entry],
    depth: usize,
}

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for Entry { key, value } in self.entries {
            map.serialize_entry(&Text(&key.name), &Written { node: value, depth: self.depth })?;
        }
        map.end()
    }
}

struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0;
        if is_plain(text) {
            serializer.serialize_str(text)
        } else if text.chars().all(is_printable) {
            SingleQuoted(text).serialize(serializer)
        } else {
            DoubleQuoted(text).serialize(serializer)
        }
    }
}

/// Whether a text needs no quotes for any reader.
fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ');
    text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$' || c == '/')
        && text.chars().skip(1).all(inner)
        && !text.ends_with(' ')
        && matches!(resolve(text), Ok(Content::Text(_)))
}

fn is_printable(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a collection fits a line: scalars, and in a mapping also collections of scalars.
fn is_short(node: &Node) -> bool {
    width(node, 2).is_some_and(|width| width <= LINE)
}

/// What a value takes on a line; `None` for what nests more than so many levels.
fn width(node: &Node, levels: usize) -> Option<usize> {
    match &node.value {
        Content::Broken => None,
        Content::List(_) | Content::Map(_) if levels == 0 => None,
        Content::List(items) => items.iter().map(|item| width(item, 0)).sum(),
        Content::Map(entries) => {
            let line = |entry: &Entry| {
                Some(width(&entry.value, levels - 1)? + entry.key.name.chars().count() + 2)
            };
            entries.iter().map(line).sum()
        }
        Content::Text(text) => text.chars().all(is_printable).then(|| text.chars().count() + 4),
        _ => Some(node.to_json().to_string().len() + 2),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::suite::parse::parse;
    use crate::suite::tests::cases::loading_suites;
    use crate::suite::tree::Key;

    /// The same values, wherever they stand.
    fn same(a: &Node, b: &Node) -> bool {
        match (&a.value, &b.value) {
            (Content::Float(a), Content::Float(b)) => {
                a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
            }
            (Content::List(a), Content::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Content::Map(a), Content::Map(b)) => {
                let line =
                    |(a, b): (&Entry, &Entry)| a.key.name == b.key.name && same(&a.value, &b.value);
                a.len() == b.len() && a.iter().zip(b).all(line)
            }
            (a, b) => a == b,
        }
    }

    fn check(node: &Node) {
        let text = write(node).expect("it can be written");
        let read = parse("written.yaml", &text);
        assert_eq!(read.mistakes, [], "\n{text}");
        let read = read.root.expect("it is there");
        assert!(same(node, &read), "\n{text}\nwritten {node:?}\nread    {read:?}");
    }

    fn text() -> impl Strategy<Value = String> {
        let words = "yes no on off y n true null ~ << 007 1e3 1_000 0x1F .inf 2024-01-31 12:30 - \
            -- ? : # & * ! | > % @ ` ' \" {} [] , a:b a: :a a#b #a a$ $a $$a ${a} --- ... = . +1 \
            1.5 ä 日本 \u{1f980} \u{85} \u{2028} \u{feff} \u{7f} \u{1b} \u{202e}";
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let spaced = prop::collection::vec(
            prop_oneof![
                prop::sample::select(words),
                Just(" ".into()),
                Just("\n".into()),
                Just("\t".into())
            ],
            0..5,
        );
        prop_oneof![spaced.prop_map(|parts| parts.concat()), "[ -~]{0,12}", any::<String>()]
    }

    fn node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(Content::Null),
            any::<bool>().prop_map(Content::Bool),
            any::<i128>().prop_map(Content::Int),
            any::<f64>().prop_map(Content::Float),
            prop_oneof![Just(f64::INFINITY), Just(f64::NAN), Just(-0.0), Just(1e300), Just(3.0)]
                .prop_map(Content::Float),
            text().prop_map(Content::Text),
        ];
        let leaf = leaf.prop_map(|value| Node::new(value, 0..0));
        leaf.prop_recursive(4, 40, 6, |inner| {
            let entries = prop::collection::btree_map(text(), inner.clone(), 0..5);
            let map = entries.prop_map(|entries| {
                let line = |(name, value)| Entry { key: Key { name, span: 0..0 }, value };
                Content::Map(entries.into_iter().map(line).collect())
            });
            let list = prop::collection::vec(inner, 0..5).prop_map(Content::List);
            prop_oneof![map, list].prop_map(|value| Node::new(value, 0..0))
        })
    }

    /// Random trees; many more where the code is optimised.
    const CASES: u32 = if cfg!(debug_assertions) { 500 } else { 20_000 };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(CASES))]

        #[test]
        fn what_is_written_reads_back(node in node()) {
            check(&node);
        }
    }

    #[test]
    fn suites_are_written_as_a_person_would() {
        for (_, text) in loading_suites() {
            check(&parse("suite.yaml", &text).root.expect("it loads"));
        }
        let text = "suite: rentals
columns:
  price:
    type: number
    between: {min: $low, max: .inf}
    in_set: [1, \"yes\", '007', a b]
  name: {not_null: true}
rows:
  cheap: 'price < 5'
";
        let root = parse("suite.yaml", text).root.expect("it is YAML");
        assert_eq!(write(&root).expect("it can be written"), text);
    }

    #[test]
    fn dollars_of_data_are_no_parameters() {
        for (text, written) in [
            ("$USD", "$$USD"),
            ("a $b", "a $b"),
            ("x${y}z", "x$${y}z"),
            ("${", "${"),
            ("^a$", "^a$"),
        ] {
            assert_eq!(literal(text), written);
        }
    }
}

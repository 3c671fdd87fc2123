//! A serde deserializer over one node. It reads structs from mappings only and knows their keys,
//! takes whole floats for integers, and says at which node a value did not fit.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::decode::Trace;
use super::fault::Fault;
use super::tree::{Content, Entry, Key, Node};

/// A node that is about to be read.
#[derive(Clone, Copy)]
pub struct NodeReader<'t> {
    pub node: &'t Node,
    /// The key under which it stands; `None` for the node that is read as a whole.
    pub key: Option<&'t Key>,
    pub trace: &'t Trace<'t>,
}

impl NodeReader<'_> {
    fn settle<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &result {
            self.trace.fail(self.node, self.key, fault);
        }
        result
    }

    fn fail<T>(self, fault: Fault) -> Result<T, Fault> {
        self.settle(Err(if self.node.value == Content::Broken { Fault::Told } else { fault }))
    }

    fn expected<T>(self, words: &str) -> Result<T, Fault> {
        self.fail(Fault::Expected(words.to_owned()))
    }

    /// The lines of the mapping that are not left out.
    fn lines<'t>(self) -> Lines<'t>
    where
        Self: 't,
    {
        let entries = self.node.entries().unwrap_or_default().iter();
        let lines: Vec<&Entry> = entries.filter(|entry| !self.trace.omits(&entry.value)).collect();
        Lines { lines: lines.into_iter(), value: None, trace: self.trace }
    }
}

/// An integer in the narrowest form that serde's own types accept.
fn visit_integer<'de, V: Visitor<'de>>(value: i128, visitor: V) -> Result<V::Value, Fault> {
    if let Ok(value) = i64::try_from(value) {
        visitor.visit_i64(value)
    } else if let Ok(value) = u64::try_from(value) {
        visitor.visit_u64(value)
    } else {
        visitor.visit_i128(value)
    }
}

/// Floats below this are whole numbers exactly: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.node.value {
                Content::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => {
                    self.settle(visit_integer(value as i128, visitor))
                }
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! as_any {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.deserialize_any(visitor)
        }
    )*};
}

impl<'de, 't> Deserializer<'de> for NodeReader<'t> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let result = match &self.node.value {
            Content::Broken => Err(Fault::Told),
            Content::Null => visitor.visit_unit(),
            Content::Bool(value) => visitor.visit_bool(*value),
            Content::Int(value) => visit_integer(*value, visitor),
            Content::Float(value) => visitor.visit_f64(*value),
            Content::Text(text) => visitor.visit_str(text),
            Content::List(items) => {
                let items: Vec<&Node> =
                    items.iter().filter(|item| !self.trace.omits(item)).collect();
                visitor.visit_seq(Items { items: items.into_iter(), list: self })
            }
            Content::Map(_) => visitor.visit_map(self.lines()),
        };
        self.settle(result)
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    as_any! {
        deserialize_bool deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_seq
        deserialize_map deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value {
            Content::Null => self.fail(Fault::Nothing),
            _ => self.settle(visitor.visit_some(self)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.settle(visitor.visit_newtype_struct(self))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Content::List(items) if items.len() == length => self.deserialize_any(visitor),
            _ => self.expected(&format!("a list of {length} values")),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Some(entries) = self.node.entries() else {
            return match self.node.value {
                Content::Null => self.fail(Fault::Nothing),
                _ => self.expected("a mapping"),
            };
        };
        for entry in entries.iter().filter(|entry| !fields.contains(&entry.key.name.as_str())) {
            self.trace.unknown(&entry.key, self.key, fields);
        }
        let mut lines = self.lines();
        let known = lines.lines.filter(|entry| fields.contains(&entry.key.name.as_str()));
        lines.lines = known.collect::<Vec<_>>().into_iter();
        self.settle(visitor.visit_map(lines))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Content::Text(text) if variants.contains(&text.as_str()) => {
                let unit: StrDeserializer<Fault> = text.as_str().into_deserializer();
                self.settle(visitor.visit_enum(unit))
            }
            Content::Map(entries) => match entries.as_slice() {
                [entry] if variants.contains(&entry.key.name.as_str()) => {
                    self.settle(visitor.visit_enum(Variant { entry, trace: self.trace }))
                }
                _ => self.fail(Fault::NoneOf(variants)),
            },
            Content::Null => self.fail(Fault::Nothing),
            _ => self.fail(Fault::NoneOf(variants)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

/// The items of a list, one after the other.
struct Items<'t> {
    items: std::vec::IntoIter<&'t Node>,
    list: NodeReader<'t>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(NodeReader { node, ..self.list }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The lines of a mapping, one after the other.
struct Lines<'t> {
    lines: std::vec::IntoIter<&'t Entry>,
    value: Option<&'t Entry>,
    trace: &'t Trace<'t>,
}

impl<'de> MapAccess<'de> for Lines<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.lines.next() else { return Ok(None) };
        self.value = Some(entry);
        let key: StrDeserializer<Fault> = entry.key.name.as_str().into_deserializer();
        let result = seed.deserialize(key);
        if let Err(fault) = &result {
            self.trace.fail(&entry.value, Some(&entry.key), fault);
        }
        result.map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some(entry) = self.value.take() else {
            return Err(Fault::Said("a value was asked for before its key".into()));
        };
        let reader = NodeReader { node: &entry.value, key: Some(&entry.key), trace: self.trace };
        seed.deserialize(reader)
    }
}

/// `name: content` as a variant of an enum.
struct Variant<'t> {
    entry: &'t Entry,
    trace: &'t Trace<'t>,
}

impl<'t> Variant<'t> {
    fn content(&self) -> NodeReader<'t> {
        NodeReader { node: &self.entry.value, key: Some(&self.entry.key), trace: self.trace }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name: StrDeserializer<Fault> = self.entry.key.name.as_str().into_deserializer();
        seed.deserialize(name).map(|value| (value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let name = &self.entry.key.name;
        self.content().fail(Fault::Said(format!("`{name}` takes no value: write it alone")))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self.content())
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content().deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content().deserialize_struct("", fields, visitor)
    }
}

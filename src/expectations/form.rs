//! A check inside another one, in its short or long form.

use std::fmt;

use schemars::SchemaGenerator;
use serde::de::value::{BoolDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Value, json};

use super::{Definition, Expect};

/// Reads what stands behind the name of a check.
pub struct Form(pub &'static Definition);

impl Form {
    fn long<'de, A: MapAccess<'de>>(self, map: A) -> Result<Box<dyn Expect>, A::Error> {
        let mut reader = <dyn erased_serde::Deserializer>::erase(MapAccessDeserializer::new(map));
        (self.0.decode)(&mut reader).map_err(A::Error::custom)
    }

    fn short<'de, D: Deserializer<'de>>(self, value: D) -> Result<Box<dyn Expect>, D::Error> {
        match self.0.short {
            Some(name) => self.long(Line { name: Some(name), value: Some(value) }),
            None => Err(D::Error::custom(format!("`{}` takes a mapping", self.0.name))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Form {
    type Value = Box<dyn Expect>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Form {
    type Value = Box<dyn Expect>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "the arguments of `{}`", self.0.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.long(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        self.short(SeqAccessDeserializer::new(list))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        match value && self.0.bare {
            true => self.long(Line::<BoolDeserializer<E>> { name: None, value: None }),
            false => self.short::<BoolDeserializer<E>>(value.into_deserializer()),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.short(IntoDeserializer::<E>::into_deserializer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.short(IntoDeserializer::<E>::into_deserializer(value))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Self::Value, E> {
        self.short(IntoDeserializer::<E>::into_deserializer(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.short(IntoDeserializer::<E>::into_deserializer(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.short(IntoDeserializer::<E>::into_deserializer(value))
    }
}

/// A mapping of one line, or of none.
struct Line<D> {
    name: Option<&'static str>,
    value: Option<D>,
}

impl<'de, D: Deserializer<'de>> MapAccess<'de> for Line<D> {
    type Error = D::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, D::Error> {
        let Some(name) = self.name.take() else { return Ok(None) };
        seed.deserialize(IntoDeserializer::<D::Error>::into_deserializer(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, D::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(Given(value)),
            None => Err(D::Error::custom("a value was asked for before its key")),
        }
    }
}

/// A value that is there, for arguments that need not be given.
struct Given<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Given<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self.0)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The JSON Schema of what may stand behind the name of a check inside another one.
pub fn schema(definition: &Definition, generator: &mut SchemaGenerator) -> Value {
    let own = (definition.schema)(generator).to_value();
    let properties = own["properties"].as_object().cloned().unwrap_or_default();
    let short = definition.short.and_then(|short| properties.get(short).cloned());
    let mut long = json!({"type": "object", "properties": properties,
                          "additionalProperties": false});
    if let Some(required) = own["required"].as_array() {
        long["required"] = required.clone().into();
    } else if !definition.bare {
        long["minProperties"] = 1.into();
    }
    let mut forms = vec![long];
    forms.extend(short);
    forms.extend(definition.bare.then(|| json!({"const": true})));
    json!({"description": format!("an item keeps `{}`", definition.name), "anyOf": forms})
}

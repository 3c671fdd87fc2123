//! One object on each line, taken apart into cells.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::parts::Fault;

/// A value of an object, with the digits that the file has.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(&'a str),
    Boolean(&'a str),
    /// A list or an object, as it is written.
    Nested(&'a str),
}

impl Cell<'_> {
    /// Whether the text is one of those that stand for a missing value.
    pub fn is_one_of(&self, absent: &[String]) -> bool {
        absent.iter().any(|word| word == self.as_ref())
    }
}

impl AsRef<str> for Cell<'_> {
    fn as_ref(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            Cell::Number(text) | Cell::Boolean(text) | Cell::Nested(text) => text,
        }
    }
}

/// The cells of a part, column by column; a key that an object lacks is null.
#[derive(Debug, Default)]
pub struct Table<'a> {
    pub names: Vec<String>,
    pub columns: Vec<Vec<Option<Cell<'a>>>>,
    pub rows: usize,
    /// Whether further keys become columns, or are passed over.
    open: bool,
}

impl<'a> Table<'a> {
    /// Takes all keys.
    pub fn all(text: &'a str) -> Result<Self, Fault> {
        Table { open: true, ..Table::default() }.fill(text)
    }

    /// Takes only these keys.
    pub fn of(text: &'a str, names: Vec<String>) -> Result<Self, Fault> {
        let columns = names.iter().map(|_| Vec::new()).collect();
        Table { names, columns, rows: 0, open: false }.fill(text)
    }

    fn fill(mut self, text: &'a str) -> Result<Self, Fault> {
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() {
                continue;
            }
            self.line(line).map_err(|reason| Fault { lines: number as u64, reason })?;
        }
        Ok(self)
    }

    fn line(&mut self, line: &'a str) -> Result<(), String> {
        let mut reader = serde_json::Deserializer::from_str(line);
        let read = Object { table: self, next: 0 }.deserialize(&mut reader);
        read.and_then(|()| reader.end()).map_err(|error| {
            let text = error.to_string();
            let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
            format!("column {}: {reason}", error.column())
        })?;
        self.rows += 1;
        for column in &mut self.columns {
            column.resize(self.rows, None);
        }
        Ok(())
    }

    /// The column of a key; keys mostly come in the same order.
    fn column(&mut self, key: &str, expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|name| name == key) {
            return Some(expected);
        }
        if let Some(found) = self.names.iter().position(|name| name == key) {
            return Some(found);
        }
        if !self.open {
            return None;
        }
        self.names.push(key.to_owned());
        self.columns.push(vec![None; self.rows]);
        Some(self.names.len() - 1)
    }
}

/// Reads one object into the table.
struct Object<'t, 'a> {
    table: &'t mut Table<'a>,
    next: usize,
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> DeserializeSeed<'a> for Object<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object on each line")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key::<Key>()? {
            let value: &'a RawValue = map.next_value()?;
            let Some(column) = self.table.column(&key, self.next) else { continue };
            self.next = column + 1;
            let row = self.table.rows;
            let cells = &mut self.table.columns[column];
            if cells.len() > row {
                return Err(A::Error::custom(format_args!("the key `{key}` stands twice")));
            }
            cells.push(cell(value.get()).map_err(A::Error::custom)?);
        }
        Ok(())
    }
}

fn cell(raw: &str) -> Result<Option<Cell<'_>>, serde_json::Error> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Some(Cell::Text(serde_json::from_str::<Key>(raw)?.0)),
        Some(b'{' | b'[') => Some(Cell::Nested(raw)),
        Some(b't' | b'f') => Some(Cell::Boolean(raw)),
        Some(b'n') | None => None,
        Some(_) => Some(Cell::Number(raw)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(&str, &str)], (u64, &str)>) {
        match (Table::all(text), expected) {
            (Ok(table), Ok(columns)) => {
                let cell = |cell: &Option<Cell>| {
                    cell.as_ref().map_or("null".into(), |cell| cell.as_ref().to_owned())
                };
                let found: Vec<(String, String)> = table
                    .names
                    .iter()
                    .zip(&table.columns)
                    .map(|(name, cells)| {
                        (name.clone(), cells.iter().map(cell).collect::<Vec<_>>().join("|"))
                    })
                    .collect();
                let found: Vec<_> =
                    found.iter().map(|(name, cells)| (name.as_str(), cells.as_str())).collect();
                assert_eq!(found, columns, "{text}");
            }
            (Err(fault), Err((lines, reason))) => {
                assert_eq!((fault.lines, fault.reason.as_str()), (lines, reason), "{text}");
            }
            (found, _) => panic!("{text}: {found:?}"),
        }
    }

    #[test]
    fn objects_become_columns() {
        check(
            "{\"a\": 1.50, \"b\": \"x\\u0041\"}\r\n\n{\"b\": null, \"c\": [1, 2]}\n",
            Ok(&[("a", "1.50|null"), ("b", "xA|null"), ("c", "null|[1, 2]")]),
        );
        check("", Ok(&[]));
    }

    #[test]
    fn mistakes_have_a_place() {
        check("{\"a\":1}\n{\"a\":1,\"a\":2}", Err((1, "column 13: the key `a` stands twice")));
        check("{\"a\":1}\n\n{\"a\":}", Err((2, "column 6: expected value")));
        check("{\"a\":1} x", Err((0, "column 9: trailing characters")));
        check("[1]", Err((0, "column 0: invalid type: sequence, expected an object on each line")));
    }
}

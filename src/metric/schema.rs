//! What a dataset looks like before any of it is read.

use std::fmt;

use super::Unmeasured;

/// The columns of a dataset, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    pub columns: Vec<Column>,
    /// How many rows there are, where the file says so.
    pub rows: Option<u64>,
    /// Whether the file has no types of its own (CSV, NDJSON): then types are read, not stored.
    pub untyped: bool,
}

/// A further dataset of a suite, under its name there.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    /// Its columns, or why it cannot be read; `None` where no check needs it, so that it stays
    /// closed.
    pub schema: Option<Result<Schema, Unmeasured>>,
}

impl Named {
    /// The columns, where they are known.
    pub fn known(&self) -> Option<&Schema> {
        self.schema.as_ref()?.as_ref().ok()
    }
}

/// A column, or a field of a struct, and its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    pub name: String,
    pub kind: Type,
}

impl Schema {
    /// The column of this name; the first, if the name stands twice. A name that is no column and
    /// begins with that of a struct means a field of it: `address.city`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.path(name).and_then(|path| path.last().copied())
    }

    /// The way to a column: itself, or the struct column and the fields down to the one that is
    /// meant.
    pub fn path(&self, name: &str) -> Option<Vec<&Column>> {
        path(&self.columns, name)
    }

    /// Whether a name stands more than once.
    pub fn is_ambiguous(&self, name: &str) -> bool {
        let path = self.path(name);
        let root = path.as_ref().and_then(|path| path.first()).map_or(name, |root| &root.name);
        self.columns.iter().filter(|column| column.name == root).count() > 1
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

/// A name among columns or fields: names are opaque, so one that has a dot itself comes first.
fn path<'a>(columns: &'a [Column], name: &str) -> Option<Vec<&'a Column>> {
    if let Some(column) = columns.iter().find(|column| column.name == name) {
        return Some(vec![column]);
    }
    let dots = name.match_indices('.').map(|(place, _)| place);
    dots.into_iter().find_map(|dot| {
        let outer = columns.iter().find(|column| column.name == name[..dot])?;
        let Type::Struct(fields) = &outer.kind else { return None };
        let inner = path(fields, &name[dot + 1..])?;
        Some(std::iter::once(outer).chain(inner).collect())
    })
}

/// The type of a column, as exact as the file says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Every value is null.
    Null,
    Boolean,
    Integer {
        bits: u8,
        signed: bool,
    },
    Float {
        bits: u8,
    },
    Decimal {
        precision: u8,
        scale: i8,
    },
    /// Text; a categorical or enumerated column is text too.
    String,
    Date,
    Time,
    /// With the name of its zone, if it has one.
    DateTime {
        zone: Option<String>,
    },
    Duration,
    Binary,
    List(Box<Type>),
    Struct(Vec<Column>),
    /// A type that no check looks into, under the file format's own name.
    Other(String),
}

impl Type {
    /// Integers, floats and decimals.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Integer { .. } | Type::Float { .. } | Type::Decimal { .. })
    }

    /// Dates, times of day, datetimes and durations.
    pub fn is_temporal(&self) -> bool {
        matches!(self, Type::Date | Type::Time | Type::DateTime { .. } | Type::Duration)
    }

    /// Types whose values have an order.
    pub fn is_ordered(&self) -> bool {
        self.is_number() || self.is_temporal() || *self == Type::String
    }

    /// The word for the type's class, as suites write it.
    pub fn class(&self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Boolean => "boolean",
            Type::Integer { .. } => "integer",
            Type::Float { .. } => "float",
            Type::Decimal { .. } => "decimal",
            Type::String => "string",
            Type::Date => "date",
            Type::Time => "time",
            Type::DateTime { .. } => "datetime",
            Type::Duration => "duration",
            Type::Binary => "binary",
            Type::List(_) => "list",
            Type::Struct(_) => "struct",
            Type::Other(_) => "other",
        }
    }
}

impl fmt::Display for Type {
    /// The exact name, as suites write it: `int64`, `datetime[UTC]`, `list[string]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Integer { bits, signed: true } => write!(f, "int{bits}"),
            Type::Integer { bits, signed: false } => write!(f, "uint{bits}"),
            Type::Float { bits } => write!(f, "float{bits}"),
            Type::Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            Type::DateTime { zone: Some(zone) } => write!(f, "datetime[{zone}]"),
            Type::List(item) => write!(f, "list[{item}]"),
            Type::Struct(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|Column { name, kind }| format!("{name}: {kind}")).collect();
                write!(f, "struct{{{}}}", fields.join(", "))
            }
            Type::Other(name) => f.write_str(name),
            plain => f.write_str(plain.class()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: Type) -> Column {
        Column { name: name.into(), kind }
    }

    fn check(name: &str, kind: Option<Type>) {
        let place = Type::Struct(vec![column("zip", Type::Date), column("a.b", Type::Time)]);
        let address = Type::Struct(vec![column("place", place), column("city", Type::String)]);
        let columns = vec![column("address", address), column("address.city", Type::Boolean)];
        let schema = Schema { columns, ..Schema::default() };
        assert_eq!(schema.column(name).map(|column| column.kind.clone()), kind, "{name}");
    }

    #[test]
    fn dotted_names_are_columns_first_and_fields_else() {
        check("address.city", Some(Type::Boolean));
        check("address.place.zip", Some(Type::Date));
        check("address.place.a.b", Some(Type::Time));
        check("address.town", None);
        check("city", None);
        check("address.city.x", None);
    }
}

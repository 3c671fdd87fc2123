//! Random tables, in the form of the engine and in that of the naive implementation.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    DurationMillisecondArray, Float32Array, Float64Array, Int8Array, Int64Array, Int64Builder,
    ListBuilder, StringArray, StringBuilder, Time64NanosecondArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::datatypes::Int32Type;

use super::naive::{Cell, Plain};
use crate::metric::{Type, Value};

/// Steele, Lea and Flood's splitmix64.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// The forms that columns of a random table have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Bool,
    Narrow,
    Int,
    Unsigned,
    Cents,
    Wide,
    Half,
    Float,
    Text,
    Words,
    Day,
    Clock,
    Moment(usize),
    Zoned,
    Span,
    Numbers,
    Texts,
}

const SHAPES: [Shape; 21] = [
    Shape::Bool,
    Shape::Narrow,
    Shape::Int,
    Shape::Int,
    Shape::Unsigned,
    Shape::Cents,
    Shape::Wide,
    Shape::Half,
    Shape::Float,
    Shape::Float,
    Shape::Text,
    Shape::Words,
    Shape::Day,
    Shape::Clock,
    Shape::Moment(0),
    Shape::Moment(1),
    Shape::Moment(3),
    Shape::Zoned,
    Shape::Span,
    Shape::Numbers,
    Shape::Texts,
];

/// Ticks of each unit of time in nanoseconds: s, ms, us, ns.
const TICKS: [i64; 4] = [1_000_000_000, 1_000_000, 1_000, 1];

impl Shape {
    /// A value that such a column can hold, out of few, so that there are ties.
    pub fn value(self, dice: &mut Dice) -> Value {
        let two53 = 1i128 << 53;
        let small = |dice: &mut Dice| dice.below(5) as i64 - 2;
        match self {
            Shape::Bool => Value::Bool(dice.one_in(2)),
            Shape::Narrow => Value::Int(dice.of(&[-128, -1, 0, 1, 2, 3, 127])),
            Shape::Int => Value::Int(dice.of(&[
                -1,
                0,
                1,
                2,
                3,
                two53,
                two53 + 1,
                i64::MIN.into(),
                i64::MAX.into(),
            ])),
            Shape::Unsigned => Value::Int(dice.of(&[
                0,
                1,
                2,
                3,
                two53 + 1,
                i128::from(u64::MAX) - 1,
                u64::MAX.into(),
            ])),
            Shape::Cents => Value::Decimal {
                unscaled: dice.of(&[-100, 0, 10, 20, 30, 100, 200, 225]),
                scale: 2,
            },
            Shape::Wide => Value::Decimal {
                unscaled: dice.of(&[0, 1, 2, 3, two53 + 1, 10i128.pow(37), -(10i128.pow(37))]),
                scale: 0,
            },
            Shape::Half => {
                let value = dice.of(&[0.1f32, 0.5, -0.0, 0.0, 1.0, 2.0, f32::NAN, f32::INFINITY]);
                Value::float(value.into())
            }
            Shape::Float => Value::float(dice.of(&[
                0.0,
                -0.0,
                0.1,
                0.2,
                0.3,
                0.1 + 0.2,
                1.0,
                2.0,
                2.25,
                two53 as f64,
                1e300,
                5e-324,
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
            ])),
            Shape::Text | Shape::Words => Value::Text(
                dice.of(&["", "a", "ab", "abc", "b", "B", "\u{e9}", "e\u{301}", " a", "a\n"])
                    .into(),
            ),
            Shape::Day => Value::Date(dice.of(&[-4, -1, 0, 1, 2, 19_782])),
            Shape::Clock => Value::Time(dice.of(&[0, 1, 43_200_000_000_000])),
            Shape::Moment(unit) => {
                Value::DateTime { nanos: i128::from(small(dice) * TICKS[unit]), zoned: false }
            }
            Shape::Zoned => {
                let seconds = dice.of(&[-1i64, 0, 1, 86_399, 82_800, 1_711_846_800]);
                Value::DateTime { nanos: i128::from(seconds) * 1_000_000_000, zoned: true }
            }
            Shape::Span => Value::Duration(i128::from(small(dice)) * 1_000_000),
            Shape::Numbers => Shape::Int.value(dice),
            Shape::Texts => Shape::Text.value(dice),
        }
    }

    /// The shape of a list's items.
    pub fn item(self) -> Option<Shape> {
        match self {
            Shape::Numbers => Some(Shape::Int),
            Shape::Texts => Some(Shape::Text),
            _ => None,
        }
    }

    pub fn kind(self) -> Type {
        let list = |item: Shape| Type::List(Box::new(item.kind()));
        match self {
            Shape::Bool => Type::Boolean,
            Shape::Narrow => Type::Integer { bits: 8, signed: true },
            Shape::Int => Type::Integer { bits: 64, signed: true },
            Shape::Unsigned => Type::Integer { bits: 64, signed: false },
            Shape::Cents => Type::Decimal { precision: 38, scale: 2 },
            Shape::Wide => Type::Decimal { precision: 38, scale: 0 },
            Shape::Half => Type::Float { bits: 32 },
            Shape::Float => Type::Float { bits: 64 },
            Shape::Text | Shape::Words => Type::String,
            Shape::Day => Type::Date,
            Shape::Clock => Type::Time,
            Shape::Moment(_) => Type::DateTime { zone: None },
            Shape::Zoned => Type::DateTime { zone: Some("UTC".into()) },
            Shape::Span => Type::Duration,
            Shape::Numbers => list(Shape::Int),
            Shape::Texts => list(Shape::Text),
        }
    }

    /// Values that can be compared with each other have one class.
    pub fn class(self) -> &'static str {
        match (self.kind(), self) {
            (kind, _) if kind.is_number() => "number",
            (_, Shape::Zoned) => "zoned",
            (kind, _) => kind.class(),
        }
    }
}

/// A column in both forms.
#[derive(Clone)]
pub struct Made {
    pub shape: Shape,
    pub plain: Plain,
    pub array: ArrayRef,
}

/// A random table: the first columns are of any shape, the others often like one of them.
pub fn table(dice: &mut Dice) -> Vec<Made> {
    let rows = dice.of(&[1, 3, 20, 70]);
    let mut columns: Vec<Made> = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        let shape = match columns.get(dice.below(3)) {
            Some(like) if dice.one_in(2) => {
                let class = like.shape.class();
                let alike = SHAPES.iter().copied().filter(|shape| shape.class() == class);
                dice.of(&alike.collect::<Vec<Shape>>())
            }
            _ => dice.of(&SHAPES),
        };
        columns.push(made(name, shape, rows, dice));
    }
    columns
}

fn made(name: &str, shape: Shape, rows: usize, dice: &mut Dice) -> Made {
    let rarity = dice.of(&[2, 4, 1_000]);
    let cells: Vec<Cell> = (0..rows)
        .map(|_| match shape.item() {
            _ if dice.one_in(rarity) => Cell::One(Value::Null),
            None => Cell::One(shape.value(dice)),
            Some(item) => {
                let length = dice.below(4);
                let value = |_| match dice.one_in(5) {
                    true => Value::Null,
                    false => item.value(dice),
                };
                Cell::Many((0..length).map(value).collect())
            }
        })
        .collect();
    let array = array(shape, &cells);
    Made { shape, plain: Plain { name: name.into(), kind: shape.kind(), cells }, array }
}

fn array(shape: Shape, cells: &[Cell]) -> ArrayRef {
    let values: Vec<Value> = cells
        .iter()
        .map(|cell| match cell {
            Cell::One(value) => value.clone(),
            Cell::Many(_) => Value::Null,
        })
        .collect();
    let wide: Vec<Option<i128>> = values.iter().map(whole).collect();
    let long = || wide.iter().map(|value| value.map(|value| value as i64));
    let ticks = |unit: i64| long().map(move |value| value.map(|value| value / unit));
    let floats = || {
        values.iter().map(|value| match value {
            Value::Float(float) => Some(float.0),
            _ => None,
        })
    };
    let texts = || {
        values.iter().map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    };
    let decimals = |scale: i8| {
        let array: Decimal128Array = wide.iter().copied().collect();
        array.with_precision_and_scale(38, scale).expect("a decimal")
    };
    match shape {
        Shape::Bool => {
            Arc::new(long().map(|value| value.map(|value| value == 1)).collect::<BooleanArray>())
        }
        Shape::Narrow => {
            Arc::new(long().map(|value| value.map(|value| value as i8)).collect::<Int8Array>())
        }
        Shape::Int => Arc::new(long().collect::<Int64Array>()),
        Shape::Unsigned => {
            let values = wide.iter().map(|value| value.map(|value| value as u64));
            Arc::new(values.collect::<UInt64Array>())
        }
        Shape::Cents => Arc::new(decimals(2)),
        Shape::Wide => Arc::new(decimals(0)),
        Shape::Half => Arc::new(
            floats().map(|value| value.map(|value| value as f32)).collect::<Float32Array>(),
        ),
        Shape::Float => Arc::new(floats().collect::<Float64Array>()),
        Shape::Text => Arc::new(texts().collect::<StringArray>()),
        Shape::Words => Arc::new(texts().collect::<DictionaryArray<Int32Type>>()),
        Shape::Day => {
            Arc::new(long().map(|value| value.map(|value| value as i32)).collect::<Date32Array>())
        }
        Shape::Clock => Arc::new(long().collect::<Time64NanosecondArray>()),
        Shape::Moment(0) => Arc::new(ticks(TICKS[0]).collect::<TimestampSecondArray>()),
        Shape::Moment(1) => Arc::new(ticks(TICKS[1]).collect::<TimestampMillisecondArray>()),
        Shape::Moment(2) => Arc::new(ticks(TICKS[2]).collect::<TimestampMicrosecondArray>()),
        Shape::Moment(_) => Arc::new(ticks(TICKS[3]).collect::<TimestampNanosecondArray>()),
        Shape::Zoned => {
            Arc::new(ticks(TICKS[0]).collect::<TimestampSecondArray>().with_timezone("UTC"))
        }
        Shape::Span => Arc::new(ticks(TICKS[1]).collect::<DurationMillisecondArray>()),
        Shape::Numbers => {
            let mut lists = ListBuilder::new(Int64Builder::new());
            for cell in cells {
                if let Cell::Many(items) = cell {
                    let items = items.iter().map(|item| whole(item).map(|item| item as i64));
                    items.for_each(|item| lists.values().append_option(item));
                }
                lists.append(matches!(cell, Cell::Many(_)));
            }
            Arc::new(lists.finish())
        }
        Shape::Texts => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for cell in cells {
                if let Cell::Many(items) = cell {
                    for item in items {
                        match item {
                            Value::Text(text) => lists.values().append_value(text),
                            _ => lists.values().append_null(),
                        }
                    }
                }
                lists.append(matches!(cell, Cell::Many(_)));
            }
            Arc::new(lists.finish())
        }
    }
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Bool(value) => Some((*value).into()),
        Value::Int(value) => Some(*value),
        Value::Decimal { unscaled, .. } => Some(*unscaled),
        Value::Date(days) => Some((*days).into()),
        Value::Time(nanos) => Some((*nanos).into()),
        Value::DateTime { nanos, .. } | Value::Duration(nanos) => Some(*nanos),
        _ => None,
    }
}

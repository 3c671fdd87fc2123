//! The predicates a second time: row by row over plain values, as plainly as can be.
//!
//! Nothing here uses the engine. Numbers are exact binary numbers of any length, times are
//! nanoseconds, text is compared letter by letter.

use std::cmp::Ordering;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, TimeZone};

use crate::metric::{
    Bound, BoundValue, CellTest, Comparison, Decimal, Likeness, Predicate, Tolerance, Type, Value,
    Zone,
};
use crate::stats::dyadic::Dyadic;

/// A column of plain cells.
#[derive(Clone, Debug)]
pub struct Plain {
    pub name: String,
    pub kind: Type,
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug)]
pub enum Cell {
    One(Value),
    Many(Vec<Value>),
}

/// Everything is counted in units of `10^-PLACES`.
const PLACES: i32 = 50;

/// The answer for a row as a letter: `y` holds, `n` does not, `-` null, `~` NaN.
pub fn letter(table: &[Plain], row: usize, predicate: &Predicate) -> char {
    let cell = |name: &str| cell(table, row, name);
    let one = |name: &str| match cell(name) {
        Cell::One(value) => value.clone(),
        Cell::Many(_) => Value::Nested("a list".into()),
    };
    match predicate {
        Predicate::Present { column } => yes(gap(&one(column)).is_none()),
        Predicate::Cell { column, test } => test_cell(&one(column), *test),
        Predicate::Within { column, min, max, negated } => {
            let value = one(column);
            gap(&value).unwrap_or_else(|| {
                let kind = kind(table, column);
                let end = |bound: &Option<Bound>, low| match bound {
                    None => Some(true),
                    Some(bound) => {
                        let against = bound_value(bound, kind, &one);
                        gap(&against).is_none().then(|| {
                            let order = compare(&value, &against);
                            let order = if low { order } else { order.reverse() };
                            order.is_gt() || (order.is_eq() && !bound.strict)
                        })
                    }
                };
                match (end(min, true), end(max, false)) {
                    (Some(above), Some(below)) => yes((above && below) != *negated),
                    _ => 'n',
                }
            })
        }
        Predicate::OneOf { column, values, negated } => {
            let value = one(column);
            match gap(&value) {
                Some('-') if values.contains(&Value::Null) => yes(!negated),
                Some(gap) => gap,
                None => {
                    let kind = kind(table, column);
                    let listed = values.iter().filter(|value| gap(value).is_none());
                    let mut listed = listed.map(|value| literal(value, kind));
                    yes(listed.any(|listed| compare(&value, &listed).is_eq()) != *negated)
                }
            }
        }
        Predicate::Compare { left, op, right } => {
            let (left, right) = (one(left), one(right));
            over_all(&[left.clone(), right.clone()], || accepts(*op, compare(&left, &right)))
        }
        Predicate::Balance { terms, op, total, tolerance } => {
            let terms: Vec<Value> = terms.iter().map(|name| one(name)).collect();
            let mut all = terms.clone();
            let total = match total {
                BoundValue::Value(value) => value.clone(),
                BoundValue::Column(name) => {
                    all.push(one(name));
                    one(name)
                }
            };
            over_all(&all, || balanced(&terms, *op, &total, *tolerance))
        }
        Predicate::Alike { columns, likeness } => {
            let values: Vec<Value> = columns.iter().map(|name| one(name)).collect();
            alike(&values, *likeness)
        }
        Predicate::Filled { columns, min, max } => {
            let filled = columns.iter().filter(|name| gap(&one(name)).is_none()).count() as u32;
            yes(filled >= *min && max.is_none_or(|max| filled <= max))
        }
        Predicate::ListLength { column, min, max } => match cell(column) {
            Cell::One(_) => '-',
            Cell::Many(items) => {
                let length = items.len() as u64;
                yes(min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max))
            }
        },
        Predicate::Each { column, item } => match cell(column) {
            Cell::One(_) => '-',
            Cell::Many(items) => {
                let Type::List(kind) = kind(table, column) else { panic!("{column} is no list") };
                let cells = items.iter().cloned().map(Cell::One).collect();
                let items = Plain { name: column.clone(), kind: (**kind).clone(), cells };
                let table = [items];
                yes((0..table[0].cells.len()).all(|row| letter(&table, row, item) != 'n'))
            }
        },
        other => panic!("{other:?} is not tested here"),
    }
}

fn cell<'a>(table: &'a [Plain], row: usize, name: &str) -> &'a Cell {
    let column = table.iter().find(|column| column.name == name);
    &column.expect("a column of the table").cells[row]
}

fn kind<'a>(table: &'a [Plain], name: &str) -> &'a Type {
    &table.iter().find(|column| column.name == name).expect("a column of the table").kind
}

fn yes(holds: bool) -> char {
    if holds { 'y' } else { 'n' }
}

/// The letter of a missing value.
fn gap(value: &Value) -> Option<char> {
    match value {
        Value::Null => Some('-'),
        Value::Float(float) if float.0.is_nan() => Some('~'),
        _ => None,
    }
}

/// All missing: not judged; some missing: no.
fn over_all(values: &[Value], holds: impl Fn() -> bool) -> char {
    let gaps: Vec<char> = values.iter().filter_map(gap).collect();
    match gaps.len() {
        0 => yes(holds()),
        missing if missing < values.len() => 'n',
        _ if gaps.contains(&'~') => '~',
        _ => '-',
    }
}

fn alike(values: &[Value], likeness: Likeness) -> char {
    let there: Vec<&Value> = values.iter().filter(|value| gap(value).is_none()).collect();
    if there.is_empty() {
        return over_all(values, || false);
    }
    let pairs = || {
        let places = 0..there.len();
        places.clone().flat_map(move |a| places.clone().map(move |b| (a, b))).filter(|(a, b)| a < b)
    };
    let equal = |(a, b): (usize, usize)| compare(there[a], there[b]).is_eq();
    match likeness {
        Likeness::Equal => yes(there.len() == values.len() && pairs().all(equal)),
        Likeness::Distinct => yes(!pairs().any(equal)),
    }
}

fn test_cell(value: &Value, test: CellTest) -> char {
    match (test, value) {
        (CellTest::Missing, _) => yes(gap(value).is_some()),
        (_, Value::Null) => '-',
        (CellTest::NotNan, _) => yes(gap(value).is_none()),
        (CellTest::Finite, Value::Float(float)) => yes(float.0.is_finite()),
        (CellTest::Finite, _) => 'y',
        (CellTest::Weekday { days, zone }, value) => {
            let instant = match value {
                Value::Date(days) => i128::from(*days) * Zone::DAY_NS,
                Value::DateTime { nanos, .. } => *nanos,
                other => panic!("{other:?} falls on no day"),
            };
            let seconds = i64::try_from(instant.div_euclid(1_000_000_000)).expect("in range");
            let moment = DateTime::from_timestamp(seconds, 0).expect("in range").naive_utc();
            let local = match zone {
                None => moment,
                Some(Zone::Fixed(east)) => moment + chrono::TimeDelta::seconds(east.into()),
                Some(Zone::Named(zone)) => zone.from_utc_datetime(&moment).naive_local(),
            };
            yes(days & (1 << local.weekday().num_days_from_monday()) != 0)
        }
    }
}

fn bound_value(bound: &Bound, kind: &Type, one: &impl Fn(&str) -> Value) -> Value {
    match &bound.value {
        BoundValue::Column(name) => one(name),
        BoundValue::Value(value) => literal(value, kind),
    }
}

/// A value of a suite beside a column: a decimal column meets the decimal that was written, a
/// column of floats the double that the text reads as.
fn literal(value: &Value, kind: &Type) -> Value {
    match (value, kind) {
        (Value::Float(float), Type::Decimal { .. }) if float.0.is_finite() => written(float.0),
        (Value::Decimal { .. }, Type::Float { .. }) => {
            Value::float(value.to_string().parse().expect("a number"))
        }
        _ => value.clone(),
    }
}

/// The decimal in the digits of a double's shortest text.
fn written(value: f64) -> Value {
    let text = format!("{value}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    match format!("{whole}{fraction}").parse() {
        Ok(unscaled) if fraction.len() <= 40 => {
            Value::Decimal { unscaled, scale: fraction.len() as i8 }
        }
        _ => Value::float(value),
    }
}

/// The order of two values that are there.
pub fn compare(left: &Value, right: &Value) -> Ordering {
    let infinite = |value: &Value| match value {
        Value::Float(float) if float.0.is_infinite() => float.0.signum(),
        _ => 0.0,
    };
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.chars().cmp(right.chars()),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        (Value::DateTime { nanos: left, .. }, Value::DateTime { nanos: right, .. }) => {
            left.cmp(right)
        }
        _ if infinite(left) != 0.0 || infinite(right) != 0.0 => {
            infinite(left).total_cmp(&infinite(right))
        }
        _ => sign(&exact(left).minus(&exact(right))),
    }
}

fn accepts(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::GreaterOrEqual => order != Ordering::Less,
        Comparison::Greater => order == Ordering::Greater,
    }
}

fn balanced(terms: &[Value], op: Comparison, total: &Value, tolerance: Tolerance) -> bool {
    let infinity = |value: &Value| match value {
        Value::Float(float) if float.0.is_infinite() => float.0,
        _ => 0.0,
    };
    if terms.iter().chain([total]).any(|value| infinity(value) != 0.0) {
        let sum: f64 = terms.iter().map(infinity).sum();
        return sum.partial_cmp(&infinity(total)).is_some_and(|order| accepts(op, order));
    }
    let sum = terms.iter().fold(Dyadic::default(), |sum, term| sum.plus(&exact(term)));
    let difference = sum.minus(&exact(total));
    let size = match exact(total).is_negative() {
        true => Dyadic::default().minus(&exact(total)),
        false => exact(total),
    };
    let absolute = exact(&decimal(tolerance.absolute));
    // The share is counted in its own unit, and so is everything that it is compared with.
    let unit = whole(10i128.pow(tolerance.relative.scale.unsigned_abs().into()));
    let relative = size.times(&whole(tolerance.relative.unscaled));
    let (difference, absolute) = (difference.times(&unit), absolute.times(&unit));
    let most = if sign(&absolute.minus(&relative)) == Ordering::Less { relative } else { absolute };
    let above = sign(&difference.minus(&most));
    let below = sign(&difference.plus(&most));
    match op {
        Comparison::Less | Comparison::LessOrEqual => accepts(op, above),
        Comparison::Greater | Comparison::GreaterOrEqual => accepts(op, below),
        Comparison::Equal => above != Ordering::Greater && below != Ordering::Less,
        Comparison::NotEqual => above == Ordering::Greater || below == Ordering::Less,
    }
}

fn decimal(Decimal { unscaled, scale }: Decimal) -> Value {
    Value::Decimal { unscaled, scale }
}

fn exact(value: &Value) -> Dyadic {
    match value {
        Value::Int(value) => whole(*value).times(&ten_to(PLACES)),
        Value::Decimal { unscaled, scale } => {
            whole(*unscaled).times(&ten_to(PLACES - i32::from(*scale)))
        }
        Value::Float(float) => Dyadic::from_f64(float.0).times(&ten_to(PLACES)),
        Value::Date(days) => whole(i128::from(*days) * Zone::DAY_NS).times(&ten_to(PLACES)),
        Value::Time(nanos) => whole((*nanos).into()).times(&ten_to(PLACES)),
        Value::DateTime { nanos, .. } | Value::Duration(nanos) => {
            whole(*nanos).times(&ten_to(PLACES))
        }
        other => panic!("{other:?} is no number"),
    }
}

fn whole(value: i128) -> Dyadic {
    let size = value.unsigned_abs();
    let low = Dyadic::from_u64(size as u64);
    let high = Dyadic::from_u64((size >> 64) as u64).times_power_of_two(64);
    let size = low.plus(&high);
    if value < 0 { Dyadic::default().minus(&size) } else { size }
}

static POWERS: LazyLock<Vec<Dyadic>> = LazyLock::new(|| {
    let next = |power: &Dyadic| Some(power.times_u64(10));
    std::iter::successors(Some(Dyadic::from_u64(1)), next).take(100).collect()
});

fn ten_to(exponent: i32) -> Dyadic {
    POWERS[usize::try_from(exponent).expect("a power within reach")].clone()
}

fn sign(number: &Dyadic) -> Ordering {
    match (number.is_zero(), number.is_negative()) {
        (true, _) => Ordering::Equal,
        (false, true) => Ordering::Less,
        (false, false) => Ordering::Greater,
    }
}

//! The engine and the naive implementation say the same of random rows.

use super::answers;
use super::naive::{Plain, letter};
use super::random::{Dice, Made, Shape, table};
use crate::engine::table::Table;
use crate::metric::{
    Bound, BoundValue, CellTest, Comparison, Decimal, Likeness, Predicate, Tolerance, Value, Zone,
};

const TABLES: u64 = 600;
const PREDICATES: usize = 25;

#[test]
fn engine_and_plain_loops_agree_on_random_tables() {
    let mut judged = [0usize; 4];
    for seed in 0..TABLES {
        let dice = &mut Dice::new(seed);
        let columns = table(dice);
        let plain: Vec<Plain> = columns.iter().map(|column| column.plain.clone()).collect();
        let arrays = columns.iter().map(|made| (made.plain.name.as_str(), made.array.clone()));
        let engine = Table::new(arrays.collect());
        for _ in 0..PREDICATES {
            let Some(predicate) = predicate(&columns, dice) else { continue };
            let expected: String = (0..engine.record.num_rows())
                .map(|row| letter(&plain, row, &predicate))
                .inspect(|letter| judged["yn-~".find(*letter).expect("a letter")] += 1)
                .collect();
            let found = answers(&engine, &predicate);
            assert_eq!(found.as_ref(), Ok(&expected), "seed {seed}: {predicate:?}\n{plain:?}");
        }
    }
    // Every kind of answer was asked for often enough to mean something.
    assert!(judged.iter().all(|times| *times > 1_000), "{judged:?}");
}

/// A random predicate over some of the columns; `None` where the drawn kind suits none.
fn predicate(columns: &[Made], dice: &mut Dice) -> Option<Predicate> {
    let made = &columns[dice.below(columns.len())];
    if let Some(item) = made.shape.item() {
        return Some(of_list(made, item, dice));
    }
    match dice.below(3) {
        0 => of_columns(columns, made, dice),
        1 => of_row(columns, dice),
        _ => of_cell(&made.plain.name, made.shape, dice),
    }
}

fn of_list(made: &Made, item: Shape, dice: &mut Dice) -> Predicate {
    let column = made.plain.name.clone();
    match dice.below(3) {
        0 => {
            let end = |dice: &mut Dice| dice.one_in(2).then(|| dice.below(3) as u64);
            Predicate::ListLength { column, min: end(dice), max: end(dice) }
        }
        _ => match of_cell(&column, item, dice) {
            Some(inner) => Predicate::Each { column, item: Box::new(inner) },
            None => Predicate::Present { column },
        },
    }
}

/// A predicate over one column and constants.
fn of_cell(name: &str, shape: Shape, dice: &mut Dice) -> Option<Predicate> {
    let column = name.to_owned();
    let is_float = matches!(shape, Shape::Float | Shape::Half);
    let has_days = matches!(shape, Shape::Day | Shape::Moment(_) | Shape::Zoned);
    Some(match dice.below(8) {
        0 => Predicate::Present { column },
        1 => Predicate::Cell { column, test: CellTest::Missing },
        2 if is_float => {
            let test = dice.of(&[CellTest::NotNan, CellTest::Finite]);
            Predicate::Cell { column, test }
        }
        2 if has_days => {
            let zone = ["+13:00", "-03:30", "Europe/Paris", "UTC"];
            let zone = (shape == Shape::Zoned).then(|| dice.of(&zone)).and_then(Zone::parse);
            let test = CellTest::Weekday { days: 1 + dice.below(126) as u8, zone };
            Predicate::Cell { column, test }
        }
        3..=5 if shape != Shape::Bool => {
            let end = |dice: &mut Dice| {
                let value = constant(shape, dice);
                dice.one_in(2)
                    .then(|| Bound { value: BoundValue::Value(value), strict: dice.one_in(2) })
            };
            let (min, max) = (end(dice), end(dice));
            Predicate::Within { column, min, max, negated: dice.one_in(3) }
        }
        _ => {
            let mut values: Vec<Value> = (0..3).map(|_| constant(shape, dice)).collect();
            if dice.one_in(3) {
                values.push(Value::Null);
            }
            Predicate::OneOf { column, values, negated: dice.one_in(3) }
        }
    })
}

/// A value that a suite could write beside such a column; for numbers of any kind.
fn constant(shape: Shape, dice: &mut Dice) -> Value {
    let numbers = [Shape::Int, Shape::Unsigned, Shape::Cents, Shape::Wide, Shape::Float];
    let shape = if shape.kind().is_number() { dice.of(&numbers) } else { shape };
    loop {
        match shape.value(dice) {
            Value::Float(float) if float.0.is_nan() => {}
            value => return value,
        }
    }
}

/// A predicate over columns that can be compared with one of them.
fn of_columns(columns: &[Made], made: &Made, dice: &mut Dice) -> Option<Predicate> {
    let class = made.shape.class();
    let alike: Vec<String> = columns
        .iter()
        .filter(|other| other.shape.class() == class)
        .map(|other| other.plain.name.clone())
        .collect();
    let column = made.plain.name.clone();
    let other = dice.of(&alike);
    let several = || alike.iter().take(3).cloned().collect::<Vec<String>>();
    Some(match dice.below(5) {
        0 => Predicate::Compare { left: column, op: op(dice), right: other },
        1 | 2 if class == "number" => {
            let total = match dice.one_in(2) {
                true => BoundValue::Column(other),
                false => BoundValue::Value(constant(made.shape, dice)),
            };
            Predicate::Balance { terms: several(), op: op(dice), total, tolerance: near(dice) }
        }
        3 if alike.len() > 1 => {
            let likeness = dice.of(&[Likeness::Equal, Likeness::Distinct]);
            Predicate::Alike { columns: several(), likeness }
        }
        _ => {
            let bound = |strict| Some(Bound { value: BoundValue::Column(other.clone()), strict });
            let (min, max) = match dice.one_in(2) {
                true => (bound(dice.one_in(2)), None),
                false => (None, bound(dice.one_in(2))),
            };
            Predicate::Within { column, min, max, negated: dice.one_in(3) }
        }
    })
}

/// A predicate over columns of any kind.
fn of_row(columns: &[Made], dice: &mut Dice) -> Option<Predicate> {
    let plain = columns.iter().filter(|made| made.shape.item().is_none());
    let names: Vec<String> = plain.map(|made| made.plain.name.clone()).collect();
    let n = names.len() as u32;
    let (min, max) = dice.of(&[(n, None), (1, Some(1)), (1, None), (0, Some(2))]);
    (n > 1).then_some(Predicate::Filled { columns: names, min, max })
}

fn op(dice: &mut Dice) -> Comparison {
    dice.of(&[
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::GreaterOrEqual,
        Comparison::Greater,
    ])
}

fn near(dice: &mut Dice) -> Tolerance {
    let part = |dice: &mut Dice| {
        let (unscaled, scale) = dice.of(&[(0, 0), (0, 0), (1, 0), (1, 1), (5, 1), (1, 2)]);
        Decimal { unscaled, scale }
    };
    Tolerance { absolute: part(dice), relative: part(dice) }
}

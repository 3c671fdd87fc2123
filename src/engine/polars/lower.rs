//! Gives each part of a predicate its type and makes exact what polars would round, wrap or mix.

use std::sync::Arc;

use polars::chunked_array::cast::CastOptions;
use polars::prelude::{
    AnyValue, BooleanFunction, DataType, DataTypeExpr, Expr, FunctionExpr, LiteralValue, NULL,
    Operator, PowFunction, Scalar, Schema, StringFunction, UnknownKind, lit,
};

use super::{SqlMistake, compare, member, moment, text, walk};

/// An expression with the type that polars gives it.
#[derive(Clone)]
pub(super) struct Typed {
    pub expr: Expr,
    pub dtype: DataType,
}

/// Types that can meet each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Null,
    Boolean,
    Integer,
    Float,
    Decimal,
    Text,
    Date,
    Time,
    DateTime,
    Duration,
    Binary,
    Other,
}

impl Class {
    pub fn of(dtype: &DataType) -> Self {
        match dtype {
            DataType::Null => Class::Null,
            DataType::Boolean => Class::Boolean,
            DataType::Float32 | DataType::Float64 => Class::Float,
            DataType::Decimal(..) => Class::Decimal,
            DataType::String => Class::Text,
            DataType::Date => Class::Date,
            DataType::Time => Class::Time,
            DataType::Datetime(..) => Class::DateTime,
            DataType::Duration(_) => Class::Duration,
            DataType::Binary => Class::Binary,
            integer if integer.is_integer() => Class::Integer,
            _ => Class::Other,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Class::Integer | Class::Float | Class::Decimal)
    }

    pub fn is_temporal(self) -> bool {
        matches!(self, Class::Date | Class::Time | Class::DateTime | Class::Duration)
    }

    /// Whether values of both classes can stand in for each other; null fits anywhere.
    fn meets(self, other: Class) -> bool {
        self == other
            || self == Class::Null
            || other == Class::Null
            || (self.is_number() && other.is_number())
    }
}

impl Typed {
    pub fn new(expr: Expr, dtype: DataType) -> Self {
        Typed { expr, dtype }
    }

    pub fn class(&self) -> Class {
        Class::of(&self.dtype)
    }

    pub fn is_null_literal(&self) -> bool {
        matches!(&self.expr, Expr::Literal(value) if value.is_null())
    }

    /// The integer that a literal says.
    pub fn integer(&self) -> Option<i128> {
        let Expr::Literal(value @ LiteralValue::Dyn(_)) = &self.expr else { return None };
        match value.get_datatype() {
            DataType::Unknown(UnknownKind::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// The number with a fraction that a literal says.
    pub fn fraction(&self) -> Option<f64> {
        let Expr::Literal(value @ LiteralValue::Dyn(_)) = &self.expr else { return None };
        match value.to_any_value() {
            Some(AnyValue::Float64(value)) => Some(value),
            _ => None,
        }
    }

    /// The text that a literal says.
    pub fn text(&self) -> Option<&str> {
        match &self.expr {
            Expr::Literal(value) => value.extract_str(),
            _ => None,
        }
    }

    /// In another type; a literal too is of that type from then on, whatever it meets.
    pub fn cast(self, dtype: DataType) -> Typed {
        let is_settled = !matches!(self.expr, Expr::Literal(LiteralValue::Dyn(_)));
        if self.dtype == dtype && is_settled {
            return self;
        }
        Typed { expr: self.expr.cast(dtype.clone()), dtype }
    }

    /// Computed floats with NaN as null, in 64 bits; columns crossed over without NaN.
    pub fn without_nan(self) -> Typed {
        if self.class() != Class::Float || matches!(self.expr, Expr::Column(_) | Expr::Literal(_)) {
            return self;
        }
        let Typed { expr, dtype } = self.cast(DataType::Float64);
        Typed { expr: expr.fill_nan(lit(NULL)), dtype }
    }
}

/// Types as suites write them.
pub(super) fn word(dtype: &DataType) -> String {
    match dtype {
        DataType::Boolean => "boolean".into(),
        DataType::String => "string".into(),
        DataType::Null => "null".into(),
        DataType::Binary => "binary".into(),
        DataType::Date => "date".into(),
        DataType::Time => "time".into(),
        DataType::Duration(_) => "duration".into(),
        DataType::Datetime(_, None) => "datetime".into(),
        DataType::Datetime(_, Some(zone)) => format!("datetime[{zone}]"),
        DataType::Decimal(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::List(item) => format!("list[{}]", word(item)),
        DataType::Float32 => "float32".into(),
        DataType::Float64 => "float64".into(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// What an operand is, for a message: ``column `price` (float64)``.
pub(super) fn describe(operand: &Typed) -> String {
    let kind = word(&operand.dtype);
    match (&operand.expr, operand.text()) {
        (Expr::Column(name), _) => format!("`{name}` ({kind})"),
        (_, Some(text)) => format!("the text '{text}'"),
        _ => match (operand.integer(), operand.fraction()) {
            (Some(number), _) => format!("the number {number}"),
            (_, Some(number)) => format!("the number {number}"),
            _ => format!("a value of type {kind}"),
        },
    }
}

pub(super) fn binary(left: Expr, op: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr { left: Arc::new(left), op, right: Arc::new(right) }
}

/// The columns that the predicate meets, and whether its numbers are all as exact as they were
/// written.
pub(super) struct Lowering<'a> {
    pub schema: &'a Schema,
    pub long_fractions: bool,
}

impl Lowering<'_> {
    /// The expression made exact, with its type.
    pub fn lower(&self, expr: &Expr) -> Result<Typed, SqlMistake> {
        match expr {
            Expr::Literal(value) => Ok(literal(value)),
            Expr::BinaryExpr { left, op, right } => {
                let (left, right) = (self.lower(left)?, self.lower(right)?);
                self.operation(left, *op, right)
            }
            Expr::Cast { expr, dtype, options } => self.cast(expr, dtype, *options),
            Expr::Ternary { predicate, truthy, falsy } => {
                let predicate = self.lower(predicate)?;
                boolean(&predicate, "a condition")?;
                let branches = self.alike(vec![self.lower(truthy)?, self.lower(falsy)?])?;
                let [truthy, falsy] = branches.map(Arc::new);
                self.typed(Expr::Ternary { predicate: predicate.expr.into(), truthy, falsy })
            }
            Expr::Function { input, function } => self.function(input, function),
            other => self.typed(other.clone()),
        }
    }

    /// The type that polars gives an expression.
    pub fn typed(&self, expr: Expr) -> Result<Typed, SqlMistake> {
        let field = expr
            .to_field(self.schema)
            .map_err(|error| SqlMistake::new(text::first_line(&error.to_string())))?;
        Ok(Typed { expr, dtype: field.dtype })
    }

    fn operation(&self, left: Typed, op: Operator, right: Typed) -> Result<Typed, SqlMistake> {
        match op {
            Operator::And | Operator::Or | Operator::Xor => {
                let name = match op {
                    Operator::And => "`AND`",
                    Operator::Or => "`OR`",
                    _ => "`XOR`",
                };
                boolean(&left, name)?;
                boolean(&right, name)?;
                Ok(Typed::new(binary(left.expr, op, right.expr), DataType::Boolean))
            }
            _ if op.is_comparison() => compare::compare(self, left, op, right),
            _ => self.arithmetic(left, op, right),
        }
    }

    /// Integers in enough bits, decimals with decimals; the rest is polars' own.
    fn arithmetic(&self, left: Typed, op: Operator, right: Typed) -> Result<Typed, SqlMistake> {
        let (left, right) = match (left.class(), right.class()) {
            (Class::Integer, Class::Integer) => {
                let width = if is_narrow(&left) && is_narrow(&right) {
                    DataType::Int64
                } else {
                    DataType::Int128
                };
                (left.cast(width.clone()), right.cast(width))
            }
            (Class::Decimal, _) | (_, Class::Decimal) => {
                compare::decimal_operands(self, left, op, right)?
            }
            (Class::Text, other) | (other, Class::Text) if other.is_number() => {
                let (left, right) = (describe(&left), describe(&right));
                return Err(SqlMistake::new(format!("{left} and {right} cannot be computed with"))
                    .help("write `CAST(text AS BIGINT)` or `CAST(text AS DOUBLE)`"));
            }
            _ => (left, right),
        };
        self.typed(binary(left.expr, op, right.expr))
    }

    fn cast(
        &self,
        inner: &Expr,
        dtype: &DataTypeExpr,
        options: CastOptions,
    ) -> Result<Typed, SqlMistake> {
        let inner = self.lower(inner)?;
        let DataTypeExpr::Literal(target) = dtype else {
            return Err(SqlMistake::new("this `CAST` is not supported in a row predicate"));
        };
        if inner.class() == Class::Text && Class::of(target).is_temporal() {
            if let Some(text) = inner.text() {
                return moment::literal(text, target);
            }
            return Err(SqlMistake::new(
                "`CAST` does not say in which form the text has its dates",
            )
            .help("write `DATE(text, '%Y-%m-%d')` or `STRPTIME(text, '%Y-%m-%d %H:%M:%S')`"));
        }
        self.typed(Expr::Cast { expr: inner.expr.into(), dtype: dtype.clone(), options })
    }

    fn function(&self, input: &[Expr], function: &FunctionExpr) -> Result<Typed, SqlMistake> {
        use BooleanFunction as B;
        if let FunctionExpr::Boolean(B::Not) = function {
            return self.negation(input);
        }
        if let (FunctionExpr::Boolean(B::IsIn { .. }), [value, values]) = (function, input)
            && let Some(values) = walk::list(values)
        {
            return member::is_in(self, self.lower(value)?, values);
        }
        let mut parts = input
            .iter()
            .map(|part| self.lower(part).map(Typed::without_nan))
            .collect::<Result<Vec<Typed>, SqlMistake>>()?;
        self.check_first(parts.first(), function)?;
        match function {
            // Powers and absolute values of integers wrap around in polars.
            FunctionExpr::Pow(PowFunction::Generic) => {
                parts = parts.into_iter().map(|part| part.cast(DataType::Float64)).collect();
            }
            FunctionExpr::Abs if parts.iter().all(|part| part.class() == Class::Integer) => {
                parts = parts.into_iter().map(|part| part.cast(DataType::Int128)).collect();
            }
            FunctionExpr::Coalesce
            | FunctionExpr::FillNull
            | FunctionExpr::MaxHorizontal
            | FunctionExpr::MinHorizontal => {
                let input = self.alike_parts(parts)?;
                let typed = Expr::Function { input, function: function.clone() };
                return self.typed(typed);
            }
            _ => {}
        }
        let is_constant = parts.iter().all(|part| matches!(part.expr, Expr::Literal(_)));
        let input: Vec<Expr> = parts.into_iter().map(|part| part.expr).collect();
        let expr = Expr::Function { input, function: function.clone() };
        match function {
            FunctionExpr::StringExpr(StringFunction::Strptime(..)) if is_constant => {
                moment::constant(expr)
            }
            _ => self.typed(expr),
        }
    }

    /// `NOT`, which polars' SQL wraps in a strict cast that would take numbers and text as well.
    fn negation(&self, input: &[Expr]) -> Result<Typed, SqlMistake> {
        let inner = match input {
            [Expr::Cast { expr, dtype: DataTypeExpr::Literal(DataType::Boolean), .. }] => expr,
            [inner] => inner,
            _ => return Err(SqlMistake::new("`NOT` takes one condition")),
        };
        let inner = self.lower(inner)?;
        boolean(&inner, "`NOT`")?;
        Ok(Typed::new(inner.expr.not(), DataType::Boolean))
    }

    fn check_first(
        &self,
        first: Option<&Typed>,
        function: &FunctionExpr,
    ) -> Result<(), SqlMistake> {
        let Some(first) = first else { return Ok(()) };
        let (fits, wanted) = match function {
            FunctionExpr::StringExpr(
                StringFunction::Format { .. } | StringFunction::ConcatHorizontal { .. },
            ) => return Ok(()),
            FunctionExpr::StringExpr(_) => (first.class() == Class::Text, "text"),
            FunctionExpr::TemporalExpr(_) => (first.class().is_temporal(), "a date or time"),
            FunctionExpr::Abs
            | FunctionExpr::Sign
            | FunctionExpr::Pow(_)
            | FunctionExpr::Round { .. }
            | FunctionExpr::Floor
            | FunctionExpr::Ceil
            | FunctionExpr::Truncate { .. } => (first.class().is_number(), "a number"),
            _ => return Ok(()),
        };
        if fits || first.class() == Class::Null {
            return Ok(());
        }
        let found = describe(first);
        Err(SqlMistake::new(format!("a function or pattern for {wanted} meets {found}")))
    }

    /// Two branches of one type.
    fn alike(&self, parts: Vec<Typed>) -> Result<[Expr; 2], SqlMistake> {
        let parts = self.alike_parts(parts)?;
        <[Expr; 2]>::try_from(parts).map_err(|_| SqlMistake::new("two branches are needed"))
    }

    /// Values that stand in for each other, brought to one type. Integers beside floats become
    /// floats, which rounds above 2^53.
    fn alike_parts(&self, parts: Vec<Typed>) -> Result<Vec<Expr>, SqlMistake> {
        for pair in parts.windows(2) {
            if !pair[0].class().meets(pair[1].class()) {
                let (left, right) = (describe(&pair[0]), describe(&pair[1]));
                return Err(SqlMistake::new(format!("{left} and {right} are of different types")));
            }
        }
        let classes: Vec<Class> = parts.iter().map(Typed::class).collect();
        let target = if classes.contains(&Class::Decimal) {
            None
        } else if classes.contains(&Class::Float) {
            Some(DataType::Float64)
        } else if parts.iter().any(|part| part.dtype == DataType::UInt64)
            && classes.contains(&Class::Integer)
        {
            Some(DataType::Int128)
        } else {
            None
        };
        let parts = parts.into_iter().map(|part| match &target {
            Some(target) if part.class().is_number() => Ok(part.cast(target.clone()).expr),
            None if classes.contains(&Class::Decimal) => {
                Ok(compare::as_decimal_literal(self, part)?.expr)
            }
            _ => Ok(part.expr),
        });
        parts.collect()
    }
}

fn literal(value: &LiteralValue) -> Typed {
    let dtype = match value.get_datatype() {
        DataType::Unknown(UnknownKind::Int(_)) => DataType::Int64,
        DataType::Unknown(UnknownKind::Float) => DataType::Float64,
        DataType::Unknown(UnknownKind::Str) => DataType::String,
        known => known,
    };
    Typed::new(Expr::Literal(value.clone()), dtype)
}

fn boolean(operand: &Typed, who: &str) -> Result<(), SqlMistake> {
    if matches!(operand.class(), Class::Boolean | Class::Null) {
        return Ok(());
    }
    let found = describe(operand);
    Err(SqlMistake::new(format!("{who} needs yes or no, not {found}"))
        .help("compare it with something, such as `<> 0`"))
}

/// Whether sums, differences and products of two such integers fit 64 bits.
fn is_narrow(operand: &Typed) -> bool {
    match operand.integer() {
        Some(value) => i32::try_from(value).is_ok(),
        None => matches!(
            operand.dtype,
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16
        ),
    }
}

/// An integer literal of 128 bits.
pub(super) fn wide(value: i128) -> Expr {
    lit(Scalar::from(value))
}

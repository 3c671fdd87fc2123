use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, margin_below};
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope, two_samples};
use crate::metric::{
    Answers, Counted, Metric, Missing, Predicate, RowRule, Side, Type, Unmeasured,
};
use crate::stats::planning::{Law, Planned};
use crate::stats::proportion::{Rate, TwoRates, two_proportions};
use crate::stats::rates_power::RateTest;

/// A share of rows does not differ from the reference's: of one value, of a predicate, or of
/// missing values.
///
/// # Why
/// The share of cancelled orders, of a new client version, of rows above a limit, of nulls: one
/// number that a reader understands, with the interval of its change in points.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {proportion_test: {value: a}}
/// ```
/// ```csv
/// room
/// a
/// a
/// b
/// b
/// b
/// a
/// b
/// a
/// b
/// a
/// ```
/// ```csv reference
/// room
/// a
/// b
/// b
/// a
/// b
/// a
/// a
/// b
/// a
/// b
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {proportion_test: {missing: true, alternative: greater}}
/// ```
/// ```csv
/// id,price
/// 1,
/// 2,
/// 3,
/// 4,
/// 5,
/// 6,
/// 7,
/// 8,
/// ```
/// ```csv reference
/// id,price
/// 1,5
/// 2,5
/// 3,4
/// 4,4
/// 5,3
/// 6,3
/// 7,2
/// 8,2
/// ```
///
/// # Method
/// The z-test with the pooled share; Fisher's test with mid-p where an expected count is below 5.
/// Effect: the difference of the shares, data less reference, with Newcombe's interval; a `margin`
/// is on that scale. The share of a `value` or of a predicate is taken among the rows that have
/// one; `missing: true` counts nulls and NaN among all rows. `alternative: greater` alarms only if
/// the data has the larger share.
///
/// # Assumptions
/// Independent rows; at least one on each side.
///
/// # Power
/// From the normal law at the reference's share; by enumeration of all tables where counts are
/// small.
///
/// # References
/// Newcombe (1998), Statistics in Medicine 17, 873-890; Fleiss, Levin and Paik (2003); Lancaster
/// (1961).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProportionTest {
    /// The value whose share is compared.
    value: Option<Literal>,
    /// The predicate in SQL whose share of rows is compared.
    that: Option<String>,
    /// Whether the share of missing values is compared.
    #[serde(default)]
    missing: bool,
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for ProportionTest {
    const NAME: &'static str = "proportion_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const SHORT: Option<&'static str> = Some("value");
}

impl ProportionTest {
    /// The rule whose share is compared, in the types of one side.
    fn rule(&self, context: &Context, kind: &Type) -> Result<RowRule, Mistake> {
        let column = context.name().to_owned();
        let predicate = match (&self.value, &self.that, self.missing) {
            (Some(value), None, false) => {
                let values = vec![value.to_value(kind).map_err(|mistake| mistake.of("value"))?];
                Predicate::OneOf { column, values, negated: false }
            }
            (None, Some(text), false) => Predicate::Sql { text: text.clone() },
            (None, None, true) => Predicate::Present { column },
            _ => {
                return Err(Mistake::new("the share of what?")
                    .help("write one of `value`, `that` and `missing: true`"));
            }
        };
        Ok(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn metric(&self, context: &Context, on: Side) -> Result<Metric, Mistake> {
        let schema = match (&on, context.reference) {
            (Side::Reference, Some(reference)) => reference,
            _ => context.schema,
        };
        let kind = schema.column(context.name()).map_or(&Type::Null, |column| &column.kind);
        Ok(Metric::CountWhere { rule: self.rule(context, kind)?, on })
    }

    /// Both sides' questions, data first.
    fn asked(&self, context: &Context) -> Result<[Metric; 2], Mistake> {
        Ok([self.metric(context, Side::Data)?, self.metric(context, Side::Reference)?])
    }

    fn rate(&self, counted: &Counted) -> Result<Rate, Unmeasured> {
        let events = match self.missing {
            true => counted.violations,
            false => counted.examined - counted.violations,
        };
        Rate::new(events, counted.examined)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))
    }

    fn subject(&self, context: &Context) -> String {
        let name = context.name();
        match (&self.value, &self.that) {
            (Some(value), _) => {
                format!("the share of `{}` in `{name}`", value.to_string().trim_matches('`'))
            }
            (_, Some(text)) => format!("the share of rows that satisfy `{text}`"),
            _ => format!("the share of missing values in `{name}`"),
        }
    }
}

impl Expect for ProportionTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        margin_below(context, 1.0, "a difference of shares")?;
        self.asked(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.asked(context).map(|asked| asked.to_vec()).unwrap_or_default()
    }

    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        self.metric(context, Side::Reference).into_iter().collect()
    }

    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        let metric = self.metric(context, Side::Reference).ok()?;
        let p = self.rate(answers.counted(&metric).ok()?).ok()?.value();
        Some(Law::Rates { p, test: RateTest::PooledZ }.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let [data, reference] =
            self.asked(context).map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let (data, reference) = (answers.counted(&data)?, answers.counted(&reference)?);
        let rates = TwoRates { data: self.rate(data)?, reference: self.rate(reference)? };
        let design = self.alternative.design(context);
        let result = two_samples::judged(two_proportions(rates, &design))?;
        let finding = Finding::test(result, self.subject(context)).towards(design.tail);
        Ok(finding.dropped([data, reference].map(|side| side.nulls + side.nans)))
    }

    fn sql(&self) -> Vec<(&'static str, &str)> {
        self.that.iter().map(|text| ("that", text.as_str())).collect()
    }
}

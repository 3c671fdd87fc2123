use super::aggregate::aggregate;
use super::correlation_test::Method;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};
use crate::stats::Undefined;
use crate::stats::correlation::{kendall, pearson, spearman};
use crate::stats::standard_error::{Correlated, of_correlation};

aggregate! {
/// The correlation of two columns lies in a range, or near that of the reference.
///
/// # Why
/// Two columns can each look as they did while their relation is lost: a join that shuffled rows, a
/// unit changed in half of them. `pearson` (the default) measures a line, `spearman` and `kendall`
/// (tau-b) any rise, from ranks. Rows that lack one of the two are left out; a constant column has
/// no correlation. The standard error of `vs_reference` is that of Fisher's z, 1/√(n - 3) for
/// `pearson`, √((1 + r²/2)/(n - 3)) for `spearman`, √(0.437/(n - 4)) for `kendall` (Bonett and
/// Wright 2000), times 1 - r².
///
/// # Passes
/// ```yaml
/// table:
///   correlation: {columns: [area, price], min: 0.9}
/// ```
/// ```csv
/// area,price
/// 10,100
/// 20,210
/// 30,290
/// 40,400
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   correlation: {columns: [area, price], method: spearman, min: 0.9}
/// ```
/// ```csv
/// area,price
/// 10,400
/// 20,100
/// 30,290
/// 40,210
/// ```
Correlation of f64 {
    /// The two columns.
    columns: Vec<String>,
    /// The correlation: `pearson`, `spearman` or `kendall`.
    #[serde(default)]
    method: Method,
}
}

impl Expectation for Correlation {
    const NAME: &'static str = "correlation";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Aggregate;
}

impl Correlation {
    /// Both columns; empty names where the argument is wrong, which the check refuses.
    fn pair(&self) -> [String; 2] {
        <[String; 2]>::try_from(self.columns.clone()).unwrap_or_default()
    }

    fn metric(&self, context: &Context, on: Side) -> Metric {
        Metric::Pairs { on, columns: self.pair(), filter: context.filter() }
    }

    fn of(&self, pairs: &[(f64, f64)]) -> Result<(f64, Correlated), Undefined> {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        Ok(match self.method {
            Method::Pearson => (pearson(&x, &y)?.r, Correlated::Pearson),
            Method::Spearman => (spearman(&x, &y)?.ranks.r, Correlated::Spearman),
            Method::Kendall => (kendall(&x, &y)?.tau_b, Correlated::Kendall),
        })
    }
}

impl NumberCheck for Correlation {
    fn subject(&self, _: &Context) -> String {
        let [left, right] = self.pair();
        format!("the correlation of `{left}` and `{right}`")
    }

    fn check_arguments(&self, context: &Context) -> Result<(), Mistake> {
        let mistake = |message: String| Err(Mistake::new(message).of("columns"));
        match self.columns.as_slice() {
            [left, right] if left == right => {
                return mistake("a column correlates with itself".into());
            }
            [_, _] => {}
            other => return mistake(format!("a correlation has two columns, not {}", other.len())),
        }
        for name in &self.columns {
            let kind = context.kind_of(name);
            if !kind.is_number() && *kind != Type::Null {
                return mistake(format!("column `{name}` is {kind}, which has no correlation"));
            }
        }
        Ok(())
    }

    fn domain(&self) -> Domain {
        Domain::CORRELATION
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![self.metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let found = answers.pairs(&self.metric(context, on))?;
        let correlation = self.of(&found.pairs);
        let n = found.pairs.len() as u64;
        let standard_error = correlation.as_ref().ok();
        let standard_error = standard_error.and_then(|(r, method)| of_correlation(*r, n, *method));
        let reason = |undefined: Undefined| match undefined {
            Undefined::ZeroVariance => "no correlation: one of the columns is constant".to_owned(),
            other => format!("no correlation: {other}"),
        };
        let value = correlation.map(|(r, _)| Value::float(r)).map_err(reason);
        Ok(Number { rows: found.rows, nulls: found.missing, nans: 0, value, standard_error })
    }

    fn has_standard_error(&self) -> bool {
        true
    }

    fn material(&self, _: &Context) -> String {
        let [left, right] = self.pair();
        format!("pairs of `{left}` and `{right}`")
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}

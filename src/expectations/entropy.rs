use super::aggregate::aggregate;
use super::kl_divergence::Unit;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope, frequencies};
use crate::metric::{Answers, Frequencies, Metric, Side, Type, Unmeasured, Value};
use crate::stats::entropy::{entropy, standard_error};

aggregate! {
/// The entropy of the column's values lies in a range, or near that of the reference.
///
/// # Why
/// One number for how evenly the categories are filled: it falls when one of them takes over and
/// rises when identifiers slip in among them. `unit` is required, since a threshold in bits is
/// 0.693 of one in nats. Missing values are left out. The standard error of `vs_reference` is
/// √((Σ p ln² p - H²) / n) of each side (Basharin 1959).
///
/// # Passes
/// ```yaml
/// columns:
///   room: {entropy: {unit: bits, min: 0.9}}
/// ```
/// ```csv
/// room
/// private
/// shared
/// private
/// shared
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {entropy: {unit: nats, min: 0.5}}
/// ```
/// ```csv
/// room
/// private
/// private
/// private
/// private
/// ```
Entropy of f64 {
    /// Bits (logarithm to base 2) or nats (natural logarithm).
    unit: Unit,
}
}

impl Expectation for Entropy {
    const NAME: &'static str = "entropy";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl Entropy {
    fn in_unit(&self, nats: f64) -> f64 {
        match self.unit {
            Unit::Nats => nats,
            Unit::Bits => nats / std::f64::consts::LN_2,
        }
    }
}

impl NumberCheck for Entropy {
    fn subject(&self, context: &Context) -> String {
        let unit = if self.unit == Unit::Bits { "bits" } else { "nats" };
        format!("the entropy of `{}` in {unit}", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn domain(&self) -> Domain {
        Domain::NOT_NEGATIVE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![frequencies::metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let found: &Frequencies = answers.frequencies(&frequencies::metric(context, on))?;
        let counts: Vec<u64> = found.counts.iter().map(|(_, count)| *count).collect();
        let value = entropy(&counts).map(|nats| Value::float(self.in_unit(nats)));
        let number = frequencies::number(found, value.ok_or_else(|| "there is no value".into()));
        let standard_error = standard_error(&counts).map(|nats| self.in_unit(nats));
        Ok(Number { standard_error, ..number })
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

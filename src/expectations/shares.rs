//! Both sides of a column counted in the same categories or bins.

use super::Context;
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::prose::{count, number, rounded};
use crate::stats::Undefined;
use crate::stats::contingency::Contingency;
use crate::stats::planning::{Law, Planned};
use crate::verdict::{Chart, MASKED};

/// Bars that a chart shows; rarer categories are told as one.
const MOST_BARS: usize = 20;

/// Values that each side needs: fewer can show nothing, and would always pass.
const FEWEST: u64 = 5;

/// Counts of data and reference, aligned.
pub struct Shares {
    pub labels: Vec<String>,
    pub data: Vec<u64>,
    pub reference: Vec<u64>,
    /// Missing values of the data and of the reference, left out.
    pub missing: [u64; 2],
}

/// The questions for the shares of the check's column: bins for numbers, categories for all else.
pub fn metrics(context: &Context, bins: Option<u32>) -> Vec<Metric> {
    let column = || context.name().to_owned();
    match bins {
        Some(bins) => vec![Metric::Bins { column: column(), bins, filter: context.filter() }],
        None => [Side::Data, Side::Reference]
            .into_iter()
            .map(|on| Metric::Frequencies { on, column: column(), filter: context.filter() })
            .collect(),
    }
}

/// How many bins, where the column is cut into bins at all.
pub fn bins_of(context: &Context, asked: Option<u32>) -> Option<u32> {
    let cut = context.kind().is_number() || context.kind().is_temporal();
    cut.then(|| asked.unwrap_or(crate::stats::binning::DEFAULT_BINS as u32))
}

/// The counts of both sides.
///
/// # Errors
/// A side cannot be counted or has no value.
pub fn of(context: &Context, answers: &Answers, bins: Option<u32>) -> Result<Shares, Unmeasured> {
    let metrics = metrics(context, bins);
    let mut shares = match metrics.as_slice() {
        [binned] => binned_shares(context, answers, binned)?,
        [data, reference] => categories(context, answers, [data, reference])?,
        _ => return Err(Unmeasured::NotComputable("no counts were asked for".into())),
    };
    if context.sensitive.hides(context.name()) {
        let places = 1..=shares.labels.len();
        shares.labels = places.map(|place| format!("{MASKED} {place}")).collect();
    }
    for (side, counts) in [("data", &shares.data), ("reference", &shares.reference)] {
        let got: u64 = counts.iter().sum();
        if got < FEWEST {
            let few = Undefined::TooFew { needed: FEWEST, got };
            let reason = format!("`{}` in the {side}: {few}", context.name());
            return Err(Unmeasured::NotComputable(reason));
        }
    }
    Ok(shares)
}

fn binned_shares(
    context: &Context,
    answers: &Answers,
    metric: &Metric,
) -> Result<Shares, Unmeasured> {
    let bins = answers.bins(metric)?;
    // Below the one value of a constant reference there would be no bin for what has fallen.
    if bins.edges.len() == 1 && bins.reference.contains(&0) && bins.reference != [0, 0] {
        return Err(Unmeasured::NotComputable(format!(
            "`{}` is nearly constant in the reference, whose quantiles make no bins",
            context.name()
        )));
    }
    let (data, reference) = (bins.data.clone(), bins.reference.clone());
    Ok(Shares { labels: labels(&bins.edges), data, reference, missing: bins.missing })
}

fn labels(edges: &[f64]) -> Vec<String> {
    let Some((first, last)) = edges.first().zip(edges.last()) else {
        return vec!["all".into()];
    };
    let text = |edge: f64| number(rounded(edge, 6));
    let inner = edges.windows(2).map(|pair| format!("({}, {}]", text(pair[0]), text(pair[1])));
    let below = std::iter::once(format!("≤ {}", text(*first)));
    below.chain(inner).chain([format!("> {}", text(*last))]).collect()
}

fn categories(
    context: &Context,
    answers: &Answers,
    [data, reference]: [&Metric; 2],
) -> Result<Shares, Unmeasured> {
    let (data, reference) = (answers.frequencies(data)?, answers.frequencies(reference)?);
    let named = |counts: &[(crate::metric::Value, u64)]| -> Vec<(String, u64)> {
        counts.iter().map(|(value, count)| (value.to_string(), *count)).collect()
    };
    let aligned = Contingency::align(named(&data.counts), named(&reference.counts));
    Ok(Shares {
        labels: labels_of(context, &aligned),
        data: aligned.data(),
        reference: aligned.reference(),
        missing: [data.nulls + data.nans, reference.nulls + reference.nans],
    })
}

/// The names of categories; of a sensitive column numbers stand for them, so that they stay apart.
fn labels_of(context: &Context, aligned: &Contingency) -> Vec<String> {
    let hidden = context.sensitive.hides(context.name());
    let name = |(place, category): (usize, &crate::stats::contingency::Category)| match hidden {
        true => format!("(masked) {}", place + 1),
        false => category.name.clone(),
    };
    aligned.categories().iter().enumerate().map(name).collect()
}

/// The question for the reference's categories.
pub fn of_reference(context: &Context) -> Vec<Metric> {
    metrics(context, None).split_off(1)
}

/// The law of a test of the table of data and reference, from the reference's categories.
pub fn planning(context: &Context, answers: &Answers) -> Option<Planned> {
    let counts = reference_twice(context, answers)?;
    let categories = counts.pool_rare().counts.categories().len();
    (categories > 1).then(|| Law::Categories { count: categories as u64 }.two_sided())
}

/// The categories of the reference as both rows of a table: what a plan knows before a run.
pub fn reference_twice(context: &Context, answers: &Answers) -> Option<Contingency> {
    let metrics = metrics(context, None);
    let reference = answers.frequencies(metrics.last()?).ok()?;
    let counts = reference.counts.iter();
    Some(Contingency::new(counts.map(|(value, count)| (value.to_string(), *count, *count))))
}

impl Shares {
    /// Categories that one side has and the other lacks: new in the data, gone from it.
    pub fn unmatched(&self) -> [Vec<&str>; 2] {
        let on_one_side = |own: &[u64], other: &[u64]| -> Vec<&str> {
            let counts = own.iter().zip(other).zip(&self.labels);
            let alone = counts.filter(|((own, other), _)| **own > 0 && **other == 0);
            alone.map(|(_, label)| label.as_str()).collect()
        };
        [on_one_side(&self.data, &self.reference), on_one_side(&self.reference, &self.data)]
    }

    /// The counts as a table of two rows.
    pub fn contingency(&self) -> Contingency {
        let counts = self.labels.iter().zip(&self.data).zip(&self.reference);
        Contingency::new(
            counts.map(|((label, data), reference)| (label.clone(), *data, *reference)),
        )
    }

    /// Bars of both sides; the rarest categories together, where there are too many.
    pub fn chart(&self, ordered: bool) -> Chart {
        let mut places: Vec<usize> = (0..self.labels.len()).collect();
        if !ordered {
            let both = |place: &usize| self.data[*place] + self.reference[*place];
            places.sort_by_key(|place| (std::cmp::Reverse(both(place)), *place));
        }
        let rest = places.split_off(places.len().min(MOST_BARS));
        let share = |counts: &[u64], places: &[usize]| {
            let total: u64 = counts.iter().sum();
            places.iter().map(|place| counts[*place]).sum::<u64>() as f64 / total.max(1) as f64
        };
        let bars = |counts: &[u64]| -> Vec<f64> {
            let mut bars: Vec<f64> = places.iter().map(|place| share(counts, &[*place])).collect();
            if !rest.is_empty() {
                bars.push(share(counts, &rest));
            }
            bars
        };
        let mut labels: Vec<String> =
            places.iter().map(|place| self.labels[*place].clone()).collect();
        if !rest.is_empty() {
            labels.push(format!("{} others", count(rest.len() as u64)));
        }
        Chart::Shares { labels, data: bars(&self.data), reference: bars(&self.reference) }
    }
}

/// Types whose values are few enough to be categories.
pub fn is_categorical(kind: &Type) -> bool {
    matches!(kind, Type::String | Type::Boolean | Type::Integer { .. } | Type::Date)
}

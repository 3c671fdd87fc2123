//! Rules by which single values stand out from a sample.

use super::moments::Summary;
use super::quantile::{Definition, Fraction, interpolate, median, position};
use super::special::t_two_sided_ln;
use super::{PValue, Undefined};

/// The bounds that Tukey's rule draws around the quartiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fences {
    pub low: f64,
    pub high: f64,
}

impl Fences {
    /// Whether a value lies beyond either bound.
    pub fn exclude(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

/// Tukey's fences: `reach` times the interquartile range beyond the quartiles, of type 7 (Tukey
/// 1977).
pub fn tukey_fences(sorted: &[f64], reach: f64) -> Option<Fences> {
    let quartile = |numerator: u64| {
        let place = position(sorted.len() as u64, Fraction::new(numerator, 4)?, Definition::Type7)?;
        let (low, high) = (sorted.get(place.lower as usize)?, sorted.get(place.upper as usize)?);
        Some(interpolate(*low, *high, place.weight))
    };
    let (lower, upper) = (quartile(1)?, quartile(3)?);
    let width = upper - lower;
    if width == 0.0 {
        return Some(Fences { low: lower, high: upper });
    }
    Some(Fences { low: lower - reach * width, high: upper + reach * width })
}

/// The median of absolute deviations from the median, not scaled.
pub fn median_absolute_deviation(sorted: &[f64]) -> Option<f64> {
    let middle = median(sorted)?;
    let mut deviations: Vec<f64> = sorted.iter().map(|value| (value - middle).abs()).collect();
    deviations.sort_by(f64::total_cmp);
    median(&deviations)
}

/// Values whose distance from the mean is more than `limit` standard deviations.
pub fn count_by_z_score(values: &[f64], summary: &Summary, limit: f64) -> Result<u64, Undefined> {
    let (mean, sd) = usable(summary)?;
    Ok(values.iter().filter(|value| ((*value - mean) / sd).abs() > limit).count() as u64)
}

/// Values whose modified z-score, `0.6745 (x - median) / MAD`, is more than `limit` (Iglewicz &
/// Hoaglin 1993, who advise 3.5).
pub fn count_by_modified_z_score(sorted: &[f64], limit: f64) -> Result<u64, Undefined> {
    let few = Undefined::TooFew { needed: 1, got: 0 };
    let middle = median(sorted).ok_or(few.clone())?;
    let spread = median_absolute_deviation(sorted).ok_or(few)?;
    if spread == 0.0 {
        return Err(Undefined::Other("more than half of the values are equal".to_owned()));
    }
    let score = |value: &f64| 0.6745 * (value - middle).abs() / spread;
    Ok(sorted.iter().filter(|value| score(value) > limit).count() as u64)
}

/// The bounds of so many standard deviations from the mean.
pub fn z_fences(summary: &Summary, limit: f64) -> Result<Fences, Undefined> {
    let (mean, sd) = usable(summary)?;
    Ok(Fences { low: mean - limit * sd, high: mean + limit * sd })
}

/// The bounds of a modified z-score, as in [`count_by_modified_z_score`].
pub fn modified_z_fences(sorted: &[f64], limit: f64) -> Result<Fences, Undefined> {
    let few = Undefined::TooFew { needed: 1, got: 0 };
    let middle = median(sorted).ok_or(few.clone())?;
    let spread = median_absolute_deviation(sorted).ok_or(few)?;
    if spread == 0.0 {
        return Err(Undefined::Other("more than half of the values are equal".to_owned()));
    }
    let reach = limit * spread / 0.6745;
    Ok(Fences { low: middle - reach, high: middle + reach })
}

/// Grubbs' test of the value furthest from the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grubbs {
    /// The largest distance from the mean in standard deviations.
    pub g: f64,
    /// Two-sided, with Bonferroni's factor n, as the test's own critical values have it.
    pub p: PValue,
}

/// Tests whether the most distant value belongs to a normal sample (F. Grubbs 1950).
pub fn grubbs(summary: &Summary) -> Result<Grubbs, Undefined> {
    let (_, sd) = usable(summary)?;
    if summary.n < 3 {
        return Err(Undefined::TooFew { needed: 3, got: summary.n });
    }
    let ends = [summary.min, summary.max].into_iter().flatten();
    let distances = ends.filter_map(|end| summary.mean_minus_value(end)).map(f64::abs);
    let g = distances.fold(0.0, f64::max) / sd;
    let n = summary.n as f64;
    // G² is at most (n-1)²/n, where t is infinite.
    let room = ((n - 1.0) * (n - 1.0) - n * g * g).max(0.0);
    let t = g * (n * (n - 2.0) / room).sqrt();
    Ok(Grubbs { g, p: PValue::from_ln(n.ln() + t_two_sided_ln(t, n - 2.0)) })
}

fn usable(summary: &Summary) -> Result<(f64, f64), Undefined> {
    if summary.infinite > 0 {
        return Err(Undefined::Infinite);
    }
    let too_few = Undefined::TooFew { needed: 2, got: summary.n };
    let (mean, sd) = summary.mean.zip(summary.sd).ok_or(too_few)?;
    if summary.constant { Err(Undefined::ZeroVariance) } else { Ok((mean, sd)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_far_value_stands_out() {
        let mut values: Vec<f64> = (0..50).map(f64::from).collect();
        values.push(500.0);
        let fences = tukey_fences(&values, 1.5).expect("values");
        assert_eq!(values.iter().filter(|value| fences.exclude(**value)).count(), 1);
        assert_eq!(count_by_modified_z_score(&values, 3.5), Ok(1));
        let summary = Summary::of(&values);
        assert_eq!(count_by_z_score(&values, &summary, 3.0), Ok(1));
        let beyond = |fences: Result<Fences, Undefined>| {
            let fences = fences.expect("fences");
            values.iter().filter(|value| fences.exclude(**value)).count()
        };
        assert_eq!(beyond(z_fences(&summary, 3.0)), 1);
        assert_eq!(beyond(modified_z_fences(&values, 3.5)), 1);
        assert!(grubbs(&summary).is_ok_and(|grubbs| grubbs.p.value < 1e-10));
    }

    #[test]
    fn constants_have_no_scores() {
        assert!(count_by_modified_z_score(&[1.0, 1.0, 1.0, 2.0], 3.5).is_err());
        assert_eq!(grubbs(&Summary::of(&[0.1; 10])), Err(Undefined::ZeroVariance));
        assert!(tukey_fences(&[], 1.5).is_none());
    }
}

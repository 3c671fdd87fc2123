//! Moments, the NIST sets among them.

use super::super::moments::{Moments, Summary};
use super::{Case, Worst, run};

pub fn moments() -> Worst {
    run("moments", |case| {
        let (values, dropped) = case.sample("x");
        let summary = in_chunks(&values, case);
        case.check_undefined(summary.mean.is_none());
        case.check("n", summary.n as f64);
        case.check("n_missing", dropped as f64);
        check_all(case, &summary);
        // Published decimals, and a statistic of order in time that no check here uses.
        for (key, value) in [("mean", summary.mean), ("sd", summary.sd)] {
            case.check(&format!("certified.{key}"), value.unwrap_or(f64::NAN));
        }
        case.skip("lag1_autocorrelation");
        case.skip("certified.lag1_autocorrelation");
    })
}

fn check_all(case: &mut Case, summary: &Summary) {
    let n = summary.n as f64;
    let population = summary.variance.map(|variance| variance * (n - 1.0) / n);
    for (key, value) in [
        ("sum", summary.sum),
        ("mean", summary.mean),
        ("min", summary.min),
        ("max", summary.max),
        ("variance", summary.variance),
        ("sd", summary.sd),
        ("population_variance", population),
    ] {
        case.check(key, value.unwrap_or(f64::NAN));
    }
    for (key, value) in [
        ("skewness_g1", summary.skewness),
        ("kurtosis_excess_g2", summary.kurtosis),
        ("skewness_G1", summary.adjusted_skewness()),
        ("kurtosis_excess_G2", summary.adjusted_kurtosis()),
    ] {
        case.check_standard(key, value.unwrap_or(f64::NAN));
    }
}

/// The summary of the whole, after checking that chunks in any order give the same bits.
fn in_chunks(values: &[f64], case: &Case) -> Summary {
    let mut whole = Moments::with_shape();
    whole.push_slice(values);
    let summary = whole.finish();
    let sizes = case.params()["chunk_sizes"].as_array().cloned().unwrap_or_default();
    let (mut rest, mut forward, mut backward) = (values, Moments::with_shape(), Vec::new());
    for size in sizes.iter().filter_map(|size| size.as_u64()) {
        let (chunk, after) = rest.split_at((size as usize).min(rest.len()));
        let mut moments = Moments::with_shape();
        moments.push_slice(chunk);
        forward.merge(&moments);
        backward.push(moments);
        rest = after;
    }
    if !sizes.is_empty() {
        let mut reversed = Moments::with_shape();
        backward.iter().rev().for_each(|moments| reversed.merge(moments));
        assert_eq!(forward.finish(), summary, "{}: forward", case.id());
        assert_eq!(reversed.finish(), summary, "{}: backward", case.id());
    }
    summary
}

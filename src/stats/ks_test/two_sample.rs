//! The two-sample test.

use super::super::ecdf::Gaps;
use super::super::shift_power::Whole;
use super::super::{Design, Effect, PValue, Tail, TestResult, Undefined};
use super::law::Question;
use super::tied_limit::tied_limit;
use super::{interval, margin_test};

/// Values that each side must have.
const NEEDED: u64 = 5;

/// A p-value and how it came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub p: PValue,
    pub exact: bool,
    pub method: &'static str,
    /// Whether the law is that of samples without ties.
    pub ignores_ties: bool,
}

/// Tests whether two samples come from the same distribution.
///
/// The statistic is the largest distance D between the two empirical distribution functions
/// (Smirnov 1939). The alternative follows R and SciPy: `Greater` looks at D+, where the function
/// of the data lies *above* that of the reference, so that its values tend to be *smaller*.
pub fn two_sample(c: &Gaps, design: &Design) -> Result<TestResult, Undefined> {
    let got = c.n.min(c.m);
    if got < NEEDED {
        return Err(Undefined::TooFew { needed: NEEDED, got });
    }
    let (symbol, statistic) = match design.tail {
        Tail::TwoSided => ("D", c.d()),
        Tail::Greater => ("D+", c.d_plus()),
        Tail::Less => ("D-", c.d_minus()),
    };
    let answer = answer(c, design.tail, true);
    let bounds = 1.0 / (c.n as f64).sqrt() + 1.0 / (c.m as f64).sqrt();
    // Two samples, each with twice the exponential of the inequality.
    let ci = interval(c.d(), bounds, 4.0, design.error());
    let margin = design.margin.map(|margin| margin_test(c.d(), margin, bounds, 4.0));
    let mut warnings = Vec::new();
    if answer.ignores_ties && c.tied > 0 {
        let percent = 100.0 * c.tied_share();
        let least = if c.resolved { "" } else { "at least " };
        warnings.push(format!(
            "{least}{percent:.1} % of the values are tied: the p-value is too large"
        ));
    }
    Ok(TestResult {
        name: "ks_2samp",
        symbol,
        statistic,
        p: answer.p,
        n: vec![c.n, c.m],
        df: None,
        exact: answer.exact,
        method: answer.method,
        effect: Effect { name: "D", value: c.d(), ci },
        margin,
        detectable: Whole::KolmogorovSmirnov.detectable(
            c.n,
            c.m,
            attained(c.n, c.m, design),
            design,
        ),
        warnings,
    })
}

/// The p-value of a comparison; `ties` asks for the law that is conditional on them.
///
/// Exact up to 4e8 cells of the recursion, about half a second, which is sizes of 2e5 at a distance
/// near the critical one and millions far in the tail; for equal sizes without ties exact at any
/// size. Beyond, the limit law: given the ties for up to 400 groups of equal values, else without
/// them, which is on the safe side. So are samples whose values were not all told apart: it is only
/// known that they are too many for the law that is conditional on ties.
pub fn answer(c: &Gaps, tail: Tail, ties: bool) -> Answer {
    let two_sided = tail == Tail::TwoSided;
    let h = match tail {
        Tail::TwoSided => c.h_plus.max(c.h_minus),
        Tail::Greater => c.h_plus,
        Tail::Less => c.h_minus,
    };
    // The lower distance is the upper one of the samples exchanged.
    let (n, m) = if tail == Tail::Less { (c.m, c.n) } else { (c.n, c.m) };
    let question = Question { n, m, h, two_sided };
    if h == 0 || c.n == 0 || c.m == 0 {
        return exact(0.0, "exact");
    }
    let untied = c.distinct == c.n + c.m || !ties;
    if untied && c.n == c.m {
        return exact(question.equal_sizes(), "exact, equal sizes");
    }
    let groups = c.groups.iter().flatten().map(|(a, b)| u64::from(a + b));
    let prefix_sums = || {
        groups.clone().scan(0, |sum, size| {
            *sum += size;
            Some(*sum)
        })
    };
    if let Some(ln_p) = question
        .separated(|rank| untied || c.groups.is_none() || prefix_sums().any(|sum| sum == rank))
    {
        return exact(ln_p, "exact, complete separation");
    }
    let ln_p = if untied {
        question.exact_untied()
    } else {
        c.groups.as_ref().and_then(|_| question.exact(groups.clone()))
    };
    match (ln_p, untied) {
        (Some(ln_p), true) => exact(ln_p, "exact"),
        (Some(ln_p), false) => exact(ln_p, "exact, conditional on ties"),
        (None, true) => limit(question),
        (None, false) => {
            let tied = c.groups.as_ref().and_then(|_| tied_limit(question, groups));
            let method = "asymptotic, conditional on ties";
            tied.map_or_else(
                || ignoring_ties(question),
                |ln_p| Answer {
                    p: PValue::from_ln(ln_p),
                    exact: false,
                    method,
                    ignores_ties: false,
                },
            )
        }
    }
}

/// Products of sizes up to which the level that is attained is looked for.
const ATTAINED_CELLS: u64 = 20_000;

/// The level that the exact law of samples without ties has at the design's alpha: the largest one
/// that is not above it, 0 where even complete separation is above it.
///
/// Where the law has so many steps that one more would not matter, alpha itself.
pub fn attained(n: u64, m: u64, design: &Design) -> f64 {
    let few = n.saturating_mul(m) <= ATTAINED_CELLS;
    if n == 0 || m == 0 || design.power <= 0.0 || !(few || (n == m && n <= 10_000)) {
        return design.alpha;
    }
    let two_sided = design.tail == Tail::TwoSided;
    let unit = greatest_divisor(n, m);
    let level = |steps: u64| {
        let question = Question { n, m, h: u128::from(steps) * u128::from(unit), two_sided };
        let ln_p = if n == m { Some(question.equal_sizes()) } else { question.exact_untied() };
        ln_p.map_or(1.0, f64::exp)
    };
    let (mut above, mut below) = (0, n / unit * m);
    if level(below) > design.alpha {
        return 0.0;
    }
    while below - above > 1 {
        let middle = above + (below - above) / 2;
        *(if level(middle) <= design.alpha { &mut below } else { &mut above }) = middle;
    }
    level(below)
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}

/// The law of samples without ties, where the one that is conditional on them takes too long.
fn ignoring_ties(question: Question) -> Answer {
    let Question { n, m, .. } = question;
    let ln_p = if n == m { Some(question.equal_sizes()) } else { question.exact_untied() };
    let method = "law of samples without ties";
    ln_p.map_or_else(
        || limit(question),
        |ln_p| Answer { p: PValue::from_ln(ln_p), exact: false, method, ignores_ties: true },
    )
}

fn limit(question: Question) -> Answer {
    let method = if question.two_sided {
        "asymptotic, one-sample law at the harmonic size"
    } else {
        "asymptotic, Hodges' approximation"
    };
    Answer { p: PValue::from_ln(question.limit()), exact: false, method, ignores_ties: true }
}

fn exact(ln_p: f64, method: &'static str) -> Answer {
    Answer { p: PValue::from_ln(ln_p), exact: true, method, ignores_ties: false }
}

#[cfg(test)]
mod tests {
    use super::super::super::Margin;
    use super::super::super::ecdf::compare;
    use super::*;

    fn design(tail: Tail) -> Design {
        Design { tail, alpha: 0.05, power: 0.8, margin: Some(Margin { limit: 0.2, alpha: 0.05 }) }
    }

    /// Enumerates every assignment of the pooled values to the two samples.
    fn enumerated(pooled: &[i64], n: u32, tail: Tail, h: u128) -> f64 {
        let (mut extreme, mut all) = (0, 0);
        for mask in 0u32..1 << pooled.len() {
            if mask.count_ones() != n {
                continue;
            }
            let side = |bit: u32| -> Vec<i64> {
                let of = |k: &usize| mask >> k & 1 == bit;
                (0..pooled.len()).filter(of).map(|k| pooled[k]).collect()
            };
            let c = compare(&side(1), &side(0));
            let this = match tail {
                Tail::TwoSided => c.h_plus.max(c.h_minus),
                Tail::Greater => c.h_plus,
                Tail::Less => c.h_minus,
            };
            all += 1;
            extreme += u32::from(this >= h);
        }
        f64::from(extreme) / f64::from(all)
    }

    #[test]
    fn agrees_with_enumeration() {
        let pools: [&[i64]; 4] = [
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            &[1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 5],
            &[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
            &[1, 2, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9],
        ];
        for pooled in pools {
            for split in 2..pooled.len() - 2 {
                let mut x: Vec<i64> = pooled.iter().copied().step_by(2).take(split).collect();
                let mut y = pooled.to_vec();
                x.iter().for_each(|v| {
                    y.remove(y.iter().position(|w| w == v).unwrap_or(0));
                });
                x.sort_unstable();
                let c = compare(&x, &y);
                for tail in [Tail::TwoSided, Tail::Greater, Tail::Less] {
                    let h = match tail {
                        Tail::TwoSided => c.h_plus.max(c.h_minus),
                        Tail::Greater => c.h_plus,
                        Tail::Less => c.h_minus,
                    };
                    let truth = enumerated(pooled, x.len() as u32, tail, h);
                    let p = answer(&c, tail, true).p.value;
                    assert!((p - truth).abs() < 1e-12, "{pooled:?} {split} {tail:?}: {p} {truth}");
                }
            }
        }
    }

    #[test]
    fn leaps_and_steps_agree() {
        // Large groups are leapt; the same sizes with the boundary looked at anyway are stepped.
        let (n, m) = (900, 700);
        let sizes = [400u64, 300, 500, 400];
        for (h, two_sided) in [(20_000, true), (60_000, true), (200_000, true), (60_000, false)] {
            let question = Question { n, m, h, two_sided };
            let leapt = question.exact(sizes.into_iter());
            // Splitting a group into a group of one less and the rest of one, the boundary of the
            // first moved out, cannot lower the probability.
            let finer = question.exact(sizes.into_iter().flat_map(|size| [size - 1, 1]));
            let (leapt, finer) = (leapt.unwrap_or(f64::NAN), finer.unwrap_or(f64::NAN));
            assert!(finer >= leapt - 1e-12 && finer - leapt < 0.6, "{h}: {leapt} {finer}");
        }
    }

    #[test]
    fn both_exact_laws_agree_for_equal_sizes() {
        for (n, step) in [(20, 3), (100, 17), (100, 60), (500, 45), (500, 300), (500, 499)] {
            for two_sided in [true, false] {
                let question = Question { n, m: n, h: u128::from(n * step), two_sided };
                let band = question.exact(std::iter::repeat_n(1, 2 * n as usize));
                let sum = question.equal_sizes();
                let gap = (band.unwrap_or(f64::NAN) - sum).abs();
                assert!(gap < 1e-11 * sum.abs().max(1.0), "{n} {step} {band:?} {sum}");
            }
        }
    }

    #[test]
    fn few_values_are_refused_and_identical_ones_pass() {
        let c = compare(&[1i64, 2, 3, 4], &[1, 2, 3, 4, 5]);
        let few = Err(Undefined::TooFew { needed: 5, got: 4 });
        assert_eq!(two_sample(&c, &design(Tail::TwoSided)), few);
        let same: Vec<i64> = (0..50).collect();
        let result = two_sample(&compare(&same, &same), &design(Tail::TwoSided));
        assert!(result.is_ok_and(|result| result.p.value == 1.0 && result.statistic == 0.0));
    }
}

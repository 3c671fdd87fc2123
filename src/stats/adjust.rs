//! Many tests at once: adjusted p-values, exactly those of R's `p.adjust` and statsmodels'
//! `multipletests`.
//!
//! Owns the family-wise and false-discovery corrections. Knows nothing of checks or suites: it sees
//! a list of p-values and answers with a list of the same length. A missing entry takes no part.

use std::fmt;
use std::str::FromStr;

use super::PValue;

/// How the p-values of a family are adjusted for being many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Correction {
    /// Leaves each p-value as it is.
    None,
    /// Multiplies by the number of tests.
    Bonferroni,
    /// 1 - (1 - p)^m, exact for independent tests (Šidák 1967).
    Sidak,
    /// Bonferroni, step down (Holm 1979): valid under any dependence, never weaker than Bonferroni.
    #[default]
    Holm,
    /// Šidák, step down (Holland & Copenhaver 1987).
    HolmSidak,
    /// Bonferroni, step up (Hochberg 1988): needs positive dependence.
    Hochberg,
    /// Closed testing with Simes' test (Hommel 1988): needs positive dependence.
    Hommel,
    /// False discovery rate under positive dependence (Benjamini & Hochberg 1995).
    Bh,
    /// False discovery rate under any dependence (Benjamini & Yekutieli 2001).
    By,
}

impl Correction {
    /// Every correction, in the order in which documentation lists them.
    pub const ALL: [Correction; 9] = [
        Correction::None,
        Correction::Bonferroni,
        Correction::Sidak,
        Correction::Holm,
        Correction::HolmSidak,
        Correction::Hochberg,
        Correction::Hommel,
        Correction::Bh,
        Correction::By,
    ];

    /// The name by which a suite asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Correction::None => "none",
            Correction::Bonferroni => "bonferroni",
            Correction::Sidak => "sidak",
            Correction::Holm => "holm",
            Correction::HolmSidak => "holm_sidak",
            Correction::Hochberg => "hochberg",
            Correction::Hommel => "hommel",
            Correction::Bh => "bh",
            Correction::By => "by",
        }
    }

    /// Whether it bounds the share of false alarms among alarms, not the chance of any.
    pub fn is_false_discovery_rate(self) -> bool {
        matches!(self, Correction::Bh | Correction::By)
    }
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the corrections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCorrection(pub String);

impl fmt::Display for UnknownCorrection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown correction `{}`", self.0)
    }
}

impl std::error::Error for UnknownCorrection {}

impl FromStr for Correction {
    type Err = UnknownCorrection;

    /// Reads our own names and those of R and statsmodels (`BH`, `fdr`, `fdr_bh`, `holm-sidak`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_ascii_lowercase().replace('-', "_");
        let name = match name.as_str() {
            "fdr" => "bh",
            other => other.strip_prefix("fdr_").unwrap_or(other),
        };
        Correction::ALL
            .into_iter()
            .find(|correction| correction.name() == name)
            .ok_or_else(|| UnknownCorrection(text.to_string()))
    }
}

/// Adjusts a family of p-values; the answer has the same length and order.
///
/// A missing entry (a test without a result, or a p-value that is not a number) takes no part and
/// stays missing. Tiny p-values are carried by their logarithm, so that 1e-400 times 20 is 2e-399.
pub fn adjust(p: &[Option<PValue>], method: Correction) -> Vec<Option<PValue>> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| present(p[i]).is_some()).collect();
    let key = |i: usize| present(p[i]).map_or(Chance::ONE, Chance::from);
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    let sorted: Vec<Chance> = order.iter().map(|&i| key(i)).collect();
    let adjusted = adjust_sorted(&sorted, method);
    let mut answer = vec![None; p.len()];
    for (&i, chance) in order.iter().zip(adjusted) {
        answer[i] = if method == Correction::None { p[i] } else { Some(chance.into()) };
    }
    answer
}

fn present(p: Option<PValue>) -> Option<PValue> {
    p.filter(|p| !p.value.is_nan() && !p.ln.is_nan())
}

/// Adjusts ascending probabilities.
fn adjust_sorted(p: &[Chance], method: Correction) -> Vec<Chance> {
    let n = p.len();
    let left = |i: usize| (n - i) as f64;
    let share = |i: usize| n as f64 / (i + 1) as f64;
    match method {
        Correction::None => p.to_vec(),
        Correction::Bonferroni => p.iter().map(|p| p.times(n as f64)).collect(),
        Correction::Sidak => p.iter().map(|p| p.sidak(n as f64)).collect(),
        Correction::Holm => step_down(p, |i, p| p.times(left(i))),
        Correction::HolmSidak => step_down(p, |i, p| p.sidak(left(i))),
        Correction::Hochberg => step_up(p, |i, p| p.times(left(i))),
        Correction::Hommel => hommel(p),
        Correction::Bh => step_up(p, |i, p| p.times(share(i))),
        Correction::By => {
            let harmonic: f64 = (1..=n).rev().map(|k| 1.0 / k as f64).sum();
            step_up(p, |i, p| p.times(share(i) * harmonic))
        }
    }
}

/// Running maximum from the smallest p-value on.
fn step_down(p: &[Chance], scale: impl Fn(usize, Chance) -> Chance) -> Vec<Chance> {
    let mut floor = Chance::ZERO;
    let step = |(i, &p): (usize, &Chance)| {
        floor = floor.max(scale(i, p));
        floor
    };
    p.iter().enumerate().map(step).collect()
}

/// Running minimum from the largest p-value on.
fn step_up(p: &[Chance], scale: impl Fn(usize, Chance) -> Chance) -> Vec<Chance> {
    let mut answer = p.to_vec();
    let mut ceiling = Chance::ONE;
    for i in (0..p.len()).rev() {
        ceiling = ceiling.min(scale(i, p[i]));
        answer[i] = ceiling;
    }
    answer
}

/// Hommel (1988) in the form of Wright (1992), as in R's `p.adjust`: for each m = n … 2 the Simes
/// bound of the m largest p-values, and the largest of these bounds for each test. O(n²).
fn hommel(p: &[Chance]) -> Vec<Chance> {
    let n = p.len();
    let simes = |m: usize, first: usize| {
        let bound = |j: usize| p[first + j].times(m as f64 / (m - (n - first) + j + 1) as f64);
        (0..n - first).map(bound).fold(Chance::ONE, Chance::min)
    };
    let mut answer = match n {
        0 | 1 => return p.to_vec(),
        _ => vec![simes(n, 0); n],
    };
    for m in (2..n).rev() {
        let split = n - m + 1;
        let tail = simes(m, split);
        for (answer, p) in answer.iter_mut().zip(&p[..split]) {
            *answer = answer.max(p.times(m as f64).min(tail));
        }
        let last = p[split - 1].times(m as f64).min(tail);
        for answer in &mut answer[split..] {
            *answer = answer.max(last);
        }
    }
    answer.into_iter().zip(p).map(|(answer, &p)| answer.max(p)).collect()
}

/// A probability held as itself, or as its logarithm where a double would lose digits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Chance {
    Plain(f64),
    Ln(f64),
}

/// Natural logarithm of 1e-290, below which the logarithm is the better carrier.
const LN_SMALL: f64 = -667.749_676_968_261_3;

impl Chance {
    const ONE: Chance = Chance::Plain(1.0);
    const ZERO: Chance = Chance::Ln(f64::NEG_INFINITY);

    fn from_ln(ln: f64) -> Self {
        if ln < LN_SMALL { Chance::Ln(ln) } else { Chance::Plain(ln.exp().min(1.0)) }
    }

    fn times(self, factor: f64) -> Self {
        match self {
            Chance::Plain(value) => Chance::Plain((value * factor).min(1.0)),
            Chance::Ln(ln) => Chance::from_ln(ln + factor.ln()),
        }
    }

    /// 1 - (1 - p)^m without cancellation; m p to every digit where p is tiny.
    fn sidak(self, m: f64) -> Self {
        match self {
            Chance::Plain(value) => Chance::Plain(-(m * (-value).ln_1p()).exp_m1()),
            Chance::Ln(_) => self.times(m),
        }
    }

    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Chance::Plain(a), Chance::Plain(b)) | (Chance::Ln(a), Chance::Ln(b)) => a.total_cmp(b),
            (Chance::Plain(_), Chance::Ln(_)) => std::cmp::Ordering::Greater,
            (Chance::Ln(_), Chance::Plain(_)) => std::cmp::Ordering::Less,
        }
    }

    fn max(self, other: Self) -> Self {
        if self.cmp(&other).is_lt() { other } else { self }
    }

    fn min(self, other: Self) -> Self {
        if self.cmp(&other).is_gt() { other } else { self }
    }
}

impl From<PValue> for Chance {
    fn from(p: PValue) -> Self {
        // A value of 0 with a finite logarithm, or one among the subnormals, is carried by its
        // logarithm.
        if p.ln < LN_SMALL { Chance::Ln(p.ln) } else { Chance::Plain(p.value.clamp(0.0, 1.0)) }
    }
}

impl From<Chance> for PValue {
    fn from(chance: Chance) -> Self {
        match chance {
            Chance::Plain(value) => PValue::new(value),
            Chance::Ln(ln) => PValue::from_ln(ln),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(p: &[f64], method: Correction, expected: &[f64]) {
        let p: Vec<_> = p.iter().map(|&p| Some(PValue::new(p))).collect();
        for (got, want) in adjust(&p, method).iter().zip(expected) {
            let got = got.expect("no entry is missing").value;
            assert!((got - want).abs() <= 1e-14 * want, "{method}: {got} is not {want}");
        }
    }

    // By hand: with p = k/100 every k of 5, the steps are 5 p, 4 p, 3 p … and 5 p / k.
    #[test]
    fn agrees_with_hand_calculation() {
        let p = [0.01, 0.02, 0.03, 0.04, 0.05];
        check(&p, Correction::Holm, &[0.05, 0.08, 0.09, 0.09, 0.09]);
        check(&p, Correction::Hochberg, &[0.05; 5]);
        check(&p, Correction::Hommel, &[0.05; 5]);
        check(&p, Correction::Bh, &[0.05; 5]);
        check(&p, Correction::Bonferroni, &[0.05, 0.1, 0.15, 0.2, 0.25]);
    }

    #[test]
    fn tiny_p_values_keep_their_logarithm() {
        let tiny = PValue::from_ln(-2000.0);
        let p = [Some(tiny), None, Some(PValue::new(0.5)), Some(PValue::new(f64::NAN))];
        for method in Correction::ALL {
            let got = adjust(&p, method);
            assert_eq!((got[1], got[3]), (None, None));
            let ln = got[0].expect("present").ln;
            assert!((-2000.0..=-1998.0).contains(&ln), "{method}: {ln}");
        }
    }

    #[test]
    fn names_read_back() {
        for method in Correction::ALL {
            assert_eq!(method.to_string().parse(), Ok(method));
        }
        assert_eq!("fdr_bh".parse(), Ok(Correction::Bh));
        assert_eq!("holm-sidak".parse(), Ok(Correction::HolmSidak));
        assert!("tukey".parse::<Correction>().is_err());
    }

    // Law: every correction is monotone and never below the raw p-value.
    #[test]
    fn adjusted_is_monotone_and_not_smaller() {
        let raw: Vec<f64> = (0..200u64).map(|i| (i * 7919 % 211) as f64 / 211.0).collect();
        let p: Vec<_> = raw.iter().map(|&p| Some(PValue::new(p))).collect();
        for method in Correction::ALL {
            let got: Vec<f64> = adjust(&p, method).iter().flatten().map(|p| p.value).collect();
            for (i, &a) in raw.iter().enumerate() {
                assert!(got[i] >= a * (1.0 - 1e-15) && got[i] <= 1.0);
                for (j, &b) in raw.iter().enumerate() {
                    assert!(a > b || got[i] <= got[j], "{method}: order changed");
                }
            }
        }
    }
}

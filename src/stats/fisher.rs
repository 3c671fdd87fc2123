//! Fisher's exact test: the law of a table given its margins.
//!
//! Two rows and two columns here, larger tables in [`super::freeman_halton`].

use super::contingency::Table;
use super::double_double::quotient_minus_one;
use super::proportion::{Rate, TwoRates};
use super::rates_power::RateTest;
use super::special::{HALF_LN_2PI, deviance, stirling_error};
use super::{Design, Effect, PValue, Tail, TestResult, Undefined};

/// All p-values of one 2 x 2 table; `greater` means more in the first cell than its margins lead to
/// expect.
#[derive(Clone, Debug, PartialEq)]
pub struct Fisher {
    /// The tables that are not more probable than the observed one, compared exactly.
    pub p_two_sided: PValue,
    pub p_less: PValue,
    pub p_greater: PValue,
    /// The two-sided one with the tables as probable as the observed one counted half (Lancaster
    /// 1961).
    pub p_mid: PValue,
    /// ad / bc, infinite where only the denominator is 0.
    pub odds_ratio: Option<f64>,
}

/// Fisher's exact test of the table (a, b; c, d).
pub fn fisher_exact(table: [[u64; 2]; 2]) -> Result<Fisher, Undefined> {
    two_by_two(&Table::new(&table.map(|row| row.to_vec()))?)
}

/// Fisher's exact test of two rates. The effect is their difference with Newcombe's interval.
pub fn two_sample(rates: TwoRates, design: &Design) -> Result<TestResult, Undefined> {
    let row = |rate: Rate| [rate.count(), rate.n() - rate.count()];
    let found = fisher_exact([row(rates.data), row(rates.reference)])?;
    let p = match design.tail {
        Tail::TwoSided => found.p_two_sided,
        Tail::Less => found.p_less,
        Tail::Greater => found.p_greater,
    };
    let ci = rates.newcombe(1.0 - design.alpha);
    Ok(TestResult {
        name: "fisher_exact",
        symbol: "odds ratio",
        statistic: found.odds_ratio.ok_or(Undefined::OneCategory)?,
        p,
        n: vec![rates.data.n(), rates.reference.n()],
        df: None,
        exact: true,
        method: "exact, conditional on the margins",
        effect: Effect { name: "rate_difference", value: rates.difference(), ci },
        margin: None,
        detectable: rates.detectable(RateTest::Fisher, design),
        warnings: Vec::new(),
    })
}

/// The same for a table that was built elsewhere.
pub fn two_by_two(table: &Table) -> Result<Fisher, Undefined> {
    table.df()?;
    if (table.n_rows(), table.n_cols()) != (2, 2) {
        return Err(Undefined::Other("not a table of two rows and two columns".to_string()));
    }
    let [a, b, c, d] = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| u128::from(table.count(i, j)));
    if table.total() >= 1 << 63 {
        return Err(Undefined::Other("counts beyond 2^63".to_string()));
    }
    let law = Hypergeometric { a, b, c, d };
    if law.deviation() > MAX_DEVIATION {
        return Err(Undefined::Other("counts too large for the exact law".to_string()));
    }
    let (less, greater) = (law.lower_tail(), law.upper_tail());
    let (two_sided, equal) = law.two_sided(less, greater);
    Ok(Fisher {
        p_two_sided: two_sided,
        p_less: less,
        p_greater: greater,
        p_mid: minus_half(two_sided, equal),
        odds_ratio: law.odds_ratio(),
    })
}

/// p minus half of a part of it.
fn minus_half(p: PValue, part: PValue) -> PValue {
    let share = (part.ln - p.ln).min(0.0).exp();
    PValue::from_ln(p.ln + (-0.5 * share).ln_1p())
}

/// The law of the first cell given the margins, seen from the observed table.
#[derive(Clone, Copy, Debug)]
struct Hypergeometric {
    a: u128,
    b: u128,
    c: u128,
    d: u128,
}

impl Hypergeometric {
    /// The same table with its columns exchanged: more becomes less.
    fn mirrored(self) -> Self {
        Hypergeometric { a: self.b, b: self.a, c: self.d, d: self.c }
    }

    /// The table with `by` more in the first cell.
    fn raised(self, by: u128) -> Self {
        Hypergeometric { a: self.a + by, b: self.b - by, c: self.c - by, d: self.d + by }
    }

    /// Standard deviation of the first cell, to which the length of the sums is proportional.
    fn deviation(self) -> f64 {
        let [a, b, c, d] = [self.a, self.b, self.c, self.d].map(|count| count as f64);
        let n = a + b + c + d;
        ((a + b) / n * ((c + d) / n) * ((a + c) / n) * (b + d)).sqrt()
    }

    fn odds_ratio(self) -> Option<f64> {
        let cross = |x: u128, y: u128| x as f64 * y as f64;
        match (cross(self.a, self.d), cross(self.b, self.c)) {
            (0.0, 0.0) => None,
            (0.0, _) => Some(0.0),
            (_, 0.0) => Some(f64::INFINITY),
            (top, bottom) => Some(top / bottom),
        }
    }

    /// Whether a larger first cell is less probable.
    fn falls_upwards(self) -> bool {
        self.b * self.c <= (self.a + 1) * (self.d + 1)
    }

    /// Logarithm of the probability, as a product of binomial densities (Loader 2000).
    fn ln_pmf(self) -> f64 {
        let Hypergeometric { a, b, c, d } = self;
        let (row, rest, n) = (a + b, c + d, a + b + c + d);
        let (p, q) = (row as f64 / n as f64, rest as f64 / n as f64);
        ln_binomial(a, c, p, q) + ln_binomial(b, d, p, q) - ln_binomial(row, rest, p, q)
    }

    /// P(first cell at least as large as observed).
    fn upper_tail(self) -> PValue {
        if self.falls_upwards() {
            return PValue::from_ln(self.ln_pmf() + self.ratios().ln());
        }
        // The complement is the smaller side: everything strictly below.
        if self.a == 0 || self.d == 0 {
            return PValue::new(1.0);
        }
        let below = self.mirrored().raised(1);
        let below = below.ln_pmf() + below.ratios().ln();
        let p = -below.min(0.0).exp_m1();
        PValue { value: p, ln: (-below.exp()).ln_1p() }
    }

    fn lower_tail(self) -> PValue {
        self.mirrored().upper_tail()
    }

    /// The tail above, this table included, over the probability of this table; it falls all the
    /// way.
    fn ratios(self) -> f64 {
        let Hypergeometric { a, b, c, d } = self;
        let (mut term, mut sum) = (1.0, 1.0);
        for k in 0..b.min(c) {
            let top = (b - k) as f64 * (c - k) as f64;
            let bottom = (a + k + 1) as f64 * (d + k + 1) as f64;
            term *= top / bottom;
            sum += term;
            if term < 1e-18 * sum {
                break;
            }
        }
        sum
    }

    /// The tables not more probable than this one, and those exactly as probable.
    fn two_sided(self, less: PValue, greater: PValue) -> (PValue, PValue) {
        let own = PValue::from_ln(self.ln_pmf());
        let (up, down) = (self.falls_upwards(), self.mirrored().falls_upwards());
        // At the mode nothing is more probable; a neighbour may be as probable.
        let here = match (up, down) {
            (true, true) => return (PValue::new(1.0), own_with_equals(self, own)),
            (true, false) => self,
            (false, _) => self.mirrored(),
        };
        let near = if up { greater } else { less };
        let Some(far) = here.first_not_more_probable() else { return (near, own) };
        let tail = PValue::from_ln(far.ln_pmf() + far.mirrored().ratios().ln());
        let equal = if far.same_probability(here) { sum(own, own) } else { own };
        (sum(near, tail), equal)
    }

    /// Going down from a table in the upper tail, the first beyond the mode that is not more
    /// probable.
    fn first_not_more_probable(self) -> Option<Self> {
        let lowest = self.mirrored();
        let steps = lowest.b.min(lowest.c);
        let at = |by: u128| self.mirrored().raised(by).mirrored();
        let level = self.ln_pmf();
        let beyond_mode = |table: Self| table.mirrored().falls_upwards();
        let not_more = |by: u128| {
            let table = at(by);
            if !beyond_mode(table) {
                return false;
            }
            let difference = table.ln_pmf() - level;
            if difference.abs() > 1e-6 { difference < 0.0 } else { table.at_most_as_probable(self) }
        };
        // Once true it stays true, so that halving finds the first.
        let (mut low, mut high) = (0, steps);
        if steps == 0 || !not_more(steps) {
            return None;
        }
        while high - low > 1 {
            let middle = u128::midpoint(low, high);
            *(if not_more(middle) { &mut high } else { &mut low }) = middle;
        }
        Some(at(high))
    }

    /// The other table's probability over this one's, minus 1, to about 25 digits; 0 only where the
    /// two are equal. Nothing where that would take too long, and the logarithms have to decide.
    fn excess_of(self, other: Self) -> Option<f64> {
        let up = other.a >= self.a;
        let (small, large) = if up { (self, other) } else { (other, self) };
        let by = large.a - small.a;
        // p(large)/p(small) = (b!/(b-k)!) (c!/(c-k)!) / ((a+k)!/a! (d+k)!/d!), runs of k integers
        // each.
        let straight = [Runs::new(large.b, small.a, by), Runs::new(large.c, small.d, by)];
        let crossed = [Runs::new(large.b, small.d, by), Runs::new(large.c, small.a, by)];
        let cost = |runs: &[Runs; 2]| runs[0].length + runs[1].length;
        let runs = if cost(&straight) <= cost(&crossed) { straight } else { crossed };
        if cost(&runs) > MAX_FACTORS {
            return None;
        }
        let top = runs.iter().flat_map(|run| run.top + 1..=run.top + run.length);
        let bottom = runs.iter().flat_map(|run| run.bottom + 1..=run.bottom + run.length);
        let excess = quotient_minus_one(top, bottom);
        let excess = if up { excess } else { -excess / (1.0 + excess) };
        let rounding = 1e-30 * (cost(&runs) as f64 + 1.0);
        Some(if excess.abs() < rounding { 0.0 } else { excess })
    }

    fn at_most_as_probable(self, than: Self) -> bool {
        let by_logarithm = || self.ln_pmf() - than.ln_pmf();
        than.excess_of(self).unwrap_or_else(by_logarithm) <= 0.0
    }

    fn same_probability(self, other: Self) -> bool {
        (self.ln_pmf() - other.ln_pmf()).abs() < 1e-6 && other.excess_of(self) == Some(0.0)
    }
}

/// Standard deviations of the first cell beyond which the sums would take seconds; the normal limit
/// is then as good.
const MAX_DEVIATION: f64 = 1e7;

/// Factors up to which two probabilities are compared exactly.
const MAX_FACTORS: u128 = 10_000_000;

/// (top + 1) … (top + length) over (bottom + 1) … (bottom + length), what both have in common left
/// out.
struct Runs {
    top: u128,
    bottom: u128,
    length: u128,
}

impl Runs {
    fn new(top: u128, bottom: u128, length: u128) -> Self {
        let shift = top.abs_diff(bottom).min(length);
        let skip = length - shift;
        let (top, bottom) = if top < bottom { (top, bottom + skip) } else { (top + skip, bottom) };
        Runs { top, bottom, length: shift }
    }
}

/// The mode's own probability, twice where its neighbour has the same.
fn own_with_equals(table: Hypergeometric, own: PValue) -> PValue {
    let twin_above = table.b * table.c == (table.a + 1) * (table.d + 1);
    let twin_below = table.a * table.d == (table.b + 1) * (table.c + 1);
    if twin_above || twin_below { sum(own, own) } else { own }
}

fn sum(a: PValue, b: PValue) -> PValue {
    let (high, low) = (a.ln.max(b.ln), a.ln.min(b.ln));
    PValue::from_ln(high + (low - high).exp().ln_1p())
}

/// Logarithm of the binomial density of `k` hits and `rest` misses.
fn ln_binomial(k: u128, rest: u128, p: f64, q: f64) -> f64 {
    let (k_f, rest_f) = (k as f64, rest as f64);
    let n = (k + rest) as f64;
    let ln = |p: f64, q: f64| if q < 0.5 { (-q).ln_1p() } else { p.ln() };
    match (k, rest) {
        (0, 0) => 0.0,
        (0, _) => rest_f * ln(q, p),
        (_, 0) => k_f * ln(p, q),
        _ => {
            let stirling = stirling_error(n) - stirling_error(k_f) - stirling_error(rest_f);
            let scale = 0.5 * (k_f.ln() + (rest_f / n).ln()) + HALF_LN_2PI;
            stirling - scale - deviance(k_f, n * p) - deviance(rest_f, n * q)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(table: [[u64; 2]; 2]) -> Fisher {
        fisher_exact(table).expect("no empty row or column")
    }

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-12 * want, "{got} is not {want}");
    }

    // Law: the same table read in any orientation has the same two-sided p-value.
    #[test]
    fn orientation_does_not_matter() {
        for [a, b, c, d] in [[3, 1, 1, 3], [8, 2, 1, 5], [0, 5, 7, 2], [500, 500, 450, 550]] {
            let there = p([[a, b], [c, d]]);
            for other in [p([[b, a], [d, c]]), p([[c, d], [a, b]]), p([[a, c], [b, d]])] {
                close(other.p_two_sided.value, there.p_two_sided.value);
                close(other.p_mid.value, there.p_mid.value);
            }
            close(p([[b, a], [d, c]]).p_less.value, there.p_greater.value);
        }
    }

    // Law: the p-values equal the sums over all tables, in exact integers.
    #[test]
    fn agrees_with_enumeration() {
        let choose = |n: u128, k: u128| (0..k).fold(1, |product, i| product * (n - i) / (i + 1));
        for a in 0..7_u128 {
            for b in 0..6_u128 {
                for c in 0..6_u128 {
                    let d = 5;
                    let (row, col, n) = (a + b, a + c, a + b + c + d);
                    let weight = |x: u128| choose(row, x) * choose(n - row, col - x);
                    let (low, high) = (col.saturating_sub(n - row), row.min(col));
                    let all: u128 = (low..=high).map(weight).sum();
                    let two: u128 = (low..=high).map(weight).filter(|&w| w <= weight(a)).sum();
                    let up: u128 = (a..=high).map(weight).sum();
                    let Ok(got) = fisher_exact([[a, b], [c, d]].map(|row| row.map(|x| x as u64)))
                    else {
                        continue;
                    };
                    close(got.p_two_sided.value, two as f64 / all as f64);
                    close(got.p_greater.value, up as f64 / all as f64);
                }
            }
        }
    }

    #[test]
    fn large_tables_are_fast_and_right() {
        // The mirror image of a balanced table is exactly as probable.
        let big = p([[1_000_000, 1_001_000], [1_001_000, 1_000_000]]);
        close(big.p_two_sided.value, 2.0 * big.p_less.value);
        assert!(p([[10_000_000_000, 1], [1, 10_000_000_000]]).p_two_sided.ln < -1e9);
        assert!(fisher_exact([[0, 0], [3, 4]]).is_err());
        assert!(fisher_exact([[u64::MAX, 1], [1, 1]]).is_err());
    }
}

//! P-values of the usual laws, each with its logarithm.

use super::special::{
    Tails, chi2_tails, f_tails, norm_ln_sf, norm_sf, t_ln_sf, t_sf, t_two_sided, t_two_sided_ln,
};
use super::{PValue, Tail};

/// The p-values of one statistic against each alternative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides {
    pub two_sided: PValue,
    pub less: PValue,
    pub greater: PValue,
}

impl Sides {
    /// Of a statistic that is standard normal under the null hypothesis.
    pub fn normal(z: f64) -> Self {
        Sides { two_sided: norm_two_sided_p(z), less: norm_p(-z), greater: norm_p(z) }
    }

    /// The one that was asked for.
    pub fn of(self, tail: Tail) -> PValue {
        match tail {
            Tail::TwoSided => self.two_sided,
            Tail::Less => self.less,
            Tail::Greater => self.greater,
        }
    }

    /// The same with less and greater exchanged.
    pub fn swapped(self) -> Self {
        Sides { less: self.greater, greater: self.less, ..self }
    }
}

/// Upper tail of chi-square.
pub fn chi2_p(x: f64, df: f64) -> PValue {
    upper(chi2_tails(x.max(0.0), df))
}

/// Upper tail of F.
pub fn f_p(x: f64, df1: f64, df2: f64) -> PValue {
    upper(f_tails(x.max(0.0), df1, df2))
}

/// Upper tail of the standard normal.
pub fn norm_p(z: f64) -> PValue {
    PValue { value: norm_sf(z), ln: norm_ln_sf(z) }
}

/// Both tails of the standard normal beyond |z|.
pub fn norm_two_sided_p(z: f64) -> PValue {
    doubled(norm_p(z.abs()))
}

/// Upper tail of Student's t.
pub fn t_p(t: f64, df: f64) -> PValue {
    PValue { value: t_sf(t, df), ln: t_ln_sf(t, df) }
}

/// Both tails of Student's t beyond |t|.
pub fn t_two_sided_p(t: f64, df: f64) -> PValue {
    PValue { value: t_two_sided(t, df), ln: t_two_sided_ln(t, df) }
}

/// The upper of two tails.
pub fn upper(tails: Tails) -> PValue {
    PValue { value: tails.upper.min(1.0), ln: tails.ln_upper.min(0.0) }
}

/// The lower of two tails.
pub fn lower(tails: Tails) -> PValue {
    upper(tails.swapped())
}

/// Twice a one-sided p-value, at most 1.
pub fn doubled(p: PValue) -> PValue {
    PValue { value: (2.0 * p.value).min(1.0), ln: (p.ln + std::f64::consts::LN_2).min(0.0) }
}

/// The smaller of two p-values, by their logarithms.
pub fn smaller(a: PValue, b: PValue) -> PValue {
    if b.ln < a.ln { b } else { a }
}

/// The larger of two p-values, by their logarithms.
pub fn larger(a: PValue, b: PValue) -> PValue {
    if b.ln > a.ln { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_go_on_where_values_end() {
        for p in [chi2_p(1e5, 3.0), norm_p(100.0), norm_two_sided_p(-100.0), f_p(1e300, 4.0, 400.0)]
        {
            assert_eq!(p.value, 0.0);
            assert!(p.ln.is_finite() && p.ln < -745.0);
        }
        assert_eq!(doubled(PValue::new(0.7)), PValue::new(1.0));
        assert_eq!(smaller(PValue::new(0.1), PValue::new(0.2)).value, 0.1);
        assert_eq!(larger(PValue::new(0.1), PValue::new(0.2)).value, 0.2);
    }
}

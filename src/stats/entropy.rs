//! Shannon's entropy of counted categories.

use super::relative_entropy::Compensated;

/// The entropy of the shares, in nats; `None` without counts.
pub fn entropy(counts: &[u64]) -> Option<f64> {
    let n: u128 = counts.iter().map(|&count| u128::from(count)).sum();
    let term = |count: u64| {
        let p = count as f64 / n as f64;
        -p * p.ln()
    };
    let terms = counts.iter().filter(|count| **count > 0).map(|&count| term(count));
    // A single category has an entropy of 0, not of -0.
    (n > 0).then(|| terms.collect::<Compensated>().value() + 0.0)
}

/// Its standard error, √((Σ p ln² p - H²) / n) (Basharin 1959); `None` without counts.
pub fn standard_error(counts: &[u64]) -> Option<f64> {
    let mean = entropy(counts)?;
    let n = counts.iter().map(|&count| u128::from(count)).sum::<u128>() as f64;
    // The variance of -ln p over the values, formed about its mean.
    let term = |count: u64| {
        let p = count as f64 / n;
        p * (-p.ln() - mean).powi(2)
    };
    let terms = counts.iter().filter(|count| **count > 0).map(|&count| term(count));
    Some((terms.collect::<Compensated>().value() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_textbooks() {
        let ln2 = std::f64::consts::LN_2;
        assert_eq!(entropy(&[]), None);
        assert_eq!(entropy(&[0, 0]), None);
        assert_eq!(entropy(&[7]), Some(0.0));
        assert_eq!(entropy(&[5, 0, 5]), Some(ln2));
        // scipy.stats.entropy([1, 2, 3]) of scipy 1.17.1.
        let found = entropy(&[1, 2, 3]).expect("counts");
        assert!((found - 1.011_404_264_707_351_8).abs() < 1e-15, "{found}");
    }

    // Law: equal shares have no error of first order; splitting evenly adds ln 2.
    #[test]
    fn errors_shrink_with_the_root_of_n() {
        assert_eq!(standard_error(&[5, 5]), Some(0.0));
        let (few, many) = (standard_error(&[1, 3]), standard_error(&[100, 300]));
        assert!((few.expect("counts") / many.expect("counts") - 10.0).abs() < 1e-12);
        let (whole, halves) = (entropy(&[2, 6]), entropy(&[1, 1, 3, 3]));
        let gain = halves.expect("counts") - whole.expect("counts");
        assert!((gain - std::f64::consts::LN_2).abs() < 1e-15);
    }
}

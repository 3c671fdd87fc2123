//! Kolmogorov and Smirnov's tests.

use super::super::Tail;
use super::super::ecdf::{Comparison, Real, compare};
use super::super::ks_test::{Distances, Question, answer, distances, hodges_ln};
use super::super::special::{kolmogorov_ln_sf, norm_sf};
use super::case::number;
use super::{Case, Worst, run};

const TAILS: [(Tail, &str); 3] =
    [(Tail::TwoSided, ""), (Tail::Greater, "_greater"), (Tail::Less, "_less")];

pub fn one_sample() -> Worst {
    run("ks_1samp", |case| {
        let (mut values, dropped) = case.sample("x");
        values.sort_by(f64::total_cmp);
        let distances = against(case, &values);
        case.check_undefined(values.is_empty());
        case.check("n", values.len() as f64);
        case.check("n_dropped", dropped as f64);
        case.check_standard("statistic", distances.d());
        case.check_standard("d_plus", distances.plus);
        case.check_standard("d_minus", distances.minus);
        for (tail, name) in TAILS {
            if !values.is_empty() {
                case.check_ln(&format!("p{name}_exact"), distances.p(tail).ln);
            }
        }
        let limit = (distances.n as f64).sqrt() * distances.d();
        case.check_ln("p_kolmogorov_limit", kolmogorov_ln_sf(limit));
    })
}

fn against(case: &Case, values: &[f64]) -> Distances {
    let args = &case.params()["args"];
    let arg = |i: usize| number(&args[i]).unwrap_or(f64::NAN);
    match case.params()["cdf"].as_str() {
        Some("uniform") => distances(values, |x| {
            let share = ((x - arg(0)) / (arg(1) - arg(0))).clamp(0.0, 1.0);
            (share, 1.0 - share)
        }),
        Some("normal") => distances(values, |x| {
            let z = (x - arg(0)) / arg(1);
            (norm_sf(-z), norm_sf(z))
        }),
        // The argument is the scale, the mean.
        _ => distances(values, |x| {
            let ratio = (x / arg(0)).max(0.0);
            (-(-ratio).exp_m1(), (-ratio).exp())
        }),
    }
}

pub fn two_sample() -> Worst {
    run("ks_2samp", |case| {
        let c = comparison(case);
        let undefined = c.n == 0 || c.m == 0;
        case.check_undefined(undefined);
        case.check("n1", c.n as f64);
        case.check("n2", c.m as f64);
        // A comparison value only; our own limit is held to the exact law below.
        case.skip("p_asymp_scipy");
        if undefined {
            return;
        }
        case.check("statistic", c.d());
        case.check("d_plus", c.d_plus());
        case.check("d_minus", c.d_minus());
        case.check_exact("has_ties", c.distinct < c.n + c.m);
        let harmonic = c.n as f64 * c.m as f64 / (c.n + c.m) as f64;
        case.check_ln("p_kolmogorov_limit", kolmogorov_ln_sf(harmonic.sqrt() * c.d()));
        case.check_ln("p_greater_hodges", hodges_ln(c.n, c.m, c.d_plus()));
        case.check_ln("p_less_hodges", hodges_ln(c.n, c.m, c.d_minus()));
        for (tail, name) in TAILS {
            let ignoring = answer(&c, tail, false);
            assert!(ignoring.exact, "{}: affordable", case.id());
            case.check_ln(&format!("p{name}_exact_ignoring_ties"), ignoring.p.ln);
            if tail == Tail::TwoSided {
                near_the_limit(&c, ignoring.p.ln);
            }
            if c.tied > 0 {
                let conditional = answer(&c, tail, true);
                assert!(conditional.exact, "{}: affordable", case.id());
                case.check_ln(&format!("p{name}_exact_conditional_on_ties"), conditional.p.ln);
            }
        }
    })
}

/// Large samples without ties: the limit that takes over is near the exact law.
fn near_the_limit(c: &Comparison, exact_ln: f64) {
    let h = c.h_plus.max(c.h_minus);
    let question = Question { n: c.n, m: c.m, h, two_sided: true };
    if c.n.min(c.m) > 1000 && c.tied == 0 {
        assert!((question.limit() - exact_ln).abs() < 0.02, "{exact_ln}");
    }
}

fn comparison(case: &Case) -> Comparison {
    if let (Some(mut x), Some(mut y)) = (case.integers("x"), case.integers("y")) {
        x.sort_unstable();
        y.sort_unstable();
        return compare(&x, &y);
    }
    let sorted = |key: &str| {
        let mut reals: Vec<Real> = case.sample(key).0.into_iter().filter_map(Real::new).collect();
        reals.sort_unstable();
        reals
    };
    compare(&sorted("x"), &sorted("y"))
}

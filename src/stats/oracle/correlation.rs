//! Correlations and their comparison.

use serde_json::Value;

use super::case::values;
use super::{Worst, run};
use crate::stats::correlation::{
    CorrelationMatrix, compare_r, jennrich, kendall, pearson, spearman,
};

pub fn correlation() -> Worst {
    run("correlation", |case| {
        let (x, y) = (case.column("x"), case.column("y"));
        let complete = |(x, y): (&Option<f64>, &Option<f64>)| Some(((*x)?, (*y)?));
        let pairs = x.iter().zip(&y).filter_map(complete);
        let pairs = pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan());
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
        case.check_exact("n", x.len());
        let results = (pearson(&x, &y), spearman(&x, &y), kendall(&x, &y));
        case.check_undefined(results.0.is_err());
        let (Ok(pearson), Ok(spearman), Ok(kendall)) = results else { return };
        case.check_standard("pearson.r", pearson.r);
        case.check_ln("pearson.p_two_sided", pearson.p_two_sided.ln);
        case.check_standard("pearson.t", pearson.t);
        case.check_standard("pearson.fisher_z", pearson.fisher_z);
        case.check_standard("pearson.ci95.0", pearson.interval(0.95).low);
        case.check_standard("pearson.ci95.1", pearson.interval(0.95).high);
        case.check_standard("spearman.r", spearman.ranks.r);
        case.check_standard("spearman.t", spearman.ranks.t);
        case.check_ln("spearman.p_two_sided", spearman.ranks.p_two_sided.ln);
        let exact = spearman.p_exact.map_or(f64::NAN, |p| p.value);
        case.check("spearman.p_exact_two_sided", exact);
        case.check_standard("kendall.tau_b", kendall.tau_b);
        case.check_exact("kendall.concordant", kendall.concordant as u64);
        case.check_exact("kendall.discordant", kendall.discordant as u64);
        case.check_ln("kendall.p_asymptotic_two_sided", kendall.p_asymptotic.ln);
        let exact = kendall.p_exact.map_or(f64::NAN, |p| p.value);
        case.check("kendall.p_exact_two_sided", exact);
    })
}

pub fn compare() -> Worst {
    run("correlation_compare", |case| {
        if case.kind() == "matrix" {
            let matrix = |key: &str| matrix(&case.input()[key]);
            let (reference, data) = (matrix("columns_ref"), matrix("columns_cur"));
            let result = jennrich(&data, &reference).expect("regular matrices");
            case.check("max_abs_diff", data.max_abs_difference(&reference));
            case.check("frobenius_diff", data.frobenius_difference(&reference));
            case.check("jennrich_statistic", result.statistic);
            case.check_exact("jennrich_dof", result.df);
            case.check_ln("jennrich_p_value", result.p.ln);
            return;
        }
        let [r1, n1, r2, n2] = ["r1", "n1", "r2", "n2"].map(|key| case.given(key));
        let result = compare_r(r1, n1 as u64, r2, n2 as u64).expect("enough pairs");
        case.check_standard("statistic", result.statistic);
        case.check_standard("cohen_q", result.cohen_q);
        case.check_ln("p_two_sided", result.p.two_sided.ln);
    })
}

fn matrix(columns: &Value) -> CorrelationMatrix {
    let columns: Vec<Vec<f64>> = columns.as_array().into_iter().flatten().map(values).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    CorrelationMatrix::new(&slices).expect("columns with a spread")
}

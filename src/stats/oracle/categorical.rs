//! Tests on counts of categories.

use serde_json::Value;

use super::case::values;
use super::{Case, Worst, run};
use crate::stats::chi_square::{n_minus_1, pearson, yates};
use crate::stats::contingency::Table;
use crate::stats::fisher::{fisher_exact, two_by_two};
use crate::stats::freeman_halton::freeman_halton;
use crate::stats::g_test::g_test;
use crate::stats::goodness_of_fit::goodness_of_fit;
use crate::stats::{Design, Tail};

const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };

fn counts(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn table(case: &Case) -> Vec<Vec<u64>> {
    case.input()["table"].as_array().into_iter().flatten().map(counts).collect()
}

pub fn chi2_contingency() -> Worst {
    run("chi2_contingency", |case| {
        let table = Table::new(&table(case)).expect("rows of equal length");
        case.check_exact("n", table.total() as u64);
        case.check_exact("rows_used", table.n_rows());
        case.check_exact("cols_used", table.n_cols());
        let pearson = pearson(&table);
        case.check_undefined(pearson.is_err());
        let (Ok(pearson), Ok(g)) = (pearson, g_test(&table)) else { return };
        case.check("statistic", pearson.statistic);
        case.check_exact("dof", pearson.df);
        case.check_ln("p_value", pearson.p.ln);
        case.check("p_value", pearson.p.value);
        case.check("min_expected", pearson.min_expected);
        case.check_exact("cells_below_5", pearson.cells_below_5);
        case.check("phi2", pearson.phi2);
        case.check("cramers_v", pearson.cramers_v);
        case.check("cramers_v_bias_corrected", pearson.cramers_v_corrected);
        case.check("g_statistic", g.0);
        case.check_ln("g_p_value", g.1.ln);
        if let (Ok(yates), Ok(n_minus_1)) = (yates(&table), n_minus_1(&table)) {
            case.check("yates_statistic", yates.0);
            case.check_ln("yates_p_value", yates.1.ln);
            case.check("n_minus_1_statistic", n_minus_1.0);
            case.check_ln("n_minus_1_p_value", n_minus_1.1.ln);
        }
    })
}

pub fn chi2_gof() -> Worst {
    run("chi2_gof", |case| {
        let observed = counts(&case.input()["observed"]);
        case.check_exact("n", observed.iter().sum::<u64>());
        let probs = case.input()["expected_probs"]
            .as_array()
            .map(|_| values(&case.input()["expected_probs"]));
        let result =
            goodness_of_fit(&observed, probs.as_deref(), case.param("ddof") as u32, &DESIGN);
        case.check_undefined(result.is_err());
        let Ok(result) = result else { return };
        case.check("statistic", result.test.statistic);
        case.check("dof", result.test.df.unwrap_or(f64::NAN));
        case.check_ln("p_value", result.test.p.ln);
        case.check("min_expected", result.min_expected);
        case.check("cohen_w", result.test.effect.value);
        case.check("g_statistic", result.g_statistic);
        case.check_ln("g_p_value", result.g_p.ln);
    })
}

pub fn fisher() -> Worst {
    run("fisher_exact", |case| {
        let rows = table(case);
        let result = two_by_two(&Table::new(&rows).expect("rows of equal length"));
        case.check_undefined(result.is_err());
        let Ok(result) = result else {
            // Without two rows and columns only one table is possible.
            return case.check("p_two_sided", 1.0);
        };
        let same = fisher_exact([[rows[0][0], rows[0][1]], [rows[1][0], rows[1][1]]]);
        assert_eq!(same.as_ref(), Ok(&result));
        case.check_ln("p_two_sided", result.p_two_sided.ln);
        case.check("p_two_sided", result.p_two_sided.value);
        case.check_ln("p_less", result.p_less.ln);
        case.check_ln("p_greater", result.p_greater.ln);
        case.check_ln("p_mid_two_sided", result.p_mid.ln);
        case.check("odds_ratio_sample", result.odds_ratio.unwrap_or(f64::NAN));
    })
}

pub fn fisher_rxc() -> Worst {
    run("fisher_rxc", |case| {
        let table = Table::new(&table(case)).expect("rows of equal length");
        let result = freeman_halton(&table, 0, 0).expect("no empty rows");
        assert!(result.exact);
        case.check_ln("p_value", result.p.ln);
    })
}

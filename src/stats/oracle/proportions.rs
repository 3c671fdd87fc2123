//! Rates.

use super::{Case, Worst, run};
use crate::stats::Interval;
use crate::stats::proportion::{Rate, TwoRates};

fn rate(case: &Case, suffix: &str) -> Rate {
    let of = |key: &str| case.given(&format!("{key}{suffix}")) as u64;
    Rate::new(of("count"), of("n")).expect("at least one observation")
}

fn check_interval(case: &mut Case, key: &str, got: Interval) {
    case.check(&format!("{key}.0"), got.low);
    case.check(&format!("{key}.1"), got.high);
}

pub fn one() -> Worst {
    run("proportion_1", |case| {
        let (rate, p0) = (rate(case, ""), case.param("p0"));
        case.check("estimate", rate.value());
        check_interval(case, "wilson95", rate.wilson(0.95));
        check_interval(case, "clopper_pearson95", rate.clopper_pearson(0.95));
        check_interval(case, "jeffreys95", rate.jeffreys(0.95));
        let (z, sides) = rate.score_test(p0).expect("a rate inside 0 and 1");
        case.check_standard("z_score_test.statistic", z);
        case.check_ln("z_score_test.p_two_sided", sides.two_sided.ln);
        case.check_ln("z_score_test.p_less", sides.less.ln);
        case.check_ln("z_score_test.p_greater", sides.greater.ln);
        let exact = rate.binomial_test(p0).expect("a rate inside 0 and 1");
        case.check_ln("exact_binomial.p_two_sided_minlike", exact.two_sided.ln);
        case.check_ln("exact_binomial.p_less", exact.less.ln);
        case.check_ln("exact_binomial.p_greater", exact.greater.ln);
    })
}

pub fn two() -> Worst {
    run("proportion_2", |case| {
        let rates = TwoRates { data: rate(case, "1"), reference: rate(case, "2") };
        case.check_difference("diff", rates.difference(), 1.0);
        check_interval(case, "newcombe95", rates.newcombe(0.95));
        case.check_standard("cohen_h", rates.cohen_h());
        assert_eq!(case.expects("odds_ratio"), rates.odds_ratio().is_some());
        assert_eq!(case.expects("risk_ratio"), rates.risk_ratio().is_some());
        case.check("odds_ratio", rates.odds_ratio().unwrap_or(f64::NAN));
        case.check("risk_ratio", rates.risk_ratio().unwrap_or(f64::NAN));
        for (key, test) in [("pooled_z", rates.pooled_z()), ("unpooled_z", rates.unpooled_z())] {
            if let Ok((z, sides)) = test {
                case.check_standard(&format!("{key}.statistic"), z);
                case.check_ln(&format!("{key}.p_two_sided"), sides.two_sided.ln);
                case.check_ln(&format!("{key}.p_less"), sides.less.ln);
                case.check_ln(&format!("{key}.p_greater"), sides.greater.ln);
            } else if case.expects(&format!("{key}.undefined")) {
                case.skip(&format!("{key}.undefined"));
                case.check(&format!("{key}.p_two_sided"), 1.0);
            }
        }
    })
}

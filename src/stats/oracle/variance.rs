//! Means and variances of several samples.

use super::{Case, Worst, run};
use crate::stats::Undefined;
use crate::stats::anova::{Anova, one_way, welch};
use crate::stats::levene::{Centre, bartlett, f_test, levene};
use crate::stats::moments::Summary;

fn summaries(case: &Case) -> Vec<Summary> {
    case.groups("groups").iter().map(|group| Summary::of(group)).collect()
}

fn check_anova(case: &mut Case, result: &Anova) {
    case.check("dof1", result.df_between);
    case.check("dof2", result.df_within);
    case.check_standard("statistic", result.statistic);
    case.check_ln("p_value", result.p.ln);
    case.check_standard("eta_squared", result.eta_squared);
}

pub fn f_oneway() -> Worst {
    run("f_oneway", |case| {
        let groups = summaries(case);
        case.check_exact("n", groups.iter().map(|group| group.n).sum::<u64>());
        case.check_exact("k", groups.len());
        let result = one_way(&groups);
        case.check_undefined(result.is_err());
        let Ok(result) = result else { return };
        check_anova(case, &result);
        case.check_standard("omega_squared", result.omega_squared);
        case.check("ss_between", result.ss_between);
        case.check("ss_within", result.ss_within);
    })
}

pub fn nist() -> Worst {
    run("nist_anova", |case| {
        let result = one_way(&summaries(case)).expect("the certified sets have a spread");
        check_anova(case, &result);
        case.check("certified_statistic", result.statistic);
    })
}

pub fn welch_anova() -> Worst {
    run("welch_anova", |case| {
        let result = welch(&summaries(case)).expect("a spread in each sample");
        case.check("statistic", result.statistic);
        case.check("dof1", result.df_between);
        case.check("dof2", result.df_within);
        case.check_ln("p_value", result.p.ln);
    })
}

pub fn variances() -> Worst {
    run("levene", |case| {
        let groups = case.groups("groups");
        let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        for (key, centre) in [("median", Centre::Median), ("mean", Centre::Mean)] {
            check_levene(case, key, levene(&slices, centre));
        }
        let groups = summaries(case);
        if let Ok(result) = bartlett(&groups) {
            case.check("bartlett.statistic", result.statistic);
            case.check("bartlett.dof", result.df);
            case.check_ln("bartlett.p_value", result.p.ln);
        }
        if let Ok(result) = f_test(&groups[0], &groups[1]) {
            case.check("f_test.statistic", result.statistic);
            case.check("f_test.dof1", result.df1);
            case.check("f_test.dof2", result.df2);
            case.check_ln("f_test.p_greater", result.p.greater.ln);
            case.check_ln("f_test.p_less", result.p.less.ln);
            case.check_ln("f_test.p_two_sided", result.p.two_sided.ln);
        }
    })
}

fn check_levene(case: &mut Case, key: &str, result: Result<Anova, Undefined>) {
    let undefined = format!("{key}.undefined");
    assert_eq!(case.expects(&undefined), result.is_err());
    case.skip(&undefined);
    let Ok(result) = result else { return };
    case.check_standard(&format!("{key}.statistic"), result.statistic);
    case.check(&format!("{key}.dof1"), result.df_between);
    case.check(&format!("{key}.dof2"), result.df_within);
    case.check_ln(&format!("{key}.p_value"), result.p.ln);
}

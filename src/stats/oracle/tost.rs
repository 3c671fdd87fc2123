//! Equivalence of means and of rates.

use super::super::proportion::{Rate, TwoRates, tost_proportions};
use super::t_tests::equivalent_means;
use super::{Case, Worst, run};

pub fn tost() -> Worst {
    run("tost", |case| match case.kind() {
        "welch-means" => equivalent_means(case),
        "proportions" => equivalent_rates(case),
        _ => {}
    })
}

fn equivalent_rates(case: &mut Case) {
    let rate = |side: &str| {
        let of = |key: &str| case.given(&format!("{key}{side}")) as u64;
        Rate::new(of("count"), of("n"))
    };
    let (Ok(data), Ok(reference)) = (rate("1"), rate("2")) else { return };
    let rates = TwoRates { data, reference };
    let answer = tost_proportions(rates, case.param("margin"), 0.05);
    case.check_undefined(answer.p.is_none());
    case.check_difference("diff", rates.difference(), 1.0);
    if let Some(p) = answer.p {
        case.check_ln("p_value", p.ln);
    }
    case.check("newcombe90.0", answer.interval.low);
    case.check("newcombe90.1", answer.interval.high);
    case.check_exact("equivalent_by_newcombe90", answer.within);
}

//! Compares every check with figures of independent implementations, recorded in `fixtures/stats/`.
//!
//! One file for each family of cases; the rules of comparison are those of
//! `fixtures/stats/README.md`. Each key under `expect` must be either checked or skipped by name,
//! so that no figure goes unread. `cargo test oracle_table -- --nocapture` prints the largest error
//! of each family.

mod case;
mod categorical;
mod correlation;
mod distances;
mod distributions;
mod ks;
mod moments;
mod multiple_testing;
mod power;
mod proportions;
mod quantiles;
mod ranks;
mod samples;
mod t_tests;
mod tost;
mod variance;

use case::{Case, Worst, run};

/// The name of a family's file, and the function that checks it.
type Family = (&'static str, fn() -> Worst);

/// Every family: the name of its file and the function that checks it.
const FAMILIES: &[Family] = &[
    ("distribution_tails", distributions::tails),
    ("quantile_functions", distributions::quantiles),
    ("tost", tost::tost),
    ("outliers", quantiles::outliers),
    ("quantile_ci", quantiles::intervals),
    ("quantiles", quantiles::quantiles),
    ("sample_size_mde", power::detectable),
    ("power", power::power),
    ("ztest_2samp", t_tests::known_sigmas),
    ("ttest_paired", t_tests::paired),
    ("ttest_2samp", t_tests::two_sample),
    ("ttest_1samp", t_tests::one_sample),
    ("ks_2samp", ks::two_sample),
    ("ks_1samp", ks::one_sample),
    ("moments", moments::moments),
    ("multiple_testing", multiple_testing::multiple_testing),
    ("chi2_contingency", categorical::chi2_contingency),
    ("chi2_gof", categorical::chi2_gof),
    ("fisher_exact", categorical::fisher),
    ("distances_discrete", distances::discrete),
    ("histogram", distances::histograms),
    ("mannwhitneyu", ranks::mann_whitney),
    ("proportion_1", proportions::one),
    ("proportion_2", proportions::two),
    ("f_oneway", variance::f_oneway),
    ("nist_anova", variance::nist),
    ("welch_anova", variance::welch_anova),
    ("levene", variance::variances),
    ("kruskal", ranks::kruskal_wallis),
    ("cramervonmises_2samp", ranks::cramer),
    ("anderson_ksamp", ranks::anderson),
    ("correlation", correlation::correlation),
    ("correlation_compare", correlation::compare),
    ("fisher_rxc", categorical::fisher_rxc),
    ("distances_continuous", samples::distances),
    ("epps_singleton", samples::epps),
    ("permutation_exact", samples::permutation),
    ("sequential", samples::sequential),
];

/// Families that no function of this crate answers yet.
const UNREAD: &[&str] = &[];

#[test]
fn oracle_table() {
    println!(
        "{:<22} {:>6} {:>7} {:>9} {:>9}  worst at",
        "family", "cases", "figures", "error", "of tol."
    );
    let mut failures = Vec::new();
    for (name, check) in FAMILIES {
        let worst = check();
        println!("{worst}");
        assert_eq!(*name, worst.family, "the list names another family than the function reads");
        assert!(worst.cases > 0, "{name} has no cases");
        failures.extend(worst.failures);
    }
    assert!(failures.is_empty(), "{} figures differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_case_file_is_read() {
    let mut unread = Vec::new();
    for entry in std::fs::read_dir(case::FOLDER).expect("the fixtures are part of the repository") {
        let path = entry.expect("a readable folder").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let is_case_file = path.extension().is_some_and(|extension| extension == "json");
        let known = FAMILIES.iter().any(|(family, _)| *family == name) || UNREAD.contains(&&*name);
        if is_case_file && !known {
            unread.push(name);
        }
    }
    assert!(unread.is_empty(), "no test reads {unread:?}");
}

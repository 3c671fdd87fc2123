//! Two-sample p-values far below the smallest double.
//!
//! The reference figures come from programs that share nothing with this module. `COUNTED`: numbers
//! of lattice paths in whole numbers of any length (Python), the quotient by mpmath with 30 digits.
//! `IN_LOGARITHMS`: Viehmann's recursion for the probability to have touched, value by value over
//! all cells of the band, each cell kept as a logarithm (NumPy's logaddexp). Complete separation:
//! `ln 2 - ln C(n + m, n)` by mpmath.

use super::law::Question;
use super::tied_limit::tied_limit;

/// n, m, h, whether two-sided, groups (none for no ties), and the logarithm of the p-value.
type Case = (u64, u64, u128, bool, Option<u64>, f64);

const COUNTED: [Case; 7] = [
    (300, 500, 149_500, true, None, -518.336_663_384_589_8),
    (300, 500, 149_500, false, None, -519.029_810_565_149_7),
    (300, 500, 60_000, true, None, -61.222_382_257_886_74),
    (300, 500, 140_000, false, Some(90), -414.241_502_855_028_6),
    (300, 500, 9000, true, Some(9), -1.349_446_524_214_268_6),
    (700, 30, 9000, false, Some(200), -11.385_934_191_287_948),
    (30, 700, 19_000, true, Some(200), -65.188_365_255_942_03),
];

const IN_LOGARITHMS: [Case; 11] = [
    (3000, 5000, 13_500_000, true, None, -3_733.458_525_575_531_4),
    (3000, 5000, 13_500_000, true, Some(10), -3_739.989_040_914_854),
    (3000, 5000, 13_500_000, true, Some(500), -3_737.627_738_445_496),
    (3000, 5000, 13_500_000, false, Some(500), -3_738.320_885_626_056_7),
    (3000, 5000, 4_500_000, true, Some(40), -345.747_509_007_260_9),
    (3000, 5000, 1_800_000, true, None, -53.505_378_717_189_63),
    (5000, 3000, 1_500_000, false, None, -37.619_546_522_565_9),
    (2000, 2000, 2_800_000, true, Some(300), -1_082.555_313_661_554),
    (200, 7000, 800_000, true, Some(1500), -137.590_849_528_676_36),
    (12_869, 30_027, 186_533_552, true, None, -4_388.991_080_767_009),
    (12_869, 30_027, 186_533_552, true, Some(955), -4_391.617_476_200_598_5),
];

/// So many groups of nearly equal sizes.
fn even(total: u64, groups: u64) -> Vec<u64> {
    (0..groups).map(|k| (k + 1) * total / groups - k * total / groups).collect()
}

fn exact(question: Question, groups: Option<u64>) -> f64 {
    let total = question.n + question.m;
    question.exact(even(total, groups.unwrap_or(total)).into_iter()).expect("affordable")
}

#[test]
fn exact_laws_agree_with_other_programs() {
    for (n, m, h, two_sided, groups, expected) in COUNTED.into_iter().chain(IN_LOGARITHMS) {
        let ln_p = exact(Question { n, m, h, two_sided }, groups);
        let tolerance = 5e-12 + 1e-14 * expected.abs();
        assert!((ln_p - expected).abs() < tolerance, "{n} {m} {h} {groups:?}: {ln_p} {expected}");
    }
}

#[test]
fn a_few_uneven_groups() {
    let sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 80, 60, 5, 100, 50, 250, 100];
    let question = Question { n: 500, m: 300, h: 110_000, two_sided: true };
    // Counted; the samples exchanged have the same law.
    let ln_p = Question { n: 300, m: 500, ..question }.exact(sizes.into_iter());
    assert!((ln_p.unwrap_or(f64::NAN) + 229.080_753_881_637_46).abs() < 5e-12);
    assert!((ln_p.unwrap_or(f64::NAN) - question.exact(sizes.into_iter()).unwrap()).abs() < 5e-12);
}

#[test]
fn complete_separation_by_each_way() {
    for (n, m, expected) in
        [(20_000u64, 20_000u64, -27_719.669_960_248_06), (20_000, 30_000, -33_644.274_928_506_89)]
    {
        let h = u128::from(n) * u128::from(m);
        let question = Question { n, m, h, two_sided: true };
        let closed = question.separated(|_| true).expect("separated");
        let equal = if n == m { question.equal_sizes() } else { closed };
        for ln_p in [closed, equal, exact(question, None)] {
            assert!((ln_p - expected).abs() < 1e-10, "{n} {m}: {ln_p} {expected}");
        }
    }
    // 12 values below 700 000 others.
    let question = Question { n: 12, m: 700_000, h: 8_400_000, two_sided: false };
    assert!((exact(question, None) + 141.518_924_300_552_78).abs() < 5e-12);
}

#[test]
fn distances_that_no_arrangement_has() {
    let question = Question { n: 500, m: 300, h: 140_000, two_sided: true };
    assert_eq!(exact(question, Some(7)), f64::NEG_INFINITY);
}

/// Where both sides at once give way to each by itself, and far beyond, against the closed form.
#[test]
fn equal_sizes_have_a_closed_form() {
    for (n, step) in [(20_000u64, 935), (20_000, 945), (20_000, 5000), (9000, 8990)] {
        for two_sided in [true, false] {
            let question = Question { n, m: n, h: u128::from(n * step), two_sided };
            let (ln_p, closed) = (exact(question, None), question.equal_sizes());
            let gap = (ln_p - closed).abs();
            assert!(gap < 1e-11 + 1e-14 * closed.abs(), "{n} {step}: {ln_p} {closed}");
        }
    }
}

/// The logarithm falls with the distance, without steps down to the least possible p-value.
#[test]
fn no_floor() {
    let mut last = 0.0;
    for percent in 1..=100u128 {
        let question = Question { n: 4000, m: 9000, h: 360_000 * percent, two_sided: true };
        let ln_p = exact(question, Some(650));
        assert!(ln_p < last, "{percent}: {ln_p} {last}");
        let height = question.squared_height();
        assert!(ln_p < -2.0 * height + 2.0 && ln_p > -5.0 * height - 8.0, "{percent}: {ln_p}");
        last = ln_p;
    }
}

#[test]
fn limits_have_no_floor_either() {
    for (h, groups) in [(30_000_000_000u128, 20), (30_000_000_000, 300), (60_000_000_000, 20)] {
        for two_sided in [true, false] {
            let question = Question { n: 1_000_000, m: 1_000_000, h, two_sided };
            let sizes = even(2_000_000, groups);
            let ln_p = exact(question, Some(groups));
            let tied = tied_limit(question, sizes.into_iter()).expect("few groups");
            assert!((tied - ln_p).abs() < 1e-3 * ln_p.abs(), "{h} {groups}: {tied} {ln_p}");
            let untied = question.limit();
            assert!((untied / ln_p - 1.0).abs() < 0.03, "{h} {groups}: {untied} {ln_p}");
        }
    }
}

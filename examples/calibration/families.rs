//! False alarms of a whole family after Holm's correction, and without any.

use datacheck::stats::adjust::{Correction, adjust};
use datacheck::stats::permutation::Random;
use datacheck::stats::{Tail, ks_test, t_test};

use crate::Options;
use crate::laws::{LAWS, Law};
use crate::pair::Pair;
use crate::table::simulate;
use crate::tests::{ALPHA, design};

const SIZES: [usize; 2] = [60, 80];

/// Families of 10, 50 and 200 columns, half of them judged by `ks_test` and half by `t_test`,
/// independent or sharing half of their rows' variance.
pub fn print(options: &Options) {
    if !"families".contains(&options.only) {
        return;
    }
    println!("\n## False alarms of a family\n");
    println!("| tests in the family | columns | correction | alarms % | 99.9 % interval | |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for k in [10, 50, 200] {
        for (word, shared) in [("independent", false), ("dependent", true)] {
            let runs = options.runs;
            let [holm, none] = simulate::<2>(runs, options.threads, |number| {
                let p: Vec<_> = (0..k).map(|column| p_value(number, column, shared)).collect();
                [Correction::Holm, Correction::None].map(|correction| {
                    let adjusted = adjust(&p, correction);
                    Some(adjusted.iter().flatten().any(|p| p.value <= ALPHA))
                })
            });
            println!("| {k} | {word} | holm | {} |", holm.cells(ALPHA));
            println!("| {k} | {word} | none | {} |", none.cells(ALPHA));
        }
    }
}

fn p_value(number: u64, column: u64, shared: bool) -> Option<datacheck::stats::PValue> {
    let law: &Law = &LAWS[(column % 4) as usize];
    let mut own = Random::new(1000 + column, number);
    let mut common = Random::new(999, number);
    let drawn = SIZES.map(|n| {
        (0..n)
            .map(|_| {
                let value = (law.draw)(&mut own);
                if shared { value + crate::laws::normal(&mut common) } else { value }
            })
            .collect()
    });
    let pair = Pair::of(drawn);
    let design = design(Tail::TwoSided);
    let result = match column % 2 {
        0 => ks_test::two_sample(&pair.both, &design),
        _ => t_test::welch(&pair.summaries[0], &pair.summaries[1], &design),
    };
    result.ok().map(|result| result.p)
}

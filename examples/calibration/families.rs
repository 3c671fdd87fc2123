//! False alarms of a whole family after Holm's correction, and without any.

use datacheck::stats::adjust::{Correction, adjust};
use datacheck::stats::permutation::Random;
use datacheck::stats::{PValue, Tail, ks_test, t_test};

use crate::Options;
use crate::laws::{LAWS, normal};
use crate::pair::Pair;
use crate::table::{command, head, row, simulate};
use crate::tests::{ALPHA, design};

const SIZES: [usize; 2] = [60, 80];
/// Tests in a family; each is a part of the next.
const FAMILIES: [usize; 3] = [10, 50, 200];
const CORRECTIONS: [(&str, Correction); 2] =
    [("holm", Correction::Holm), ("none", Correction::None)];

/// Families of columns, half of them judged by `ks_test` and half by `t_test`, independent or
/// sharing half of their rows' variance.
pub fn print(options: &Options) {
    println!("\n## False alarms of a family\n");
    println!("{} runs for each number: {}.", options.runs, command(options.runs, "families"));
    println!("Half of the columns judged by `ks_test` and half by `t_test`, 60 against 80 rows.\n");
    let of = |k: usize| CORRECTIONS.map(|(name, _)| format!("{k} tests, {name}"));
    let columns: Vec<String> =
        std::iter::once("columns".to_owned()).chain(FAMILIES.into_iter().flat_map(of)).collect();
    head(columns.iter().map(String::as_str));
    for (word, shared) in [("independent", false), ("dependent", true)] {
        let size = FAMILIES.len() * CORRECTIONS.len();
        let counts = simulate(options.runs, options.threads, size, |number, counts| {
            let columns = 0..FAMILIES[FAMILIES.len() - 1] as u64;
            let p: Vec<_> = columns.map(|column| p_value(number, column, shared)).collect();
            let each = FAMILIES.iter().flat_map(|k| CORRECTIONS.map(|(_, how)| (k, how)));
            for ((k, correction), count) in each.zip(counts) {
                let adjusted = adjust(&p[..*k], correction);
                count.take(Some(adjusted.iter().flatten().any(|p| p.value <= ALPHA)));
            }
        });
        let cells = counts.iter().map(|count| count.bare(ALPHA));
        row(&std::iter::once(word.to_owned()).chain(cells).collect::<Vec<_>>());
    }
}

fn p_value(number: u64, column: u64, shared: bool) -> Option<PValue> {
    let law = &LAWS[(column % 4) as usize];
    let mut own = Random::new(1000 + column, number);
    let mut common = Random::new(999, number);
    let mut value = || {
        let value = (law.draw)(&mut own);
        if shared { value + normal(&mut common) } else { value }
    };
    let pair = Pair::of(SIZES.map(|n| (0..n).map(|_| value()).collect()));
    let design = design(Tail::TwoSided);
    let result = match column % 2 {
        0 => ks_test::two_sample(pair.both(), &design),
        _ => t_test::welch(&pair.summaries()[0], &pair.summaries()[1], &design),
    };
    result.ok().map(|result| result.p)
}

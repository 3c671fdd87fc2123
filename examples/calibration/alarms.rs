//! False alarms of each test at a nominal 5 %.

use datacheck::stats::Tail;

use crate::Options;
use crate::laws::LAWS;
use crate::pair::Pair;
use crate::table::simulate;
use crate::tests::{ALPHA, TESTS, Test, design};

const SIZES: [[usize; 2]; 4] = [[10, 10], [30, 300], [500, 500], [5000, 500]];
/// Laws over which one-sided tests are asked.
const ONE_SIDED: [&str; 4] = ["normal", "lognormal 1.5", "5 levels", "2 levels, p = 0.3"];

const COUNT: usize = TESTS.len();

/// Every test over every law and size that suits it: one drawn pair answers all of them.
pub fn print(options: &Options) {
    for (title, tail) in [
        ("False alarms, two-sided", Tail::TwoSided),
        ("False alarms, one-sided: the data are smaller", Tail::Less),
        ("False alarms, one-sided: the data are larger", Tail::Greater),
    ] {
        println!("\n## {title}\n");
        println!("| test | law | n + m | alarms % | 99.9 % interval | |");
        println!("| --- | --- | --- | --- | --- | --- |");
        let mut lines: Vec<(usize, String)> = Vec::new();
        for law in &LAWS {
            for sizes in SIZES {
                let asked = |test: &Test| {
                    let size = sizes.iter().sum::<usize>();
                    let sided = test.one_sided && ONE_SIDED.contains(&law.name) && size <= 400;
                    test.name.contains(&options.only)
                        && (test.suits)(law)
                        && size <= test.most
                        && (tail == Tail::TwoSided || sided)
                };
                if !TESTS.iter().any(asked) {
                    continue;
                }
                let counts = simulate::<COUNT>(options.runs, options.threads, |number| {
                    let pair = Pair::draw(law, sizes, number);
                    let p = |test: &Test| {
                        let found = asked(test).then(|| (test.answer)(&pair, &design(tail)));
                        found.and_then(Result::ok).map(|found| found.p.value <= ALPHA)
                    };
                    TESTS.each_ref().map(p)
                });
                for (place, (test, count)) in TESTS.iter().zip(counts).enumerate() {
                    if asked(test) {
                        let [n, m] = sizes;
                        let cells = count.cells(ALPHA);
                        let line =
                            format!("| {} | {} | {n} + {m} | {cells} |", test.name, law.name);
                        lines.push((place, line));
                    }
                }
            }
        }
        lines.sort_by_key(|(place, _)| *place);
        lines.iter().for_each(|(_, line)| println!("{line}"));
    }
}

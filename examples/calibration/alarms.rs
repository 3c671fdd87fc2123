//! False alarms of each test at a nominal 5 %.

use datacheck::stats::Tail;

use crate::Options;
use crate::laws::{LAWS, Law};
use crate::pair::Pair;
use crate::table::{Count, command, head, row, simulate};
use crate::tests::{ALPHA, KINDRED, Kindred, Test, design};

const SIZES: [[usize; 2]; 4] = [[10, 10], [30, 300], [500, 500], [5000, 500]];
/// Values on both sides up to which every law is asked, and one-sided designs are.
const SMALL: usize = 1000;
const ONE_SIDED_MOST: usize = 400;
/// Laws of larger sizes, of which one of so many runs is made.
const SHARE: u64 = 4;
const LARGE: [&str; 3] = ["normal", "lognormal 1.5", "2 levels, p = 0.01"];
/// Laws of one-sided designs.
const ONE_SIDED: [&str; 4] = ["normal", "lognormal 1.5", "5 levels", "2 levels, p = 0.01"];

const TAILS: [Tail; 3] = [Tail::TwoSided, Tail::Less, Tail::Greater];

/// A table of each kindred of tests: one drawn pair answers all tests of a line.
pub fn print(options: &Options) {
    println!("\n## False alarms\n");
    println!(
        "{} pairs for each number, {} at 5000 + 500: {}.",
        options.runs,
        options.runs / SHARE,
        command(options.runs, "alarms")
    );
    for kindred in &KINDRED {
        let tests: Vec<&Test> = kindred
            .tests
            .iter()
            .filter(|test| format!("{} {}", kindred.title, test.name).contains(&options.only))
            .collect();
        if !tests.is_empty() {
            table(kindred, &tests, options);
        }
    }
}

fn table(kindred: &Kindred, tests: &[&Test], options: &Options) {
    println!("\n### {}\n", kindred.title);
    head(["law", "n + m"].into_iter().chain(tests.iter().map(|test| test.name)));
    let mut one_sided = Vec::new();
    for law in &LAWS {
        for sizes in SIZES {
            let asked = |test: &Test, tail: Tail| is_asked(test, law, sizes, tail);
            if !tests.iter().any(|test| asked(test, Tail::TwoSided)) {
                continue;
            }
            let size = tests.len() * TAILS.len();
            let is_large = sizes.iter().sum::<usize>() > SMALL;
            let runs = if is_large { options.runs / SHARE } else { options.runs };
            let counts = simulate(runs, options.threads, size, |number, counts| {
                let pair = Pair::draw(law, sizes, number);
                let each = tests.iter().flat_map(|test| TAILS.map(|tail| (test, tail)));
                for ((test, tail), count) in each.zip(counts) {
                    if asked(test, tail) {
                        count.answer((test.answer)(&pair, &design(tail)).ok().as_ref());
                    }
                }
            });
            let start = [law.name.to_owned(), format!("{} + {}", sizes[0], sizes[1])];
            let cells = counts.chunks(TAILS.len()).map(|tails| tails[0].cell(ALPHA));
            row(&start.iter().cloned().chain(cells).collect::<Vec<_>>());
            one_sided.push((start, counts));
        }
    }
    print_one_sided(tests, &one_sided);
}

fn is_asked(test: &Test, law: &Law, sizes: [usize; 2], tail: Tail) -> bool {
    let size = sizes.iter().sum::<usize>();
    let sided = test.one_sided && ONE_SIDED.contains(&law.name) && size <= ONE_SIDED_MOST;
    let fits = size <= test.most && (size <= SMALL || LARGE.contains(&law.name));
    (test.suits)(law) && fits && (tail == Tail::TwoSided || sided)
}

/// The same pairs asked on one side: whether the data are smaller, and whether they are larger.
fn print_one_sided(tests: &[&Test], lines: &[([String; 2], Vec<Count>)]) {
    let sided = |place: &usize| tests[*place].one_sided;
    let places: Vec<usize> = (0..tests.len()).filter(sided).collect();
    if places.is_empty() {
        return;
    }
    println!("\nOne-sided, smaller / larger:\n");
    head(["law", "n + m"].into_iter().chain(places.iter().map(|place| tests[*place].name)));
    for (start, counts) in lines {
        let of = |place: usize| &counts[place * TAILS.len() + 1..][..2];
        if places.iter().all(|place| of(*place)[0].asked == 0) {
            continue;
        }
        let cell = |place: &usize| match of(*place) {
            [less, _] if less.asked == 0 => "-".to_owned(),
            [less, greater] => format!("{} / {}", less.cell(ALPHA), greater.cell(ALPHA)),
            _ => unreachable!("two one-sided counts"),
        };
        row(&start.iter().cloned().chain(places.iter().map(cell)).collect::<Vec<_>>());
    }
}

//! What is counted, and how it is printed.

use datacheck::stats::TestResult;
use datacheck::stats::proportion::Rate;

use crate::tests::ALPHA;

/// Alarms among the pairs that could be judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub asked: u64,
    pub judged: u64,
    pub alarms: u64,
    /// Alarms whose verdict names a limit.
    pub warned: u64,
}

impl Count {
    /// Takes one pair in: `None` where it could not be judged.
    pub fn take(&mut self, alarm: Option<bool>) {
        self.asked += 1;
        self.judged += u64::from(alarm.is_some());
        self.alarms += u64::from(alarm == Some(true));
    }

    /// Takes the answer of a test in.
    pub fn answer(&mut self, found: Option<&TestResult>) {
        let alarm = found.map(|found| found.p.value <= ALPHA);
        self.take(alarm);
        let named = found.is_some_and(|found| !found.warnings.is_empty());
        self.warned += u64::from(alarm == Some(true) && named);
    }

    fn add(&mut self, other: Count) {
        self.asked += other.asked;
        self.judged += other.judged;
        self.alarms += other.alarms;
        self.warned += other.warned;
    }

    /// The rate in percent: bold where the 99.9 % interval lies above the nominal rate, in italics
    /// where it lies below, with a ring where less than half of the pairs could be judged.
    pub fn bare(self, nominal: f64) -> String {
        let Ok(rate) = Rate::new(self.alarms, self.judged) else { return "-".into() };
        let interval = rate.clopper_pearson(0.999);
        let ring = if 2 * self.judged < self.asked { "°" } else { "" };
        let percent = format!("{:.2}{ring}", rate.value() * 100.0);
        match () {
            () if interval.low > nominal => format!("**{percent}**"),
            () if interval.high < nominal => format!("*{percent}*"),
            () => percent,
        }
    }

    /// The same, and behind a bold rate the share of its alarms that were warned of.
    pub fn cell(self, nominal: f64) -> String {
        let bare = self.bare(nominal);
        if !bare.starts_with("**") {
            return bare;
        }
        format!("{bare} ({:.0})", 100.0 * self.warned as f64 / self.alarms as f64)
    }
}

/// The first two lines of a table.
pub fn head<'a>(columns: impl IntoIterator<Item = &'a str>) {
    let columns: Vec<&str> = columns.into_iter().collect();
    println!("| {} |", columns.join(" | "));
    println!("|{}", " --- |".repeat(columns.len()));
}

/// One line of a table.
pub fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// The command that prints a table, for the line below its title.
pub fn command(runs: u64, part: &str) -> String {
    format!("`cargo run --release --example calibration -- {runs} --part {part}`")
}

/// Runs the numbers from 0 to `runs` on all cores, each worker with counts of its own that are
/// added up: the order does not matter.
pub fn simulate(
    runs: u64,
    threads: u64,
    size: usize,
    one: impl Fn(u64, &mut [Count]) + Sync,
) -> Vec<Count> {
    let one = &one;
    let worker = |first: u64| {
        let mut counts = vec![Count::default(); size];
        (first..runs).step_by(threads as usize).for_each(|number| one(number, &mut counts));
        counts
    };
    let worker = &worker;
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || worker(first))).collect();
        let mut total = vec![Count::default(); size];
        for worker in workers {
            let counts = worker.join().expect("a simulation does not panic");
            total.iter_mut().zip(counts).for_each(|(total, count)| total.add(count));
        }
        total
    })
}

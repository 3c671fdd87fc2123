//! What is counted, and how it is printed.

use datacheck::stats::proportion::Rate;

/// Alarms among the pairs that could be judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub alarms: u64,
    pub judged: u64,
}

impl Count {
    pub fn take(&mut self, alarm: Option<bool>) {
        self.judged += u64::from(alarm.is_some());
        self.alarms += u64::from(alarm == Some(true));
    }

    pub fn add(&mut self, other: Count) {
        self.judged += other.judged;
        self.alarms += other.alarms;
    }

    /// "4.98 | 4.48 to 5.51 |", with the mark `high` or `low` where the 99.9 % interval leaves the
    /// nominal rate.
    pub fn cells(self, nominal: f64) -> String {
        let Ok(rate) = Rate::new(self.alarms, self.judged) else {
            return "- | never judged | ".into();
        };
        let interval = rate.clopper_pearson(0.999);
        let mark = match () {
            () if interval.low > nominal => "high",
            () if interval.high < nominal => "low",
            () => "",
        };
        let percent = |share: f64| format!("{:.2}", share * 100.0);
        format!(
            "{} | {} to {} | {mark}",
            percent(rate.value()),
            percent(interval.low),
            percent(interval.high)
        )
    }
}

/// Runs the numbers from 0 to `runs` on all cores, each worker with counts of its own that are added
/// up: the order does not matter.
pub fn simulate<const N: usize>(
    runs: u64,
    threads: u64,
    one: impl Fn(u64) -> [Option<bool>; N] + Sync,
) -> [Count; N] {
    let worker = |first: u64| {
        let mut counts = [Count::default(); N];
        for number in (first..runs).step_by(threads as usize) {
            counts.iter_mut().zip(one(number)).for_each(|(count, alarm)| count.take(alarm));
        }
        counts
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || worker(first))).collect();
        let mut total = [Count::default(); N];
        for worker in workers {
            let counts = worker.join().expect("a simulation does not panic");
            total.iter_mut().zip(counts).for_each(|(total, count)| total.add(count));
        }
        total
    })
}

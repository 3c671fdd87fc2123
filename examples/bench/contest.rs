//! One work, done by several contenders in turn.

use std::process::Command;

use super::process::{Took, measure};

/// Someone who does a work.
pub struct Contender {
    pub name: String,
    pub command: Command,
}

/// A work and who does it.
pub struct Contest {
    pub name: &'static str,
    pub contenders: Vec<Contender>,
}

/// What a contender took for a work, in the middle of its turns.
pub struct Score {
    pub work: &'static str,
    pub contender: String,
    pub took: Took,
}

impl Contest {
    /// Lets everyone have so many turns and prints the medians; ratios are against the last one.
    pub fn hold(mut self, runs: usize) -> Result<Vec<Score>, String> {
        let mut turns: Vec<Vec<Took>> = vec![Vec::new(); self.contenders.len()];
        for _ in 0..runs {
            for (contender, turns) in self.contenders.iter_mut().zip(&mut turns) {
                turns.push(measure(&mut contender.command)?);
            }
        }
        let scores = self.contenders.into_iter().zip(&turns).map(|(contender, turns)| Score {
            work: self.name,
            contender: contender.name,
            took: middle(turns),
        });
        let scores: Vec<Score> = scores.collect();
        let Some(last) = scores.last().map(|score| score.took) else { return Ok(scores) };
        for Score { work, contender, took } in &scores {
            println!(
                "| {work} | {contender} | {:.3} | {:.3} | {:.1} | {:.3} | {:.3} | {:.3} |",
                took.wall_s,
                took.cpu_s,
                took.peak_bytes / 1e6,
                took.wall_s / last.wall_s,
                took.cpu_s / last.cpu_s,
                took.peak_bytes / last.peak_bytes,
            );
        }
        Ok(scores)
    }
}

fn middle(turns: &[Took]) -> Took {
    let median = |of: fn(&Took) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
    };
    Took {
        wall_s: median(|took| took.wall_s),
        cpu_s: median(|took| took.cpu_s),
        peak_bytes: median(|took| took.peak_bytes),
    }
}

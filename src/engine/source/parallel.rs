//! Does independent jobs on some threads; the outcome does not depend on how many.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of all jobs in their order, or the error of the first job that fails.
pub(super) fn in_order<T: Send, E: Send>(
    jobs: usize,
    threads: usize,
    job: impl Fn(usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= jobs {
                return done;
            }
            let result = job(index);
            if result.is_err() {
                // Jobs are taken in order, so that every earlier one is done or being done.
                next.store(jobs, Ordering::Relaxed);
            }
            done.push((index, result));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let handles: Vec<_> = (1..threads.min(jobs)).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for handle in handles {
            match handle.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(jobs: usize, threads: usize, bad: &[usize], expected: Result<usize, usize>) {
        let job = |index| if bad.contains(&index) { Err(index) } else { Ok(index) };
        let found = in_order(jobs, threads, job);
        assert_eq!(found.map(|results| results.len()), expected);
    }

    #[test]
    fn the_first_mistake_is_told_whatever_the_threads() {
        for threads in [0, 1, 2, 7] {
            check(100, threads, &[], Ok(100));
            check(100, threads, &[13, 40, 99], Err(13));
            check(0, threads, &[], Ok(0));
        }
    }
}

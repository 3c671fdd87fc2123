//! Independent tasks on several threads, with their results in order.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Runs a task for each number below `n_tasks`. A panic is that task's error.
pub fn run<T: Send>(
    n_tasks: usize,
    n_threads: usize,
    task: impl Fn(usize) -> T + Sync,
) -> Vec<Result<T, String>> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Result<T, String>>>> =
        std::iter::repeat_with(|| Mutex::new(None)).take(n_tasks).collect();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = results.get(number) else { break };
            let result = guarded(|| task(number));
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_threads.min(n_tasks) {
            scope.spawn(work);
        }
        work();
    });
    let results = results.into_iter();
    results
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .map(|result| result.unwrap_or_else(|| Err("a task did not run".into())))
        .collect()
}

/// Runs a function; a panic becomes an error that says so.
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|panic| format!("a bug of datacheck: {}", said(&*panic)))
}

fn said(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        return text;
    }
    panic.downcast_ref::<String>().map_or("panic without a message", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_a_panic_is_one_error() {
        let results = run(5, 3, |number| {
            assert!(number != 3, "three is refused");
            number * 2
        });
        assert_eq!(results[4], Ok(8));
        assert_eq!(results[3], Err("a bug of datacheck: three is refused".into()));
        assert_eq!(run(0, 4, |number| number), Vec::new());
    }
}

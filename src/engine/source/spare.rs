//! Memory that is used again by the next job, whichever thread does it.
//!
//! Memory that is given back to the system and asked for anew is touched for the first time each
//! time, at a price as high as that of reading a file into it.

use std::sync::Mutex;

/// Values that nobody needs at the moment.
#[derive(Debug, Default)]
pub(super) struct Spare<T>(Mutex<Vec<T>>);

impl<T: Default> Spare<T> {
    /// Does a job with one of them, or with a new one.
    pub fn with<R>(&self, job: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.all().pop().unwrap_or_default();
        let done = job(&mut value);
        self.all().push(value);
        done
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<T>> {
        // A thread that panicked left whole values behind.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again() {
        let spare = Spare::<Vec<u8>>::default();
        let place = spare.with(|bytes| {
            bytes.resize(1000, 7);
            spare.with(|other| assert!(other.is_empty()));
            bytes.as_ptr()
        });
        assert!(spare.with(|bytes| bytes.as_ptr() == place && bytes.len() == 1000));
    }
}

//! What can be said of all rows of a batch at once.
//!
//! Where the ends of a batch lie inside a range, every value does; where every word of a dictionary
//! matches a pattern, every text does. Then no row is looked at: counting the missing ones is all
//! that is left. What cannot be told that way is judged row by row.

use std::sync::OnceLock;

use crate::engine::column::{Column, Counts, Form, within};

/// The same answer for every present cell of a column; null and NaN are not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    pub holds: bool,
    pub counts: Counts,
}

impl Glance {
    /// The answer for all cells of a column.
    pub fn of(column: &Column, holds: bool) -> Self {
        Glance { holds, counts: column.counts() }
    }

    /// How many rows hold.
    pub fn held(&self) -> u64 {
        if self.holds { self.counts.present } else { 0 }
    }
}

/// Whether all values between these ends lie inside a range, or none; `None` if some may.
pub fn whole<T: PartialOrd + Copy>(ends: (T, T), range: &Option<(T, T)>) -> Option<bool> {
    range.map_or(Some(false), |range| within(ends, range))
}

/// What was made for the form of the first batch; columns seldom have another.
#[derive(Debug)]
pub struct ByForm<T>(OnceLock<(Form, Result<T, String>)>);

impl<T> Default for ByForm<T> {
    fn default() -> Self {
        ByForm(OnceLock::new())
    }
}

impl<T> ByForm<T> {
    /// Uses what was made for a form.
    ///
    /// # Errors
    /// It cannot be made for this form.
    pub fn with<R>(
        &self,
        form: Form,
        make: impl Fn() -> Result<T, String>,
        then: impl FnOnce(&T) -> R,
    ) -> Result<R, String> {
        let (known, made) = self.0.get_or_init(|| (form, make()));
        match made {
            _ if *known != form => make().map(|made| then(&made)),
            Ok(made) => Ok(then(made)),
            Err(reason) => Err(reason.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_form_is_made_anew() {
        let by_form = ByForm::default();
        let get = |form: Form| by_form.with(form, || Ok(form.to_string()), String::clone);
        assert_eq!(get(Form::Int), Ok("integer".into()));
        assert_eq!(get(Form::Text), Ok("string".into()));
        assert_eq!(get(Form::Int), Ok("integer".into()));
        let refused: ByForm<u8> = ByForm::default();
        let refuse = || Err("no".to_owned());
        assert_eq!(refused.with(Form::Int, refuse, |made| *made), Err("no".into()));
        assert_eq!(refused.with(Form::Int, || Ok(1), |made| *made), Err("no".into()));
    }
}

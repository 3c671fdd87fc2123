//! The values of a column as doubles, for tests that look at the values themselves.

use super::column::Form;
use super::state::{Ordered, SortedKeys};
use crate::metric::Values;

/// Each value as the nearest double; dates and times as ticks of their own unit.
///
/// # Errors
/// They take more bytes than there is room for, or a temporary file cannot be read back.
pub fn doubles(ordered: &Ordered, room_bytes: u64) -> Result<Values, String> {
    let values = &ordered.values;
    let room = room_bytes / size_of::<f64>() as u64;
    if values.len() > room {
        return Err(format!("more than {room} values do not fit into the memory limit"));
    }
    let mut sorted = Vec::with_capacity(values.len() as usize);
    let mut add =
        |value: f64, count: u64| sorted.extend(std::iter::repeat_n(value, count as usize));
    match &values.keys {
        SortedKeys::Narrow(keys) => {
            keys.groups().for_each(|(key, count)| add(values.number(key).to_f64(), count));
        }
        SortedKeys::Wide(keys) => {
            let scale = if let Some(Form::Decimal { scale }) = values.form { scale } else { 0 };
            let unit = 10f64.powi(scale.into());
            keys.groups().for_each(|(key, count)| add(key as f64 / unit, count));
        }
    }
    values.check()?;
    Ok(Values { rows: ordered.seen.rows, missing: ordered.seen.nulls + ordered.seen.nans, sorted })
}

//! Keys of some rows spread over a dataset, to see where its keys lie.

use super::key;
use crate::engine::column::{Column, Form};
use crate::engine::parallel;
use crate::engine::source::Source;
use crate::metric::Unmeasured;

/// Parts that are looked into, and keys that are taken from all of them together.
const MOST_PARTS: usize = 16;
const MOST_KEYS: usize = 1 << 16;

/// Keys of a column, ascending. They decide how fast an answer is found, and nothing of it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// `None` where no cell with a type was seen.
    pub form: Option<Form>,
    pub keys: Vec<u64>,
}

impl Sample {
    /// The sample of both.
    pub fn join(&self, other: &Sample) -> Sample {
        let mut keys = [self.keys.as_slice(), other.keys.as_slice()].concat();
        keys.sort();
        Sample { form: self.form.or(other.form), keys }
    }

    /// Whether there are probably no more distinct keys than that (Chao 1984: what is rare in a
    /// sample tells how much it has not seen).
    pub fn has_few(&self, most: usize) -> bool {
        let groups = self.keys.chunk_by(|one, other| one == other);
        let (mut distinct, mut once, mut twice) = (0u128, 0u128, 0u128);
        for group in groups {
            distinct += 1;
            once += u128::from(group.len() == 1);
            twice += u128::from(group.len() == 2);
        }
        let unseen = once * once.saturating_sub(1) / (2 * (twice + 1));
        distinct + unseen <= most as u128 * 5 / 4
    }
}

/// Samples of some columns, in their order. What cannot be read is left out: the scan will tell.
pub fn draw(source: &dyn Source, columns: &[String], n_threads: usize) -> Vec<Sample> {
    let n_parts = source.parts().min(MOST_PARTS);
    let drawn = parallel::run(n_parts, n_threads, |number| {
        let part = number * source.parts() / n_parts;
        from_part(source, part, columns, MOST_KEYS / n_parts)
    });
    let mut samples = vec![Sample::default(); columns.len()];
    for parts in drawn.into_iter().flatten() {
        samples.iter_mut().zip(parts).for_each(|(sample, part)| {
            sample.form = sample.form.or(part.form);
            sample.keys.extend(part.keys);
        });
    }
    samples.iter_mut().for_each(|sample| sample.keys.sort_unstable());
    samples
}

/// Keys of the first batch of a part, evenly spread over its rows.
fn from_part(source: &dyn Source, part: usize, columns: &[String], most: usize) -> Vec<Sample> {
    let mut samples = vec![Sample::default(); columns.len()];
    // The error is how the reader is told to stop.
    let _ = source.read(part, columns, &mut |piece| {
        for (sample, array) in samples.iter_mut().zip(piece.record.columns()) {
            let Ok(column) = Column::new(array) else { continue };
            let step = column.n_rows.div_ceil(most.max(1)).max(1);
            let mut number = 0;
            key::for_each(&column, column.present.as_ref(), |key| {
                if number % step == 0 {
                    sample.keys.push(key);
                }
                number += 1;
            });
            sample.form = sample.form.or(column.form());
        }
        Err(Unmeasured::NotComputable("enough for a sample".into()))
    });
    samples
}

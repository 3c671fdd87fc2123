//! Keys of some rows spread over a dataset, to see where its keys lie.

use super::key;
use crate::engine::column::{Column, Form};
use crate::engine::parallel;
use crate::engine::source::Source;
use crate::metric::Unmeasured;

/// A look unpacks a good deal of a part, so that it is taken into one part of so many …
const PARTS_FOR_ONE: usize = 4;
/// … and into at least and at most so many.
const FEWEST_PARTS: usize = 4;
const MOST_PARTS: usize = 16;
/// Keys that are taken from all of them together.
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

/// Samples of some columns of each source, in their order. What cannot be read is left out: the
/// scan will tell.
pub fn draw(wanted: &[(&dyn Source, Vec<String>)], n_threads: usize) -> Vec<Vec<Sample>> {
    let places = wanted.iter().enumerate().filter(|(_, (_, columns))| !columns.is_empty());
    let places: Vec<(usize, usize)> = places
        .flat_map(|(number, (source, _))| spread(source.parts()).map(move |part| (number, part)))
        .collect();
    let drawn = parallel::run(places.len(), n_threads, |place| {
        let (number, part) = places[place];
        let (source, columns) = &wanted[number];
        from_part(*source, part, columns, MOST_KEYS / spread(source.parts()).len())
    });
    let blank = |(_, columns): &(&dyn Source, Vec<String>)| vec![Sample::default(); columns.len()];
    let mut samples: Vec<Vec<Sample>> = wanted.iter().map(blank).collect();
    for ((number, _), parts) in places.iter().zip(drawn) {
        let own = samples[*number].iter_mut();
        own.zip(parts.unwrap_or_default()).for_each(|(sample, part)| {
            sample.form = sample.form.or(part.form);
            sample.keys.extend(part.keys);
        });
    }
    samples.iter_mut().flatten().for_each(|sample| sample.keys.sort_unstable());
    samples
}

/// The parts that are looked into, of so many; the first and the last among them.
fn spread(parts: usize) -> impl ExactSizeIterator<Item = usize> {
    let n = (parts / PARTS_FOR_ONE).clamp(FEWEST_PARTS, MOST_PARTS).min(parts);
    (0..n).map(move |number| number * (parts - 1) / (n - 1).max(1))
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

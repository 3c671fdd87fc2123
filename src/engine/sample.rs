//! A bounded random sample of a dataset, and random halves of it as datasets in memory.

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::error::ArrowError;

use super::source::{MemorySource, Source};
use crate::metric::Unmeasured;
use crate::stats::permutation::Random;

/// Rows of a dataset, all equally likely to be among them, in random order.
pub struct Sample {
    batch: RecordBatch,
    /// Rows that the dataset has.
    pub n_seen: u64,
}

impl Sample {
    /// Draws at most `n_rows` rows in one pass that never holds more than about twice as many.
    ///
    /// Each row gets a random key from the seed and its number; the rows of the smallest keys stay.
    ///
    /// # Errors
    /// The dataset cannot be read.
    pub fn draw(source: &dyn Source, n_rows: usize, seed: u64) -> Result<Sample, Unmeasured> {
        let mut held = Held { batches: Vec::new(), keys: Vec::new(), bound: u64::MAX };
        let schema = source.schema();
        let names: Vec<String> = schema.names().map(str::to_owned).collect();
        let names: Vec<String> =
            names.into_iter().filter(|name| !schema.is_ambiguous(name)).collect();
        let mut n_seen = 0;
        for part in 0..source.parts() {
            source.read(part, &names, &mut |piece| {
                held.take_in(&piece.record, n_seen, seed).map_err(unreadable)?;
                n_seen += piece.record.num_rows() as u64;
                if held.keys.len() > 2 * n_rows.max(4096) {
                    held.keep(n_rows).map_err(unreadable)?;
                }
                Ok(())
            })?;
        }
        held.keep(n_rows).map_err(unreadable)?;
        match held.batches.pop() {
            Some(batch) => Ok(Sample { batch, n_seen }),
            None => Err(Unmeasured::NotComputable("there is no row to sample".into())),
        }
    }

    /// How many rows were drawn.
    pub fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// Two halves of the sample, by a shuffle that seed and number decide; they differ by at most
    /// one row.
    ///
    /// # Errors
    /// Arrow cannot take the rows.
    pub fn halves(&self, seed: u64, number: u64) -> Result<[Box<dyn Source>; 2], Unmeasured> {
        let mut random = Random::new(seed, number);
        let mut rows: Vec<u64> = (0..self.n_rows() as u64).collect();
        for place in (1..rows.len()).rev() {
            rows.swap(place, random.below(place as u64 + 1) as usize);
        }
        let second = rows.split_off(rows.len() / 2);
        let half = |rows: Vec<u64>| -> Result<Box<dyn Source>, Unmeasured> {
            let batch =
                take_record_batch(&self.batch, &UInt64Array::from(rows)).map_err(unreadable)?;
            Ok(Box::new(MemorySource::new("half", &batch.schema(), vec![batch])?))
        };
        Ok([half(rows)?, half(second)?])
    }
}

/// Rows with their keys, in the same order.
struct Held {
    batches: Vec<RecordBatch>,
    keys: Vec<u64>,
    /// No larger key can be among the smallest.
    bound: u64,
}

impl Held {
    fn take_in(&mut self, record: &RecordBatch, first: u64, seed: u64) -> Result<(), ArrowError> {
        let key = |row: usize| Random::new(seed, first + row as u64).bits();
        let kept: Vec<(u64, u64)> = (0..record.num_rows())
            .map(|row| (row as u64, key(row)))
            .filter(|(_, key)| *key <= self.bound)
            .collect();
        let rows: UInt64Array = kept.iter().map(|(row, _)| *row).collect();
        self.keys.extend(kept.iter().map(|(_, key)| *key));
        self.batches.push(take_record_batch(record, &rows)?);
        Ok(())
    }

    /// Keeps the rows of the smallest keys, in the order of the keys.
    fn keep(&mut self, n_rows: usize) -> Result<(), ArrowError> {
        let Some(first) = self.batches.first() else { return Ok(()) };
        let all = concat_batches(&first.schema(), &self.batches)?;
        let mut order: Vec<u64> = (0..self.keys.len() as u64).collect();
        order.sort_by_key(|row| self.keys[*row as usize]);
        if order.len() > n_rows {
            order.truncate(n_rows);
            self.bound = order.last().map_or(u64::MAX, |row| self.keys[*row as usize]);
        }
        self.keys = order.iter().map(|row| self.keys[*row as usize]).collect();
        self.batches = vec![take_record_batch(&all, &UInt64Array::from(order))?];
        Ok(())
    }
}

fn unreadable(error: ArrowError) -> Unmeasured {
    Unmeasured::NotComputable(format!("the sample cannot be drawn: {error}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    fn numbers(n: i64, batch: usize) -> MemorySource {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]));
        let all: Vec<i64> = (0..n).collect();
        let batches = all.chunks(batch).map(|part| {
            let column = Arc::new(Int64Array::from(part.to_vec()));
            RecordBatch::try_new(schema.clone(), vec![column]).expect("a batch")
        });
        MemorySource::new("numbers", &schema, batches.collect()).expect("a source")
    }

    fn values(sample: &Sample) -> Vec<i64> {
        let column = sample.batch.column(0).as_any().downcast_ref::<Int64Array>();
        column.expect("integers").values().to_vec()
    }

    // Law: the sample does not depend on how the dataset is cut.
    #[test]
    fn batches_do_not_decide() {
        let draw = |batch| Sample::draw(&numbers(50_000, batch), 1000, 7).expect("a sample");
        let (one, other) = (values(&draw(50_000)), values(&draw(321)));
        assert_eq!((one.len(), &one), (1000, &other));
        let mean = one.iter().sum::<i64>() / 1000;
        assert!((22_000..28_000).contains(&mean), "{mean}");
    }

    #[test]
    fn halves_are_all_of_it() {
        let sample = Sample::draw(&numbers(101, 10), 1000, 1).expect("a sample");
        let halves = sample.halves(1, 5).expect("halves");
        assert_eq!(halves.map(|half| half.schema().rows), [Some(50), Some(51)]);
    }
}

//! For how many rows a rule holds.

use arrow::buffer::BooleanBuffer;

use super::State;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::Counts;
use crate::engine::layout::{PredicateId, SqlId};
use crate::engine::predicate::{Glance, Mask};
use crate::engine::tally::Tallied;
use crate::metric::{Counted, Missing};

#[derive(Clone, Debug)]
pub struct CountWhere {
    predicate: PredicateId,
    missing: Missing,
    filter: Option<SqlId>,
    rows: u64,
    held: u64,
    nulls: u64,
    nans: u64,
}

impl CountWhere {
    pub fn new(predicate: PredicateId, missing: Missing, filter: Option<SqlId>) -> Self {
        CountWhere { predicate, missing, filter, rows: 0, held: 0, nulls: 0, nans: 0 }
    }

    fn add(&mut self, rows: u64, glance: Glance) {
        self.rows += rows;
        self.held += glance.held();
        if self.missing == Missing::Skip {
            self.nulls += glance.counts.nulls;
            self.nans += glance.counts.nans;
        }
    }

    /// Takes answers in; `cells` says how many there are, of those that a mask means or of all.
    fn add_mask(&mut self, mask: &Mask, cells: impl Fn(Option<&BooleanBuffer>) -> u64) {
        self.rows += cells(None);
        self.held += cells(Some(&mask.holds));
        if self.missing == Missing::Skip {
            self.nulls += mask.nulls.as_ref().map_or(0, |nulls| cells(Some(nulls)));
            self.nans += mask.nans.as_ref().map_or(0, |nans| cells(Some(nans)));
        }
    }
}

impl State for CountWhere {
    type Answer = Counted;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        if self.filter.is_none()
            && let Some(glance) = batch.glance(self.predicate)
        {
            self.add(batch.n_rows() as u64, glance);
            return Ok(());
        }
        let selected = batch.filter(self.filter)?;
        let mask = batch.mask(self.predicate)?;
        self.add_mask(mask, |rows| match rows {
            Some(rows) => bits::count_selected(rows, selected),
            None => bits::count(selected, batch.n_rows()),
        });
        Ok(())
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        if let Some(glance) = tally.batch.glance(self.predicate) {
            let (present, nans) = (tally.cells(None) - tally.nans(), tally.nans());
            let counts = Counts { present, nulls: 0, nans };
            self.add(present + nans, Glance { counts, ..glance });
        } else {
            let mask = tally.batch.mask(self.predicate)?;
            self.add_mask(mask, |rows| tally.cells(rows));
        }
        if tally.nulls > 0 {
            let null = tally.null()?;
            let all = |rows: Option<&BooleanBuffer>| bits::count(rows, 1) * tally.nulls;
            self.add_mask(null.mask(self.predicate)?, all);
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.rows += other.rows;
        self.held += other.held;
        self.nulls += other.nulls;
        self.nans += other.nans;
        Ok(())
    }

    /// With `Missing::Fail` a missing value is judged, and breaks the rule.
    fn finish(self) -> Result<Counted, String> {
        let examined = self.rows - self.nulls - self.nans;
        Ok(Counted {
            rows: self.rows,
            examined,
            nulls: self.nulls,
            nans: self.nans,
            violations: examined - self.held,
        })
    }
}

//! For how many rows a rule holds.

use super::State;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::layout::{PredicateId, SqlId};
use crate::engine::predicate::Glance;
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
        self.rows += bits::count(selected, batch.n_rows());
        self.held += bits::count_selected(&mask.holds, selected);
        if let (Some(nulls), Missing::Skip) = (&mask.nulls, self.missing) {
            self.nulls += bits::count_selected(nulls, selected);
        }
        if let (Some(nans), Missing::Skip) = (&mask.nans, self.missing) {
            self.nans += bits::count_selected(nans, selected);
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

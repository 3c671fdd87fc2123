//! Keeps a state to one form of cells: a column must not change its type within the data.

use crate::engine::column::{Column, Form};

/// The form that a state has seen, if any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneForm(pub Option<Form>);

impl OneForm {
    /// Takes the form of a column; a column of nulls fits any.
    pub fn see(&mut self, column: &Column) -> Result<(), String> {
        self.join(OneForm(column.form()))
    }

    /// Takes the form that another state has seen.
    pub fn join(&mut self, other: OneForm) -> Result<(), String> {
        match (self.0, other.0) {
            (Some(own), Some(new)) if own != new => {
                // In a fixed order, so that the message does not depend on which came first.
                let mut names = [own.to_string(), new.to_string()];
                names.sort();
                Err(format!("the column changes its type within the data: {}", names.join(" and ")))
            }
            (own, new) => {
                self.0 = own.or(new);
                Ok(())
            }
        }
    }
}

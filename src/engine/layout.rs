//! What a scan looks at: each column, filter and predicate once, under a number.
//!
//! States and predicates keep numbers instead of names, and a batch computes what stands behind a
//! number once, however many of them ask.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use crate::engine::polars::SqlPredicate;
use crate::engine::predicate::Prepared;
use crate::metric::{Filter, Predicate, Schema, Type};

/// A column of the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnId(pub(super) usize);

/// An SQL expression of the scan: a filter or a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlId(pub(super) usize);

/// A predicate of the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredicateId(pub(super) usize);

/// Where a column of the scan comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place of the column that is read, among all that are.
    pub root: usize,
    /// The fields that lead from it to the one that is meant.
    pub fields: Vec<String>,
}

/// The columns, SQL expressions and predicates of one scan.
pub struct Layout<'a> {
    schema: Cow<'a, Schema>,
    pub(super) names: Vec<String>,
    /// Where each column comes from.
    pub(super) origins: Vec<Origin>,
    /// The columns that are read: those above, with a struct in place of its fields.
    roots: Vec<String>,
    pub(super) sql: Vec<SqlPredicate>,
    pub(super) predicates: Vec<Prepared>,
    sql_texts: HashMap<String, Result<SqlId, String>>,
    asked: HashMap<Predicate, Result<PredicateId, String>>,
}

impl<'a> Layout<'a> {
    /// An empty layout over a dataset's schema.
    pub fn new(schema: &'a Schema) -> Self {
        Layout::over(Cow::Borrowed(schema))
    }

    fn over(schema: Cow<'a, Schema>) -> Self {
        Layout {
            schema,
            names: Vec::new(),
            origins: Vec::new(),
            roots: Vec::new(),
            sql: Vec::new(),
            predicates: Vec::new(),
            sql_texts: HashMap::new(),
            asked: HashMap::new(),
        }
    }

    /// The columns of the dataset.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The names of the columns that the scan reads, in the order in which it wants them.
    pub fn columns(&self) -> &[String] {
        &self.roots
    }

    /// Whether some column is a field of what is read.
    pub fn has_fields(&self) -> bool {
        self.origins.iter().any(|origin| !origin.fields.is_empty())
    }

    /// The number of a column.
    ///
    /// # Errors
    /// The data has no such column, or several.
    pub fn column(&mut self, name: &str) -> Result<ColumnId, String> {
        if let Some(at) = self.names.iter().position(|column| column == name) {
            return Ok(ColumnId(at));
        }
        let path = self.schema.path(name);
        let path = path.ok_or_else(|| format!("there is no column `{name}`"))?;
        if self.schema.is_ambiguous(name) {
            return Err(format!("there is more than one column `{name}`"));
        }
        let mut names = path.iter().map(|column| column.name.clone());
        let root = names.next().unwrap_or_default();
        let fields = names.collect();
        let root = self.roots.iter().position(|known| *known == root).unwrap_or_else(|| {
            self.roots.push(root);
            self.roots.len() - 1
        });
        self.origins.push(Origin { root, fields });
        self.names.push(name.to_owned());
        Ok(ColumnId(self.names.len() - 1))
    }

    /// The type of a column.
    pub fn kind(&self, id: ColumnId) -> Option<&Type> {
        self.schema.column(&self.names[id.0]).map(|column| &column.kind)
    }

    /// The numbers of several columns.
    ///
    /// # Errors
    /// As for [`Layout::column`].
    pub fn all(&mut self, names: &[String]) -> Result<Vec<ColumnId>, String> {
        names.iter().map(|name| self.column(name)).collect()
    }

    /// The columns that an SQL expression of this layout names.
    pub fn columns_of(&self, text: &str) -> Vec<String> {
        match self.sql_texts.get(text) {
            Some(Ok(id)) => self.sql[id.0].columns().to_vec(),
            _ => Vec::new(),
        }
    }

    /// The number of a filter; `None` for all rows.
    ///
    /// # Errors
    /// The filter is no predicate over these columns.
    pub fn filter(&mut self, filter: Option<&Filter>) -> Result<Option<SqlId>, String> {
        filter.map(|filter| self.sql(&filter.0)).transpose()
    }

    /// The number of an SQL expression.
    ///
    /// # Errors
    /// It is no predicate over these columns.
    pub fn sql(&mut self, text: &str) -> Result<SqlId, String> {
        if let Some(known) = self.sql_texts.get(text) {
            return known.clone();
        }
        let id = self.parse(text);
        self.sql_texts.insert(text.to_owned(), id.clone());
        id
    }

    fn parse(&mut self, text: &str) -> Result<SqlId, String> {
        let parsed = SqlPredicate::parse(text, &self.schema);
        let predicate = parsed.map_err(|mistake| format!("`{text}`: {mistake}"))?;
        for column in predicate.columns() {
            self.column(column)?;
        }
        self.sql.push(predicate);
        Ok(SqlId(self.sql.len() - 1))
    }

    /// The number of a predicate.
    ///
    /// # Errors
    /// It can never be judged on these columns.
    pub fn predicate(&mut self, predicate: &Predicate) -> Result<PredicateId, String> {
        if let Some(known) = self.asked.get(predicate) {
            return known.clone();
        }
        let id = Prepared::new(predicate, self).map(|prepared| {
            self.predicates.push(prepared);
            PredicateId(self.predicates.len() - 1)
        });
        self.asked.insert(predicate.clone(), id.clone());
        id
    }
}

impl Layout<'static> {
    /// An empty layout over a schema of its own.
    pub fn owning(schema: Schema) -> Self {
        Layout::over(Cow::Owned(schema))
    }
}

impl fmt::Debug for Layout<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layout").field("columns", &self.names).finish_non_exhaustive()
    }
}

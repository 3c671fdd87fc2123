//! The draft as text: what a reader must know first, then the table and its columns.

use super::column::{checks, hidden_checks};
use super::profile::{self, Profile};
use super::{bounds, line, list, node, text};
use crate::diagnostic::escape;
use crate::metric::{Answers, Column, Schema, Unmeasured};
use crate::prose::counted;
use crate::suite::tree::{Content, Entry};
use crate::suite::write::write;
use crate::suite::{MAX_BYTES, MAX_CHECKS};

/// Where a draft comes from and what it calls things.
pub struct Origin {
    /// The command that makes it again.
    pub command: String,
    /// Where the JSON Schema of suites is, as seen from the draft.
    pub schema: String,
    pub suite: String,
    /// Paths as seen from the draft.
    pub data: String,
    pub reference: Option<String>,
    /// Columns whose values must not stand in the draft.
    pub sensitive: Vec<String>,
}

/// Writes a draft from the answers to [`super::questions`].
///
/// # Errors
/// The data could not be measured.
pub fn draft(
    origin: &Origin,
    data: &Schema,
    reference: Option<&Schema>,
    answers: &Answers,
) -> Result<String, Unmeasured> {
    let rows = *answers.rows(&profile::rows())?;
    let mut page = Page { text: head(origin, rows), n_checks: 0 };
    page.table(data, rows)?;
    page.columns(data, reference, &origin.sensitive, answers)?;
    Ok(page.text)
}

fn head(origin: &Origin, rows: u64) -> String {
    let mut text = format!("# yaml-language-server: $schema={}\n", escape(&origin.schema));
    let command = escape(&origin.command);
    text.push_str(&format!("# Drafted by `{command}` from {}.\n", counted(rows, "row")));
    text.push_str(match rows {
        0 => "# There was no row to learn from: only names and types are checked.\n",
        _ => {
            "# Bounds and lists are those of this data: review each, keep what must hold of other \
             data too.\n"
        }
    });
    if origin.reference.is_some() {
        text.push_str(
            "# A test tagged `drift` may fail at once: then the data differs from the reference.\n",
        );
    }
    let own = |name, value: &str| line(name, super::text(value));
    let reference = origin.reference.as_deref().map(|path| own("reference", path));
    let lines = [own("suite", &origin.suite), own("data", &origin.data)];
    text.push_str(&yaml(lines.into_iter().chain(reference).collect()));
    text
}

/// What a whole tree of our own making is written as; a tree that cannot be written is a bug that
/// the reading of the finished draft shows.
fn yaml(entries: Vec<Entry>) -> String {
    write(&node(Content::Map(entries))).unwrap_or_else(|reason| format!("? {reason}\n"))
}

struct Page {
    text: String,
    n_checks: usize,
}

impl Page {
    fn table(&mut self, data: &Schema, rows: u64) -> Result<(), Unmeasured> {
        let mut repeated: Vec<&str> = data.names().filter(|name| data.is_ambiguous(name)).collect();
        repeated.sort_unstable();
        repeated.dedup();
        let names = match repeated.is_empty() {
            true => {
                let exactly = line("exactly", list(data.names().map(text)));
                let ordered = line("ordered", Content::Bool(true));
                line("columns", Content::Map(vec![exactly, ordered]))
            }
            // A check of names fails as long as one stands twice.
            false => line("column_count", Content::Int(data.columns.len() as i128)),
        };
        let count = (rows > 0).then(|| line("row_count", bounds::row_count(rows)));
        let lines: Vec<Entry> = std::iter::once(names).chain(count).collect();
        self.n_checks += lines.len();
        self.text.push('\n');
        for name in repeated {
            self.text.push_str(&format!(
                "# Column `{}` stands more than once: nothing can be checked of it.\n",
                escape(name)
            ));
        }
        self.text.push_str(&yaml(vec![line("table", Content::Map(lines))]));
        Ok(())
    }

    fn columns(
        &mut self,
        data: &Schema,
        reference: Option<&Schema>,
        sensitive: &[String],
        answers: &Answers,
    ) -> Result<(), Unmeasured> {
        let mut text = String::new();
        let columns = data.columns.iter().filter(|column| !data.is_ambiguous(&column.name));
        for column in columns {
            let profile = Profile::new(column, reference, answers)?;
            let checks = match sensitive.contains(&column.name) {
                true => hidden_checks(&profile),
                false => checks(&profile),
            };
            let lines = section(column, checks.clone());
            let is_full = self.n_checks + checks.len() > MAX_CHECKS
                || self.text.len() + text.len() + lines.len() > MAX_BYTES - 1024;
            if is_full {
                text.push_str("  # The further columns are left out: a suite can hold no more.\n");
                break;
            }
            self.n_checks += checks.len();
            text.push_str(&lines);
        }
        let has_checks = text.lines().any(|line| !line.trim_start().starts_with('#'));
        self.text.push_str(match (text.is_empty(), has_checks) {
            (true, _) => "",
            (_, true) => "\ncolumns:\n",
            (_, false) => "\n# columns:\n",
        });
        self.text.push_str(&text);
        Ok(())
    }
}

/// The lines of one column under `columns:`, or a comment why it has none.
fn section(column: &Column, checks: Vec<Entry>) -> String {
    let name = escape(&column.name);
    if checks.is_empty() {
        return format!("  # Column `{name}` has no values, and so no checks.\n");
    }
    let is_pattern =
        column.name.len() > 1 && column.name.starts_with('/') && column.name.ends_with('/');
    let (key, comment) = match is_pattern {
        true => (
            format!("/^{}$/", regex::escape(&column.name)),
            format!("  # `{name}` alone; unescaped it would be a pattern for other names.\n"),
        ),
        false => (column.name.clone(), String::new()),
    };
    let column = line(&key, Content::Map(checks));
    let lines = yaml(vec![line("columns", Content::Map(vec![column]))]);
    comment + lines.strip_prefix("columns:\n").unwrap_or(&lines)
}

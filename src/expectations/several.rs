//! Lists of columns that a check of the table names.

use super::Mistake;

/// Refuses a list that names a column twice.
pub fn each_once(columns: &[String]) -> Result<(), Mistake> {
    let mut repeated = columns.iter().enumerate();
    match repeated.find(|(place, name)| columns[..*place].contains(name)) {
        Some((_, name)) => Err(Mistake::new(format!("`{name}` is named twice")).of("columns")),
        None => Ok(()),
    }
}

/// Refuses a list that does not name several columns, each once.
pub fn check(columns: &[String]) -> Result<(), Mistake> {
    each_once(columns)?;
    if columns.len() < 2 {
        return Err(Mistake::new("fewer than two columns are named")
            .help("the check compares columns of one row with each other")
            .of("columns"));
    }
    Ok(())
}

/// `a` and `b`; `a`, `b` and `c`.
pub fn listed(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}

//! Columns of a small CSV file, by RFC 4180.

/// The values of a column, in the order of the file; empty cells that are not quoted say nothing.
///
/// # Errors
/// No such column, a row of another length, a quote that stands or ends where it cannot.
pub fn values(text: &str, column: &str) -> Result<Vec<String>, String> {
    Ok(rows(text, &[column])?.into_iter().flatten().flatten().collect())
}

/// The cells of some columns, row by row; `None` for an empty cell that is not quoted.
///
/// # Errors
/// As for [`values`].
pub fn rows(text: &str, columns: &[&str]) -> Result<Vec<Vec<Option<String>>>, String> {
    let mut records = Records { rest: text, line: 1 };
    let header = records.next().ok_or("is empty")??;
    let names: Vec<&str> = header.iter().map(|cell| cell.text.as_str()).collect();
    let place = |column: &&str| {
        names.iter().position(|name| name == column).ok_or_else(|| {
            format!(
                "has no column `{column}`; its columns are {}",
                crate::prose::names(names.clone(), 12)
            )
        })
    };
    let places = columns.iter().map(place).collect::<Result<Vec<usize>, String>>()?;
    let mut rows = Vec::new();
    for record in records {
        let record = record?;
        let is_blank = record.len() == 1 && record[0] == Cell::default();
        if is_blank && header.len() > 1 {
            continue;
        }
        if record.len() != header.len() {
            let (found, wanted) = (record.len(), header.len());
            return Err(format!("has a row of {found} cells where its header has {wanted}"));
        }
        rows.push(places.iter().map(|place| record[*place].value()).collect());
    }
    Ok(rows)
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cell {
    text: String,
    quoted: bool,
}

impl Cell {
    fn value(&self) -> Option<String> {
        (self.quoted || !self.text.is_empty()).then(|| self.text.clone())
    }
}

struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<Cell>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut cells = Vec::new();
        loop {
            match self.cell() {
                Ok(cell) => cells.push(cell),
                Err(reason) => {
                    self.rest = "";
                    return Some(Err(format!("{reason} in line {}", self.line)));
                }
            }
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            let ended = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n'));
            self.rest = ended.unwrap_or(self.rest);
            self.line += 1;
            return Some(Ok(cells));
        }
    }
}

impl Records<'_> {
    /// Takes one cell; what follows is a comma, a line's end, or nothing.
    fn cell(&mut self) -> Result<Cell, &'static str> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            let text = if rest.starts_with(',') { text } else { text.trim_end_matches('\r') };
            if text.contains('"') {
                return Err("has a quote inside a cell without quotes");
            }
            // The carriage return belongs to the line's end.
            self.rest = &self.rest[text.len()..];
            return Ok(Cell { text: text.to_owned(), quoted: false });
        };
        let (mut text, mut rest) = (String::new(), quoted);
        loop {
            let end = rest.find('"').ok_or("has a quote that is never closed")?;
            text.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    text.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        self.rest = rest;
        self.line += text.matches('\n').count();
        match rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n") {
            true => Ok(Cell { text, quoted: true }),
            false => Err("has text behind a closing quote"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, column: &str, expected: &[&str]) {
        let found = values(text, column).expect("it reads");
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn a_column_is_read_by_its_name() {
        check("code,name\nDE,Germany\nUS,\"United \"\"States\"\"\"\n", "code", &["DE", "US"]);
        check("code,name\r\nDE,\"Ger,\nmany\"\r\n\r\nUS,x", "name", &["Ger,\nmany", "x"]);
        check("a\n1\n\n\"\"\n2\n", "a", &["1", "", "2"]);
    }

    #[test]
    fn rows_have_the_order_of_the_columns_that_are_asked_for() {
        let text = "a,b,c\n1,,x\n\n2,\"\",y\n";
        let found = rows(text, &["c", "b"]).expect("it reads");
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(found, [[cell("x"), None], [cell("y"), cell("")]]);
        assert!(rows(text, &["c", "d"]).expect_err("no column").contains("no column `d`"));
    }

    #[test]
    fn what_is_no_csv_is_refused_with_its_line() {
        let refuses = |text: &str, part: &str| {
            let reason = values(text, "a").expect_err("refused");
            assert!(reason.contains(part), "{text:?}: {reason}");
        };
        refuses("", "is empty");
        refuses("b,c\n1,2\n", "no column `a`; its columns are `b`, `c`");
        refuses("a,b\n1\n", "a row of 1 cells where its header has 2");
        refuses("a\n\"x\n", "never closed in line 2");
        refuses("a\nx\"y\n", "inside a cell without quotes in line 2");
        refuses("a\n\"x\"y\n", "behind a closing quote in line 2");
    }
}

//! Whole files read through [`open_by`].

use super::*;
use crate::engine::source::shown::Shown;
use crate::engine::source::{Absent, Declared, DeclaredType};
use crate::metric::Type;
use proptest::prelude::*;

fn read(
    name: &str,
    content: &[u8],
    declared: &Declared,
    part_bytes: usize,
) -> Result<Shown, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    let input = Input::open(&path).expect("opened");
    let place = format!("`{}`: ", input.name);
    let (format, input) = Format::of(&path, input).map_err(|error| error.to_string())?;
    let text = move |error: Unmeasured| error.to_string().replace(&place, "");
    let absent = Absent::by(|column| match column {
        "gaps" => vec!["NA".into(), "-999".into()],
        _ => Vec::new(),
    });
    let options = Options { format, declared, absent: &absent, threads: 2 };
    let sources = open_by(&[input], &options, part_bytes).map_err(&text)?;
    Shown::of(&*sources[0]).map_err(&text)
}

fn check(content: &str, expected: Result<(&[&str], &str), &str>) {
    let found = read("a.csv", content.as_bytes(), &Declared::Nothing, PART_BYTES);
    match (found, expected) {
        (Ok(read), Ok((kinds, rows))) => {
            let found: Vec<_> =
                read.columns.iter().filter_map(|it| it.split(' ').next_back()).collect();
            assert_eq!(found, kinds, "{content:?}");
            assert_eq!(read.text(), rows, "{content:?}");
        }
        (Err(error), Err(expected)) => assert_eq!(error, expected, "{content:?}"),
        (Ok(read), Err(expected)) => panic!("{content:?}: {:?} for {expected}", read.rows),
        (Err(error), Ok(_)) => panic!("{content:?}: {error}"),
    }
}

#[test]
fn types_are_those_of_the_whole_file() {
    check("a,b\n1,x\n2,\n", Ok((&["int64", "string"], "1|x 2|null")));
    check("a,b\n,\"\"\n", Ok((&["null", "string"], "null|")));
    check("a\n1\n\n\"2\"\n", Ok((&["int64"], "1 null 2")));
    check("a,b\n007,1.5\n8,2\n", Ok((&["string", "float64"], "007|1.5 8|2.0")));
    check("a,b\nNA,true\n1,False\n", Ok((&["string", "boolean"], "NA|true 1|false")));
    check("a\n18446744073709551615\n", Ok((&["uint64"], "18446744073709551615")));
    check(
        "d,t\n2020-01-05,2020-01-05 10:00:00\n",
        Ok((&["date", "datetime"], "2020-01-05|2020-01-05T10:00:00")),
    );
    check("a,b", Ok((&["null", "null"], "")));
    check("a,b\n\n1,2\n\r\n", Ok((&["int64", "int64"], "1|2")));
    check("a;b\n1,5;2\n", Ok((&["string", "int64"], "1,5|2")));
}

#[test]
fn words_for_missing_values_have_no_type() {
    check("gaps\nNA\n1\n-999\n\"NA\"\n", Ok((&["int64"], "null 1 null null")));
    check("gaps,b\nNA,NA\nx,-999\n", Ok((&["string", "string"], "null|NA x|-999")));
}

#[test]
fn what_is_not_csv_is_refused_with_its_line() {
    let fields =
        |line: u32, found: &str| format!("line {line}: {found}, expected 2 as in the header");
    check("a,b\n1,2\n3\n", Err(&fields(3, "1 field")));
    check("a,b\n\n1,\"x\ny\"\n3,4,5\n", Err(&fields(5, "3 fields")));
    check("a,b\n1,2\n3", Err(&fields(3, "1 field")));
    let bare = "line 3: a quote inside an unquoted field; \
                quote the whole field and double the quotes inside";
    check("a,b\n1,2\n3,5\" x\n", Err(bare));
    check("a,b\n1,\"2\n3,4\n", Err("line 2: a quote is opened and never closed"));
    check(
        "a,b\n1,\"2\"x\n",
        Err("line 2: text after a closing quote; double the quotes inside a field"),
    );
    check("a,b\n1,2\n\0,4\n", Err("line 3: a NUL byte; is it UTF-16 or a binary file"));
    check("a\n1\r2\n", Err(&format!("line 2: {}", index::LONE_RETURN)));
    check("", Err("it is empty, expected a header with the names of the columns"));
    check("\r\n", Err("line 1: it is blank, expected the names of the columns"));
    let latin = read("a.csv", b"a,b\n1,\xe9\n", &Declared::Nothing, PART_BYTES);
    assert_eq!(latin.err().as_deref(), Some("line 2: byte 6 is not UTF-8; save it as UTF-8"));
}

#[test]
fn declared_types_keep_what_does_not_read() {
    let exactly = |kind: Type| DeclaredType::Exactly(kind);
    let declared = Declared::from_iter([
        ("a".into(), exactly(Type::Integer { bits: 8, signed: true })),
        ("b".into(), DeclaredType::Number),
        ("c".into(), exactly(Type::String)),
    ]);
    let text = b"a,b,c\n007,1,007\n300,x,\n,2,3\n";
    let read = read("a.csv", text, &declared, PART_BYTES).expect("read");
    assert_eq!(read.columns, ["a int8", "b int64", "c string"]);
    assert_eq!(read.text(), "7|1|007 null|null|null null|2|3");
    assert_eq!(read.unread, ["a=300", "b=x"]);
}

#[test]
fn oddities_are_warnings() {
    let read = read("a.csv", b" a;\n\n1;2", &Declared::Nothing, PART_BYTES).expect("read");
    assert_eq!(
        read.warnings,
        [
            "the header has no ',': fields are split at ';'",
            "names that are empty or padded: ` a`, ``",
            "1 blank line is skipped",
            "the last line has no line end; was the file cut off",
        ]
    );
}

fn field(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn text_survives_quoting_and_any_part_size(
        rows in prop::collection::vec(prop::collection::vec("[a-c,\"\r\né ]{0,6}", 3), 0..20),
        part_bytes in 1usize..64,
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut text = format!("x,y,z{end}");
        for row in &rows {
            let fields: Vec<String> = row.iter().map(|cell| field(cell)).collect();
            text.push_str(&fields.join(","));
            text.push_str(end);
        }
        let string = || DeclaredType::Exactly(Type::String);
        let declared = ["x", "y", "z"].into_iter().map(|name| (name.into(), string())).collect();
        let read = read("a.csv", text.as_bytes(), &declared, part_bytes).expect("read");
        let found: Vec<Vec<String>> =
            read.rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect();
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn any_text_gives_the_same_at_any_part_size(
        text in "([a1\",]|\n|\r\n){0,40}",
        part_bytes in 1usize..16,
    ) {
        let text = format!("x,y\n{text}");
        let show = |part_bytes| {
            let read = read("a.csv", text.as_bytes(), &Declared::Nothing, part_bytes);
            read.map(|read| (read.columns, read.rows))
        };
        prop_assert_eq!(show(part_bytes), show(PART_BYTES));
    }
}

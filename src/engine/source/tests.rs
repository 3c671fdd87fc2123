//! Sets of files, read through [`open`].

use super::shown::Shown;
use super::*;
use crate::metric::Type;
use std::fs;

/// Writes files and reads a path among them; errors are without the folder's name.
fn read(
    files: &[(&str, &str)],
    path: &str,
    declared: Declared,
) -> Result<(Shown, Identity), String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("a parent")).expect("made");
        fs::write(file, content).expect("written");
    }
    let root = folder.path().to_string_lossy().into_owned();
    let text = |error: Unmeasured| error.to_string().replace(&format!("{root}/"), "");
    let spec = SourceSpec { path: format!("{root}/{path}"), declared, ..SourceSpec::default() };
    let source = open(&spec).map_err(text)?;
    let shown = Shown::of(&*source).map_err(text)?;
    Ok((shown, source.identity().map_err(text)?))
}

fn check(files: &[(&str, &str)], path: &str, expected: Result<(&str, &str), &str>) {
    match (read(files, path, Declared::Nothing), expected) {
        (Ok((shown, _)), Ok((columns, rows))) => {
            assert_eq!((shown.columns.join(", ").as_str(), shown.text().as_str()), (columns, rows));
        }
        (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
        (found, _) => panic!("{found:?}"),
    }
}

#[test]
fn types_are_those_of_all_files() {
    let files = [("d/b.csv", "x,y\n2.5,\n"), ("d/a.csv", "x,y\n1,\n"), ("d/_SUCCESS", "")];
    check(&files, "d", Ok(("x float64, y null", "1.0|null 2.5|null")));
    check(&files, "d/*.csv", Ok(("x float64, y null", "1.0|null 2.5|null")));
    check(&files, "d/a.csv", Ok(("x int64, y null", "1|null")));
}

#[test]
fn folders_give_columns() {
    let files = [
        ("d/year=2024/kind=a%20b/p.csv", "x\n1\n2\n"),
        ("d/year=2023/kind=__HIVE_DEFAULT_PARTITION__/p.csv", "x\n3\n"),
    ];
    check(
        &files,
        "d",
        Ok(("x int64, year int64, kind string", "3|2023|null 1|2024|a b 2|2024|a b")),
    );
    check(&[("d/m=01/p.csv", "x\n1\n")], "d", Ok(("x int64, m string", "1|01")));
    check(&[("d/day=2024-02-01/p.csv", "x\n1\n")], "d", Ok(("x int64, day date", "1|2024-02-01")));
    check(
        &[("d/x=1/p.csv", "x\n1\n")],
        "d",
        Err("column `x` stands in the files and in the folders"),
    );
    let integer = DeclaredType::Exactly(Type::Integer { bits: 8, signed: true });
    let declared = Declared::from_iter([("m".to_owned(), integer)]);
    let files = [("d/m=01/p.csv", "x\n1\n2\n"), ("d/m=x/p.csv", "x\n1\n")];
    let (shown, _) = read(&files, "d", declared).expect("read");
    assert_eq!((shown.text().as_str(), shown.unread), ("1|1 2|1 1|null", vec!["m=x".to_owned()]));
}

#[test]
fn files_that_do_not_fit_together_are_refused() {
    let differ = [("d/a.csv", "x,y\n"), ("d/b.csv", "x,z\n")];
    check(
        &differ,
        "d",
        Err("`d/b.csv`: its header differs from that of `d/a.csv`: only the first has `y`"),
    );
    let order = [("d/a.csv", "x,y\n"), ("d/b.csv", "y,x\n")];
    check(&order, "d", Err("`x` stands in the first where the other has `y`"));
    let formats = [("d/a.csv", "x\n"), ("d/b.jsonl", "{}\n")];
    check(&formats, "d", Err("`d/b.jsonl`: it is ndjson, but the files before it are csv"));
    check(&[("d/_delta_log/0.json", "{}"), ("d/a.csv", "x\n")], "d", Err("it is a delta table"));
    check(&[("d/a.txt", "")], "d", Err("the folder has no data files"));
}

#[test]
fn an_identity_does_not_depend_on_the_place() {
    let files = [("d/b.csv", "x\n2"), ("d/a.csv", "x\n1\n"), ("d/n.txt", "")];
    let (_, first) = read(&files, "d", Declared::Nothing).expect("read");
    let (_, second) = read(&files, "d", Declared::Nothing).expect("read");
    assert_eq!(first.sha256, second.sha256);
    assert_eq!((first.bytes, first.rows, first.columns), (7, Some(2), 1));
    let cut = "`b.csv`: the last line has no line end; was the file cut off";
    assert_eq!(first.warnings, ["1 files in the folder are not data files", cut]);
}

#[cfg(unix)]
#[test]
fn pipes_are_refused_before_they_block() {
    let error = Input::open(std::path::Path::new("/dev/null")).expect_err("refused");
    assert_eq!(error.to_string(), "`/dev/null`: it is a pipe or a device, expected a regular file");
}

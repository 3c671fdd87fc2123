//! A table has the same types and cells, however it is cut and whoever looks at it.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use proptest::prelude::*;

use super::*;
use crate::engine::source::{Absent, Declared, DeclaredType};
use crate::metric::Type;

/// The columns, and what is declared of them.
fn declared() -> Vec<(&'static str, Option<DeclaredType>)> {
    let datetime = |zone| Some(DeclaredType::Exactly(Type::DateTime { zone }));
    vec![
        ("i", Some(DeclaredType::Integer)),
        ("gaps", Some(DeclaredType::Integer)),
        ("n", Some(DeclaredType::Number)),
        ("d", datetime(None)),
        ("z", datetime(Some("Europe/Paris".into()))),
        ("u", None),
    ]
}

/// Cells of every kind; `seldom` ones stand in few tables.
fn cell(seldom: bool) -> BoxedStrategy<String> {
    let common = prop_oneof![
        2 => "[0-9]{1,4}",
        1 => "-[0-9]{1,3}",
        3 => "20[0-9]{2}-01-0[1-9]T0[0-9]:00:00(\\.[0-9]{1,6})?Z",
        1 => Just(String::new()),
    ];
    let rare = prop_oneof![
        "[-+]?0{0,3}(9223372036854775|18446744073709551)[0-9]{3}",
        "-?[0-9]{37,39}",
        "20[0-9]{2}-01-0[1-9][ T]0[0-9]:00:00(\\.[0-9]{1,9})?(Z|[+-]0[0-9]:30)?",
        "(0900|1677|2300)-01-01T00:00:00Z?",
        "NA|-999|x|é, y|[0-9]{1,2}\\.[0-9]{1,30}|nan|2020-01-01|[0-9]{19}x",
    ];
    if seldom { prop_oneof![12 => common, 1 => rare].boxed() } else { common.boxed() }
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let columns = declared().len();
    let rows = move |seldom| {
        let row = prop::collection::vec(cell(seldom), columns);
        prop::collection::vec(row, 0..40)
    };
    any::<bool>().prop_flat_map(rows)
}

/// A cell as the file has it: in quotes where it must be, or by chance.
fn field(cell: &str, quote: bool) -> String {
    if quote || cell.contains(',') { format!("\"{cell}\"") } else { cell.into() }
}

fn text(rows: &[Vec<String>], quoted: usize) -> String {
    let names: Vec<&str> = declared().into_iter().map(|(name, _)| name).collect();
    let mut text = names.join(",") + "\n";
    for (number, row) in rows.iter().enumerate() {
        let fields = row.iter().enumerate().map(|(column, cell)| {
            // Without any quotes, a comma would be two fields.
            let cell = if quoted == 0 { cell.replace(',', "") } else { cell.clone() };
            field(&cell, quoted > 0 && (number + column) % quoted == 0)
        });
        text.push_str(&fields.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

/// The types that a look at every cell gives, without any haste.
fn expected(rows: &[Vec<String>], quoted: usize) -> Vec<DataType> {
    let columns = declared().into_iter().enumerate().map(|(column, (name, declared))| {
        let mut evidence = cells::Evidence::default();
        for (number, row) in rows.iter().enumerate() {
            let cell = &row[column];
            let is_null = cell.is_empty() && (quoted == 0 || (number + column) % quoted > 0);
            let is_word = name == "gaps" && ["NA", "-999"].contains(&cell.as_str());
            if !is_null && !is_word {
                evidence.see(cell.as_bytes());
            }
        }
        cells::kind(name, declared.as_ref(), &evidence).expect("a type")
    });
    columns.collect()
}

/// The types, all rows together, and the cells that do not read.
type Found = (Vec<DataType>, Option<RecordBatch>, Vec<String>);

fn read(content: &str, part_bytes: usize, threads: usize) -> Found {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all(content.as_bytes()).expect("written");
    let input = Input::open(file.path()).expect("opened");
    let types = declared().into_iter().filter_map(|(name, kind)| Some((name.into(), kind?)));
    let declared: Declared = types.collect();
    let absent = Absent::by(|column| match column {
        "gaps" => vec!["NA".into(), "-999".into()],
        _ => Vec::new(),
    });
    let options = Options { format: Format::Csv, declared: &declared, absent: &absent, threads };
    let table = Table::open(&input, &options, part_bytes).expect("opened");
    let kinds = kinds(&[table], &options).expect("types");
    let sources = open_by(&[input], &options, part_bytes).expect("opened");
    let (batches, unread) = all(&*sources[0]);
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(sources[0].schema().rows, Some(rows as u64));
    let joined = |first: &RecordBatch| concat_batches(&first.schema(), &batches).expect("joined");
    (kinds, batches.first().map(joined), unread)
}

fn all(source: &dyn Source) -> (Vec<RecordBatch>, Vec<String>) {
    let names: Vec<String> = source.schema().names().map(str::to_owned).collect();
    let (mut batches, mut unread) = (Vec::new(), Vec::new());
    for part in 0..source.parts() {
        let mut take = |piece: Piece| {
            for (name, texts) in &piece.unread {
                unread.extend(texts.iter().flatten().map(|text| format!("{name}={text}")));
            }
            batches.push(piece.record);
            Ok(())
        };
        source.read(part, &names, &mut take).expect("read");
    }
    unread.sort();
    (batches, unread)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn cuts_and_threads_change_neither_types_nor_cells(
        rows in table(), quoted in 0..9usize, part_bytes in 1..6000usize, threads in 1..5usize,
    ) {
        let text = text(&rows, quoted);
        let cut = read(&text, part_bytes, threads);
        prop_assert_eq!(&cut.0, &expected(&rows, quoted), "{}", text);
        prop_assert_eq!(cut, read(&text, 1 << 20, 1));
    }
}

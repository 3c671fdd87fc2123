//! The law of every state: whatever the cuts and the order, the answer is that of all rows at once.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int64Array,
    StringArray, UInt64Array,
};
use arrow::datatypes::Int32Type;
use proptest::prelude::*;

use super::{AnyState, Finished, State};
use crate::engine::batch::{Batch, Place};
use crate::engine::layout::Layout;
use crate::engine::memory::Room;
use crate::engine::order::{Buckets, Entry, Selection, key};
use crate::engine::question::Need;
use crate::engine::table::Table;
use crate::metric::{
    Bound, BoundValue, Comparison, Filter, Missing, Predicate, RangeRule, RowRule, SequenceRule,
    Value,
};

/// Few values, so that ties and duplicates are common.
fn tables() -> impl Strategy<Value = Table> {
    let float = prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-0.0),
        Just(0.0),
        Just(0.1),
        -2.0..2.0f64
    ];
    let text = prop_oneof![Just(""), Just("a"), Just("b"), Just("ab"), Just("\u{e9}")];
    let row = (
        prop::option::weighted(0.8, -3..3i64),
        prop::option::weighted(0.8, float),
        prop::option::weighted(0.8, text),
        prop::option::weighted(0.8, any::<bool>()),
        prop::option::weighted(0.8, 0..4i128),
        prop::option::weighted(0.8, prop_oneof![Just(u64::MAX), 0..3u64]),
    );
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let ints: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>());
        let floats = rows.iter().map(|row| row.1).collect::<Float64Array>();
        let texts = rows.iter().map(|row| row.2).collect::<StringArray>();
        let words = rows.iter().map(|row| row.2).collect::<DictionaryArray<Int32Type>>();
        let flags = rows.iter().map(|row| row.3).collect::<BooleanArray>();
        let cents = rows.iter().map(|row| row.4).collect::<Decimal128Array>();
        let cents = cents.with_precision_and_scale(10, 2).expect("cents");
        let large = rows.iter().map(|row| row.5).collect::<UInt64Array>();
        Table::new(vec![
            ("int", ints),
            ("float", Arc::new(floats)),
            ("text", Arc::new(texts)),
            ("word", Arc::new(words)),
            ("flag", Arc::new(flags)),
            ("cents", Arc::new(cents)),
            ("large", Arc::new(large)),
        ])
    })
}

/// How a table is cut, dealt to states, and merged.
#[derive(Clone, Debug)]
struct Dealing {
    batch_rows: usize,
    part_rows: usize,
    n_states: usize,
    seed: u64,
}

fn dealings() -> impl Strategy<Value = Dealing> {
    (1..9usize, 1..20usize, 1..4usize, any::<u64>()).prop_map(
        |(batch_rows, part_rows, n_states, seed)| Dealing { batch_rows, part_rows, n_states, seed },
    )
}

/// The answer when batches come in a random order to several states.
///
/// Places are counted within the whole table, so that answers can be compared across cuts.
fn finish(table: &Table, need: &Need, dealing: &Dealing) -> Result<Finished, String> {
    finish_in(Room::endless(1), table, need, dealing)
}

fn finish_in(
    room: Room,
    table: &Table,
    need: &Need,
    dealing: &Dealing,
) -> Result<Finished, String> {
    let mut layout = Layout::new(&table.schema);
    let blank = need.state(&mut layout, room)?;
    let table = table.clone().cut(dealing.part_rows, dealing.batch_rows);
    let mut pieces = Vec::new();
    for ends in table.cuts.windows(2) {
        for start in (ends[0]..ends[1]).step_by(dealing.batch_rows) {
            pieces.push((start, dealing.batch_rows.min(ends[1] - start)));
        }
    }
    let mut seed = dealing.seed;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for last in (1..pieces.len()).rev() {
        pieces.swap(last, random(last + 1));
    }
    let mut states: Vec<AnyState> = vec![blank; dealing.n_states];
    for (start, length) in pieces {
        let piece = table.piece(layout.columns(), start, length);
        let batch = Batch::new(&layout, piece, Place { part: 0, row: start as u64 })?;
        states[random(dealing.n_states)].update(&batch)?;
    }
    let mut merged = states.swap_remove(random(states.len()));
    states.into_iter().try_for_each(|state| merged.merge(state))?;
    merged.finish()
}

fn holds(need: &Need) {
    let whole = Dealing { batch_rows: 100, part_rows: 100, n_states: 1, seed: 0 };
    proptest!(ProptestConfig::with_cases(64), |(table in tables(), dealing in dealings())| {
        prop_assert_eq!(finish(&table, need, &dealing), finish(&table, need, &whole), "{:?}", need);
    });
}

fn column(name: &str) -> String {
    name.to_owned()
}

fn filtered() -> Option<Filter> {
    Some(Filter("int > -2".into()))
}

fn within(name: &str, min: Value, missing: Missing) -> RowRule {
    let min = Some(Bound { value: BoundValue::Value(min), strict: false });
    let predicate = Predicate::Within { column: column(name), min, max: None, negated: false };
    RowRule { predicate, missing, filter: filtered() }
}

fn compared() -> RowRule {
    let (left, right) = (column("int"), column("float"));
    let predicate = Predicate::Compare { left, op: Comparison::Less, right };
    RowRule { predicate, missing: Missing::Skip, filter: None }
}

fn unlike(columns: &[&str], keys: Vec<u128>) -> RowRule {
    let columns = columns.iter().copied().map(column).collect();
    let predicate = Predicate::KeyIn { columns, keys: keys.into(), negated: true };
    RowRule { predicate, missing: Missing::Skip, filter: filtered() }
}

fn elsewhere(places: Vec<(u32, u64)>) -> RowRule {
    let predicate = Predicate::PlaceIn { places: places.into(), negated: true };
    RowRule { predicate, missing: Missing::Skip, filter: None }
}

fn by(columns: &[&str], need: Need) -> Need {
    Need::Grouped { by: columns.iter().copied().map(column).collect(), need: Box::new(need) }
}

/// Examples from the groups of rows whose `flag` is false, and of those without a flag.
fn in_groups(rules: Vec<Predicate>) -> Need {
    let groups = [[1, 0].as_slice(), &[0]].map(xxhash_rust::xxh3::xxh3_128);
    let by = vec![column("flag")];
    let predicate = Predicate::InGroups { by, groups: groups.into(), rules: rules.into() };
    examples_of(RowRule { predicate, missing: Missing::Fail, filter: filtered() })
}

macro_rules! laws {
    ($($name:ident: $($need:expr),+;)*) => {
        $(#[test] fn $name() { $(holds(&$need);)+ })*
    };
}

laws! {
    rows: Need::Rows { filter: None }, Need::Rows { filter: filtered() };
    count_where: Need::Count { rule: within("float", Value::Int(0), Missing::Skip) },
        Need::Count { rule: within("cents", Value::float(0.02), Missing::Fail) },
        Need::Count { rule: compared() };
    duplicates_of_one_column: duplicates_of(&["float"]), duplicates_of(&["text"]);
    duplicates_of_decimals: duplicates_of(&["cents"]), duplicates_of(&["large"]);
    duplicates_of_words: duplicates_of(&["word"]), duplicates_of(&["flag"]);
    duplicates_of_several_columns: duplicates_of(&["int", "word"]),
        duplicates_of(&["float", "flag"]), duplicates_of(&["int", "large", "flag"]);
    duplicates_of_whole: duplicates_of_whole_keys(&["int", "word"]),
        duplicates_of_whole_keys(&["float", "text"]);
    frequencies: frequencies_of("int"), frequencies_of("float"), frequencies_of("text"),
        frequencies_of("word");
    frequencies_of_others: frequencies_of("flag"), frequencies_of("cents"), frequencies_of("large");
    ends: ends_of("int"), ends_of("float"), ends_of("text"), ends_of("word");
    ends_of_others: ends_of("flag"), ends_of("cents"), ends_of("large");
    moments: moments_of("int"), moments_of("float"), moments_of("flag"), moments_of("cents"),
        moments_of("large");
    order: order_of("int"), order_of("float"), order_of("cents"), order_of("large");
    dealt: dealt_of("int"), dealt_of("float"), dealt_of("cents"), dealt_of("large");
    key_tables: table_of("int", 100), table_of("float", 100), table_of("large", 2);
    key_counts: counts_of("int", 4), counts_of("float", 16), counts_of("large", 2);
    keys_within: within_buckets("int", true), within_buckets("float", true),
        within_buckets("large", true);
    parts_within: within_buckets("int", false), within_buckets("float", false),
        within_buckets("large", false);
    groups: groups_of("float", "word"), groups_of("int", "flag"), groups_of("cents", "float");
    keys: keys_of(&["int"], true), keys_of(&["int", "word"], true), keys_of(&["text"], false),
        keys_of(&["float", "cents"], false);
    sequence: sequence_of("int"), sequence_of("float"), sequence_of("text"), sequence_of("cents");
    overlaps: overlaps_of("int", "large", true), overlaps_of("cents", "cents", false);
    collected: Need::RowsOf { columns: vec![column("int"), column("text")], filter: filtered() };
    totals: totals_of(&["word"], &["float", "cents"]), totals_of(&["int", "flag"], &["large"]),
        totals_of(&[], &["int"]);
    query: Need::QueryTable { words: Some(vec![column("int"), column("price")]) };
    pairs: pairs_of("int", "float"), pairs_of("cents", "large");
    examples: examples_of(within("int", Value::Int(0), Missing::Fail)), examples_of(compared());
    grouped_counts: by(&["word"], Need::Count { rule: compared() }),
        by(&["flag", "float"], Need::Rows { filter: filtered() });
    grouped_states: by(&["word"], moments_of("cents")), by(&["flag"], duplicates_of(&["int"])),
        by(&["float"], frequencies_of("text"));
    grouped_keys: by(&["word"], keys_of(&["int"], true)), by(&["flag"], keys_of(&["text"], false));
    examples_in_groups: in_groups(vec![within("int", Value::Int(0), Missing::Skip).predicate]),
        in_groups(vec![compared().predicate, unlike(&["int"], vec![1]).predicate]);
    examples_by_key: examples_of(unlike(&["int"], vec![1, u128::from(u64::MAX)])),
        examples_of(unlike(&["int", "text"], vec![1]));
    examples_by_place: examples_of(elsewhere(vec![(0, 1), (0, 5), (0, 30)]));
}

fn duplicates_of(columns: &[&str]) -> Need {
    let columns = columns.iter().copied().map(column).collect();
    Need::Duplicates { columns, whole: false, filter: filtered() }
}

fn duplicates_of_whole_keys(columns: &[&str]) -> Need {
    let columns = columns.iter().copied().map(column).collect();
    Need::Duplicates { columns, whole: true, filter: filtered() }
}

fn keys_of(columns: &[&str], whole: bool) -> Need {
    let columns = columns.iter().copied().map(column).collect();
    Need::Keys { columns, filter: filtered(), whole }
}

fn sequence_of(name: &str) -> Need {
    let rule = SequenceRule { falls: false, strict: false, tolerance: None };
    Need::Sequence { column: column(name), rule, filter: filtered() }
}

fn overlaps_of(start: &str, end: &str, open: bool) -> Need {
    let rule = RangeRule { closed: false, open };
    Need::Overlaps { columns: [column(start), column(end)], rule, filter: filtered() }
}

fn totals_of(by: &[&str], sums: &[&str]) -> Need {
    let all = |names: &[&str]| names.iter().copied().map(column).collect();
    Need::Totals { by: all(by), sums: all(sums), filter: filtered() }
}

fn frequencies_of(name: &str) -> Need {
    Need::Frequencies { column: column(name), filter: filtered() }
}

fn ends_of(name: &str) -> Need {
    Need::Ends { column: column(name), filter: filtered() }
}

fn moments_of(name: &str) -> Need {
    Need::Moments { column: column(name), shape: name == "float", filter: None }
}

fn order_of(name: &str) -> Need {
    Need::Order { column: column(name), filter: filtered() }
}

fn table_of(name: &str, most: usize) -> Need {
    Need::KeyTable { column: column(name), filter: filtered(), most }
}

/// Buckets around the values of a column.
fn buckets_of(name: &str, n_buckets: usize) -> Arc<Buckets> {
    let mut keys = match name {
        "float" => [-1.5, 0.0, 0.1, 1.0].map(key::of_float),
        "large" => [0, 1, 2, u64::MAX],
        _ => [-3, -1, 0, 2].map(key::of_signed),
    };
    keys.sort_unstable();
    Arc::new(Buckets::new(&keys, n_buckets))
}

fn counts_of(name: &str, n_buckets: usize) -> Need {
    let buckets = buckets_of(name, n_buckets);
    Need::KeyCounts { column: column(name), filter: filtered(), buckets }
}

fn dealt_of(name: &str) -> Need {
    let buckets = buckets_of(name, 4);
    Need::Dealt { column: column(name), filter: filtered(), buckets }
}

/// The keys of every other bucket.
fn within_buckets(name: &str, to_keys: bool) -> Need {
    let buckets = buckets_of(name, 8);
    let spans = (0..buckets.len()).step_by(2).map(|bucket| buckets.span(bucket));
    let entries = spans.filter(|(low, high)| low <= high);
    let entries: Vec<Entry> =
        entries.map(|(low, high)| Entry { low, high, counts: [3, 4] }).collect();
    let selection = Arc::new(Selection::new(buckets, &entries, 5));
    Need::KeysWithin { column: column(name), filter: filtered(), selection, to_keys }
}

fn groups_of(name: &str, by: &str) -> Need {
    Need::Groups { column: column(name), by: column(by), filter: filtered() }
}

fn pairs_of(x: &str, y: &str) -> Need {
    Need::Pairs { columns: [column(x), column(y)], filter: filtered() }
}

fn examples_of(rule: RowRule) -> Need {
    Need::Examples { rule, columns: vec![column("int"), column("text")], limit: 3 }
}

#[test]
fn words_and_texts_give_the_same_answers() {
    let whole = Dealing { batch_rows: 100, part_rows: 100, n_states: 1, seed: 0 };
    proptest!(ProptestConfig::with_cases(64), |(table in tables())| {
        let pairs = [
            (frequencies_of("text"), frequencies_of("word")),
            (duplicates_of(&["text"]), duplicates_of(&["word"])),
            (duplicates_of(&["int", "text"]), duplicates_of(&["int", "word"])),
        ];
        for (texts, words) in pairs {
            prop_assert_eq!(finish(&table, &texts, &whole), finish(&table, &words, &whole));
        }
    });
}

#[test]
fn what_does_not_fit_into_memory_gives_the_same_answers() {
    let whole = Dealing { batch_rows: 100, part_rows: 100, n_states: 1, seed: 0 };
    let columns = ["int", "float", "text", "word", "flag", "cents", "large"];
    let needs = columns.map(|name| [frequencies_of(name), duplicates_of(&[name])]);
    let needs = needs.concat().into_iter().chain([duplicates_of(&["int", "text"])]);
    for need in needs {
        let run = (tables(), dealings(), 0..60u64);
        proptest!(ProptestConfig::with_cases(48), |((table, dealing, bytes) in run)| {
            let found = finish_in(Room { bytes, ..Room::endless(1) }, &table, &need, &dealing);
            prop_assert_eq!(found, finish(&table, &need, &whole), "{:?}", need);
        });
    }
}

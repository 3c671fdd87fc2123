//! Reads a file of cases and compares figures by the rules of its README.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/stats");

/// What a family's comparison came to.
pub struct Worst {
    pub family: String,
    pub cases: usize,
    pub figures: usize,
    /// Largest relative error, and the largest share of its tolerance that any figure used.
    pub error: f64,
    pub share: f64,
    pub place: String,
    pub failures: Vec<String>,
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Worst { family, cases, figures, error, share, place, .. } = self;
        write!(f, "{family:<22} {cases:>6} {figures:>7} {error:>9.1e} {share:>9.1e}  {place}")
    }
}

/// Calls `check` with every case of a family and collects what differs.
pub fn run(family: &str, check: impl Fn(&mut Case)) -> Worst {
    let path = format!("{FOLDER}/{family}.json");
    let text = std::fs::read_to_string(&path).expect("the fixtures are part of the repository");
    let file: Value = serde_json::from_str(&text).expect("the fixtures are JSON");
    let mut worst = Worst {
        family: family.to_owned(),
        cases: 0,
        figures: 0,
        error: 0.0,
        share: 0.0,
        place: String::new(),
        failures: Vec::new(),
    };
    for value in file["cases"].as_array().expect("a file holds cases") {
        let mut case = Case { value, worst: &mut worst, seen: BTreeSet::new() };
        check(&mut case);
        case.finish();
    }
    worst
}

/// One case, and what has been compared of it.
pub struct Case<'a> {
    value: &'a Value,
    worst: &'a mut Worst,
    seen: BTreeSet<String>,
}

impl Case<'_> {
    pub fn id(&self) -> &str {
        self.value["id"].as_str().unwrap_or("?")
    }

    pub fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap_or("")
    }

    pub fn input(&self) -> &Value {
        &self.value["input"]
    }

    pub fn params(&self) -> &Value {
        &self.value["params"]
    }

    pub fn expect(&self) -> &Value {
        &self.value["expect"]
    }

    /// A number of `params`.
    pub fn param(&self, key: &str) -> f64 {
        number(&self.value["params"][key]).unwrap_or(f64::NAN)
    }

    /// A number of `input`.
    pub fn given(&self, key: &str) -> f64 {
        number(&self.value["input"][key]).unwrap_or(f64::NAN)
    }

    /// Whether `expect` has this key (`student.statistic` looks inside) with a value other than
    /// null.
    pub fn expects(&self, key: &str) -> bool {
        self.find(key).is_some_and(|value| !value.is_null())
    }

    /// A sample of `input` in its order, missing values as `None`.
    pub fn column(&self, key: &str) -> Vec<Option<f64>> {
        column(&self.value["input"], key)
    }

    /// A sample of `input` without missing values and NaN, and how many those were.
    pub fn sample(&self, key: &str) -> (Vec<f64>, u64) {
        let column = self.column(key);
        let kept: Vec<f64> = column.iter().flatten().copied().filter(|x| !x.is_nan()).collect();
        let dropped = (column.len() - kept.len()) as u64;
        (kept, dropped)
    }

    /// The samples of `input.groups`, without missing values and NaN.
    pub fn groups(&self, key: &str) -> Vec<Vec<f64>> {
        let list = self.value["input"][key].as_array();
        list.into_iter().flatten().map(values).collect()
    }

    /// A sample of integers that doubles cannot hold, when the case says so.
    pub fn integers(&self, key: &str) -> Option<Vec<i64>> {
        let input = &self.value["input"];
        let declared = [input.get("dtype"), self.value.get("dtype")];
        if !declared.iter().flatten().any(|dtype| *dtype == "int64") {
            return None;
        }
        let text =
            |value: &Value| value.as_str().and_then(|text| text.parse().ok()).or(value.as_i64());
        Some(input[key].as_array()?.iter().filter_map(text).collect())
    }

    /// Compares a figure.
    pub fn check(&mut self, key: &str, got: f64) {
        self.compare(key, got, 1e-300);
    }

    /// Compares a difference, where zero is judged on the natural scale of what was subtracted.
    pub fn check_difference(&mut self, key: &str, got: f64, scale: f64) {
        self.compare(key, got, 1e-14 * scale.abs());
    }

    /// Compares a standardised figure of order one, which may also be near in absolute terms.
    pub fn check_standard(&mut self, key: &str, got: f64) {
        self.compare(key, got, self.tolerance(key).max(1e-12));
    }

    /// Compares a probability given by its natural logarithm, as a logarithm where it is tiny.
    pub fn check_ln(&mut self, key: &str, ln: f64) {
        let (parent, name) =
            key.rsplit_once('.').map_or(("", key), |(parent, name)| (parent, name));
        let log_key = if parent.is_empty() {
            format!("log10_{name}")
        } else {
            format!("{parent}.log10_{name}")
        };
        let expected = self.find(&log_key).and_then(number);
        let Some(expected) = expected else {
            return self.check(key, ln.exp());
        };
        self.seen.insert(log_key);
        self.seen.insert(key.to_owned());
        let error = (ln / std::f64::consts::LN_10 - expected).abs();
        self.record(key, error, error / 1e-6, || format!("log10 {ln}, expected {expected}"));
    }

    /// Compares a count or a flag exactly.
    pub fn check_exact(&mut self, key: &str, got: impl Into<Value>) {
        let got = got.into();
        let Some(expected) = self.expected(key) else { return };
        self.seen.insert(key.to_owned());
        let same = match (number(&expected), number(&got)) {
            (Some(expected), Some(got)) => expected == got,
            _ => expected == got,
        };
        let error = if same { 0.0 } else { f64::INFINITY };
        self.record(key, error, error, || format!("{got}, expected {expected}"));
    }

    /// Compares whether there is a result at all.
    pub fn check_undefined(&mut self, got: bool) {
        let expected = self.find("undefined").is_some();
        self.seen.insert("undefined".to_owned());
        let error = if got == expected { 0.0 } else { f64::INFINITY };
        self.record("undefined", error, error, || format!("{got}, expected {expected}"));
    }

    /// Leaves a key out on purpose.
    pub fn skip(&mut self, key: &str) {
        self.seen.insert(key.to_owned());
    }

    fn find(&self, key: &str) -> Option<&Value> {
        find(&self.value["expect"], key)
    }

    /// The figure to compare with, where the case has one; that none goes unread is checked
    /// elsewhere.
    fn expected(&mut self, key: &str) -> Option<Value> {
        self.find(key).cloned()
    }

    fn tolerance(&self, key: &str) -> f64 {
        let name = key.split('.').rfind(|part| part.parse::<usize>().is_err()).unwrap_or(key);
        let own = number(&self.value["key_tol"][name]);
        own.or(number(&self.value["rel_tol"])).unwrap_or(1e-10)
    }

    fn compare(&mut self, key: &str, got: f64, absolute: f64) {
        let Some(expected) = self.expected(key) else { return };
        self.seen.insert(key.to_owned());
        let Some(expected) = number(&expected) else { return };
        let tolerance = self.tolerance(key);
        let same = got == expected || (got.is_nan() && expected.is_nan());
        let difference = (got - expected).abs();
        let error = if same {
            0.0
        } else if got.is_finite() && expected.is_finite() {
            if expected == 0.0 { difference } else { difference / expected.abs() }
        } else {
            f64::INFINITY
        };
        let near = difference <= absolute;
        let share = if near { 0.0 } else { error / tolerance };
        self.record(key, if near { 0.0 } else { error }, share, || {
            format!(
                "{got:e}, expected {expected:e}, relative error {error:.1e} beyond {tolerance:.0e}"
            )
        });
    }

    fn record(&mut self, key: &str, error: f64, share: f64, text: impl Fn() -> String) {
        let place = format!("{} {key}", self.id());
        self.worst.figures += 1;
        self.worst.error = self.worst.error.max(error);
        if share > self.worst.share {
            self.worst.share = share;
            self.worst.place.clone_from(&place);
        }
        if !matches!(
            share.partial_cmp(&1.0),
            Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
        ) {
            let line = format!("{place} ({}): {}", self.kind(), text());
            self.worst.failures.push(line);
        }
    }

    /// Fails when a key of `expect` was neither checked nor skipped.
    fn finish(self) {
        self.worst.cases += 1;
        let mut leaves = Vec::new();
        collect("", &self.value["expect"], &mut leaves);
        let skipped = |leaf: &str| {
            self.seen.iter().any(|seen| leaf == seen || leaf.starts_with(&format!("{seen}.")))
        };
        for leaf in leaves.iter().filter(|leaf| !skipped(leaf)) {
            self.worst.failures.push(format!("{} {leaf}: not compared", self.id()));
        }
    }
}

/// What stands at a path. A key may itself hold a point (`gt_3.5`), so that every way of cutting
/// the path is tried, the longest first key before the others.
fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let at = |key: &str| match key.parse::<usize>() {
        Ok(index) if value.is_array() => value.get(index),
        _ => value.get(key),
    };
    if let Some(found) = at(path) {
        return Some(found);
    }
    let cuts = path.rmatch_indices('.').map(|(cut, _)| (&path[..cut], &path[cut + 1..]));
    cuts.filter_map(|(key, rest)| find(at(key)?, rest)).next()
}

/// The paths of all figures under `expect`.
fn collect(path: &str, value: &Value, leaves: &mut Vec<String>) {
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| collect(&join(key), value, leaves))
        }
        Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(i, value)| collect(&join(&i.to_string()), value, leaves));
        }
        Value::Null => {}
        _ => leaves.push(path.to_owned()),
    }
}

/// A number by the conventions of the README; `None` for null and text.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => text.parse().ok(),
        },
        _ => None,
    }
}

/// The numbers of a list, without missing values and NaN.
pub fn values(list: &Value) -> Vec<f64> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(number).filter(|x| !x.is_nan()).collect()
}

/// A sample: listed, generated, or a pattern repeated.
pub fn column(input: &Value, key: &str) -> Vec<Option<f64>> {
    if let Some(list) = input.get(key).and_then(Value::as_array) {
        return list.iter().map(number).collect();
    }
    if let Some(generator) = input.get(format!("{key}_gen")) {
        return splitmix64(generator);
    }
    let Some(first) = input.get("first").and_then(number) else { return Vec::new() };
    let repeated: Vec<_> = match &input["then_repeat"] {
        Value::Array(list) => list.iter().map(number).collect(),
        one => vec![number(one)],
    };
    let repeats = input["repeats"].as_u64().unwrap_or(0) as usize;
    let tail = std::iter::repeat_n(repeated, repeats).flatten();
    std::iter::once(Some(first)).chain(tail).collect()
}

fn splitmix64(generator: &Value) -> Vec<Option<f64>> {
    let scale = number(&generator["scale"]).unwrap_or(1.0);
    let offset = number(&generator["offset"]).unwrap_or(0.0);
    let mut state = generator["seed"].as_u64().unwrap_or(0);
    let n = generator["n"].as_u64().unwrap_or(0);
    (0..n)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            let unit = (z >> 11) as f64 * 2f64.powi(-53);
            Some(offset + scale * unit)
        })
        .collect()
}

#[test]
fn keys_may_hold_points() {
    let value = serde_json::json!({"gt_3.5": 1, "a": {"b_0.1_c": 2, "list": [3]}, "a.b": {"c": 4}});
    for (path, figure) in [("gt_3.5", 1), ("a.b_0.1_c", 2), ("a.list.0", 3), ("a.b.c", 4)] {
        assert_eq!(find(&value, path), Some(&figure.into()), "{path}");
    }
    assert_eq!(find(&value, "a.b_0"), None);
}

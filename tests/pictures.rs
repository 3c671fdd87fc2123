//! The pictures of `docs/statistics.md`, drawn by datacheck from checks that it ran.
//!
//! Each is drawn anew and compared with its file under `docs/pictures/`; `UPDATE_CASES=1` writes
//! the files.

use std::fs;
use std::path::Path;
use std::process::Command;

use datacheck::report::{Chart, Number, Results, margin_standing_alone, standing_alone};
use datacheck::stats::permutation::Random;
use datacheck::stats::special::norm_isf;
use datacheck::stats::{binning, distances};

/// A number in (0, 1).
fn uniform(random: &mut Random) -> f64 {
    ((random.bits() >> 11) as f64 + 0.5) / 2f64.powi(53)
}

fn normals(seed: u64, n: usize, shift: f64) -> Vec<f64> {
    let mut random = Random::new(seed, 0);
    (0..n).map(|_| norm_isf(uniform(&mut random)) + shift).collect()
}

fn column(values: &[f64]) -> String {
    let lines = values.iter().map(|value| format!("{value:.4}\n"));
    std::iter::once("price\n".to_owned()).chain(lines).collect()
}

/// The results of one check on a column of two samples.
fn results(check: &str, data: &[f64], reference: &[f64]) -> Results {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    write("suite.yaml", format!("suite: pictures\ncolumns:\n  price: {{{check}}}\n"));
    write("data.csv", column(data));
    write("reference.csv", column(reference));
    let mut command = Command::new(env!("CARGO_BIN_EXE_datacheck"));
    command.args(["suite.yaml", "--data", "data.csv", "--reference", "reference.csv"]);
    command.args(["--no-report", "--json", "results.json"]);
    let output = command.current_dir(folder.path()).output().expect("datacheck starts");
    let text = fs::read_to_string(folder.path().join("results.json"));
    let text = text.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    Results::from_json(&text).expect("results")
}

fn chart(check: &str, data: &[f64], reference: &[f64]) -> Option<String> {
    standing_alone(results(check, data, reference).checks[0].chart.as_ref()?)
}

fn margin(check: &str, data: &[f64], reference: &[f64]) -> Option<String> {
    margin_standing_alone(results(check, data, reference).checks[0].test.as_ref()?)
}

/// Two distribution functions at a hundred places.
fn functions(to: f64, data: impl Fn(f64) -> f64, reference: impl Fn(f64) -> f64) -> Option<String> {
    let at = |place: i32| to * f64::from(place) / 100.0;
    let point = |place| [at(place), data(at(place)), reference(at(place))].map(Number);
    standing_alone(&Chart::Ecdf { points: (0..=100).map(point).collect(), gap_at: None })
}

/// The stability index of unchanged samples of `n` rows, a thousand times, ascending.
fn noise(n: usize) -> Vec<f64> {
    let index = |draw: u64| {
        let mut random = Random::new(n as u64, draw);
        let mut side = || {
            let mut values: Vec<f64> = (0..n).map(|_| uniform(&mut random)).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let (data, reference) = (side(), side());
        let edges = binning::quantile_edges(&reference, 10).expect("distinct values");
        let count = |side: &[f64]| binning::count_right_closed(side, &edges);
        distances::psi(&count(&data), &count(&reference)).expect("counts").value
    };
    let mut all: Vec<f64> = (0..1000).map(index).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn share_below(sorted: &[f64], x: f64) -> f64 {
    sorted.partition_point(|value| *value <= x) as f64 / sorted.len() as f64
}

/// Each picture with the name of its file.
fn pictures() -> Vec<(&'static str, Option<String>)> {
    let (data, reference) = (normals(1, 300, 0.5), normals(2, 400, 0.0));
    let alike = normals(3, 4000, 0.02);
    let many = normals(4, 4000, 0.0);
    let (few, others) = (noise(100), noise(1000));
    vec![
        ("gap", chart("ks_test: {}", &data, &reference)),
        ("means", chart("t_test: {}", &data, &reference)),
        ("equivalent", margin("t_test: {margin: 0.1}", &alike, &many)),
        ("different", margin("t_test: {margin: 0.1}", &data, &many)),
        ("inconclusive", margin("t_test: {margin: 0.1}", &alike[..300], &many)),
        ("family", functions(0.2, |x| 1.0 - (1.0 - x).powi(20), |x| x)),
        ("noise", functions(0.4, |x| share_below(&few, x), |x| share_below(&others, x))),
    ]
}

#[test]
fn the_guide_shows_what_datacheck_draws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let guide = fs::read_to_string(folder.with_file_name("statistics.md")).expect("the guide");
    for (name, picture) in pictures() {
        let picture = picture.unwrap_or_else(|| panic!("no picture `{name}`"));
        let path = folder.join(format!("{name}.svg"));
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(&path, &picture).expect("written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == picture, "`{name}.svg` is stale: run this once with UPDATE_CASES=1");
        assert!(guide.contains(&format!("pictures/{name}.svg")), "the guide lacks `{name}`");
    }
}

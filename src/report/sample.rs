//! Results made up for tests: small, hostile, large.

use serde_json::json;

use super::results::{DatasetInfo, Results, Role, RunInfo};
use crate::metric::Identity;
use crate::stats::{Effect, Interval, MarginTest, PValue, TestResult};
use crate::verdict::{
    Chart, DistanceResult, EcdfPoint, ExampleRow, Family, MASKED, Observed, Origin, RowCounts,
    Severity, Status, TestVerdict, Verdict,
};

/// A run in which nothing was checked.
pub(super) fn empty() -> Results {
    finished(Results::new(RunInfo::default(), Vec::new(), &[], &[]))
}

/// A handful of checks as a reader meets them.
pub(super) fn few() -> Results {
    let verdicts = [
        row_count(),
        between(),
        ks_test(),
        welch(),
        chi_square(),
        Verdict { status: Status::Pass, ..distance() },
    ];
    let datasets = vec![dataset("rentals", Role::Data), dataset("rentals", Role::Reference)];
    finished(Results::new(run(1), datasets, &[family("rentals")], &verdicts))
}

/// Every status and every part of a verdict, with strings that try to break out.
pub(super) fn every_status() -> Results {
    let mut verdicts = vec![between(), ks_test(), welch(), chi_square(), distance(), hostile()];
    let unread = "the reference `fixtures/gone.parquet` cannot be read: no such file";
    let lone = |check: &str, status: Status, message: &str| Verdict {
        status,
        message: message.to_owned(),
        ..verdict("rentals", Some("host_id"), check)
    };
    verdicts.push(lone("psi", Status::Error, unread));
    verdicts.push(lone("unique", Status::Skip, "skipped: ids are reused until the migration"));
    verdicts.push(Verdict {
        severity: Severity::Warn,
        reason: Some("Hosts keep their id.".into()),
        ..lone(
            "not_null",
            Status::Known,
            "known failure: 3 of 20,000 values are null (ticket RENT-7)",
        )
    });
    verdicts.push(Verdict { observed: Some(Observed::Integer(20_000)), ..row_count() });
    let infinite = Observed::Number(f64::INFINITY);
    verdicts.push(Verdict {
        observed: Some(infinite),
        ..lone("mean", Status::Warn, "the mean of `host_id` is infinite")
    });
    let datasets = vec![
        dataset("rentals", Role::Data),
        dataset("rentals", Role::Reference),
        DatasetInfo {
            path: "data/<script>alert(1)</script>.csv".into(),
            name: Some("hosts & \"guests\"".into()),
            warnings: vec!["no newline at the end | of `file`".into()],
            ..dataset(HOSTILE, Role::Named)
        },
    ];
    finished(Results::new(run(1), datasets, &[family("rentals")], &verdicts))
}

/// So many checks, one in forty of them failing.
pub(super) fn many(n: usize) -> Results {
    let kinds =
        ["type", "not_null", "between", "ks_test", "chi_square_test", "mean", "in_set", "psi"];
    let mut verdicts = Vec::new();
    for place in 0..n {
        let column = format!("feature_{:02}", place / kinds.len());
        let kind = kinds[place % kinds.len()];
        let made = match kind {
            "ks_test" => ks_test(),
            "chi_square_test" => chi_square(),
            "psi" => distance(),
            "between" => between(),
            _ => verdict("rentals", None, kind),
        };
        let failed = place % 40 == 2 || place % 97 == 3;
        let status = if failed { Status::Fail } else { Status::Pass };
        let message = if failed { made.message } else { format!("`{column}` keeps its promise") };
        let (rows, examples) = if failed { (made.rows, made.examples) } else { Default::default() };
        verdicts.push(Verdict {
            id: format!("rentals::{column}::{kind}"),
            scope: "columns",
            column: Some(column),
            check: kind.into(),
            status,
            message,
            rows,
            examples,
            ..made
        });
    }
    let datasets = vec![dataset("rentals", Role::Data), dataset("rentals", Role::Reference)];
    finished(Results::new(run(1), datasets, &[family("rentals")], &verdicts))
}

/// A version that does not change with every release.
fn finished(mut results: Results) -> Results {
    results.datacheck = "0.0.0".into();
    results
}

const HOSTILE: &str = "ho\"st<script>alert(1)</script>|`x`]]>";

fn run(exit_code: u8) -> RunInfo {
    let mut params = serde_json::Map::new();
    params.insert("max_price".into(), json!(350));
    params.insert("city".into(), json!("New York"));
    RunInfo {
        id: "20260324-101203-5f2a".into(),
        started_at: "2026-03-24T10:12:03Z".into(),
        duration_ms: 1_849,
        exit_code,
        command: "datacheck --reference fixtures/rentals_reference.parquet -p max_price=350".into(),
        params,
        git_commit: Some("3f1c9e0".into()),
    }
}

fn dataset(suite: &str, role: Role) -> DatasetInfo {
    let name = if role == Role::Reference { "rentals_reference" } else { "rentals" };
    let identity = Identity {
        path: format!("fixtures/{name}.parquet"),
        format: "parquet".into(),
        rows: Some(20_000),
        columns: 16,
        bytes: 1_412_000,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        modified: Some("2026-03-20T08:00:00Z".into()),
        warnings: Vec::new(),
    };
    DatasetInfo::new(suite, role, None, &identity)
}

fn family(suite: &str) -> Family {
    Family {
        suite: suite.into(),
        size: 12,
        correction: "holm",
        alpha: 0.05,
        sentence: "If nothing has changed, one of the 12 tests of this suite fails by chance in \
                   at most 5 % of runs (holm)."
            .into(),
    }
}

fn verdict(suite: &str, column: Option<&str>, check: &str) -> Verdict {
    let place = column.unwrap_or("table");
    let id = format!("{suite}::{place}::{check}");
    Verdict {
        repeat: format!("datacheck --exact {id}"),
        id,
        suite: suite.into(),
        scope: if column.is_some() { "columns" } else { "table" },
        column: column.map(str::to_owned),
        check: check.into(),
        kind: "row",
        status: Status::Pass,
        severity: Severity::Error,
        tags: Vec::new(),
        reason: None,
        expected: json!({}),
        observed: None,
        rows: RowCounts::default(),
        examples: Vec::new(),
        test: None,
        distance: None,
        chart: None,
        message: format!("`{place}` keeps `{check}`"),
        warnings: Vec::new(),
        source: Origin { file: "expectations/rentals.yaml".into(), line: 21 },
    }
}

fn row_count() -> Verdict {
    Verdict {
        kind: "table",
        expected: json!({"min": 15_000, "max": 1_000_000}),
        observed: Some(Observed::Integer(20_000)),
        message: "20,000 rows, between 15,000 and 1,000,000".into(),
        ..verdict("rentals", None, "row_count")
    }
}

fn between() -> Verdict {
    let cell = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    let example = |row: u64, price: &str, name: Option<&str>| ExampleRow {
        row,
        cells: vec![
            cell("price", price),
            ("name".into(), name.map(str::to_owned)),
            cell("email", MASKED),
        ],
    };
    Verdict {
        status: Status::Fail,
        tags: vec!["money".into(), "nightly".into()],
        reason: Some(
            "Prices outside this range were typing mistakes in every case we looked into.".into(),
        ),
        expected: json!({"min": 10, "max": 350}),
        observed: Some(Observed::List(vec!["0".into(), "5000".into()])),
        rows: RowCounts { examined: Some(19_988), skipped: Some(12), violations: Some(15) },
        examples: vec![
            example(17, "5000", Some("Loft mit Blick über die Stadt")),
            example(1_204, "0", None),
            example(1_990, "-1", Some("")),
            example(4_711, "351.5", Some("静かな部屋")),
            example(15_000, "9999", Some("Cozy\u{202e}moor")),
            example(19_999, "8", Some("Private room")),
        ],
        message: "15 of 19,988 values of `price` lie outside 10 to 350".into(),
        source: Origin { file: "expectations/rentals.yaml".into(), line: 20 },
        ..verdict("rentals", Some("price"), "between")
    }
}

fn test_verdict(result: TestResult, p_adjusted: PValue) -> TestVerdict {
    TestVerdict {
        result,
        dropped: vec![12, 0],
        p_adjusted: Some(p_adjusted),
        alpha: 0.05,
        in_family: true,
        power: 0.8,
    }
}

fn test_result(name: &'static str, symbol: &'static str, statistic: f64, p: PValue) -> TestResult {
    let ci = Interval { low: statistic - 0.014, high: statistic + 0.014, level: 0.95 };
    TestResult {
        name,
        symbol,
        statistic,
        p,
        n: vec![19_988, 18_000],
        df: None,
        exact: false,
        method: "asymptotic, ties allowed",
        effect: Effect { name: "D", value: statistic, ci },
        margin: None,
        detectable: Some(0.014_23),
        warnings: Vec::new(),
    }
}

fn ks_test() -> Verdict {
    let cdf = |x: f64, middle: f64| 1.0 / (1.0 + (-(x - middle) / 28.0).exp());
    let points = (0..400).map(|step| {
        let x = f64::from(step * step) / 160.0;
        EcdfPoint { x, data: cdf(x, 148.0), reference: cdf(x, 136.0) }
    });
    let result = test_result("ks_2samp", "D", 0.106_711_253, PValue::from_ln(-1_000.5));
    Verdict {
        status: Status::Fail,
        kind: "statistical",
        expected: json!({}),
        observed: Some(Observed::Number(0.106_711_253)),
        test: Some(test_verdict(result, PValue::from_ln(-998.0))),
        chart: Some(Chart::Ecdf { points: points.collect(), gap_at: Some(142.0) }),
        message: "the distribution of `price` differs from the reference: D = 0.1067, \
                  adjusted p < 1e-300"
            .into(),
        warnings: vec!["ties: 812 distinct values among 37,988".into()],
        ..verdict("rentals", Some("price"), "ks_test")
    }
}

fn welch() -> Verdict {
    let mut result = test_result("welch_t", "t", 2.214_7, PValue::new(0.026_8));
    result.df = Some(37_411.27);
    result.method = "t distribution";
    result.effect = Effect {
        name: "hedges_g",
        value: 0.0872,
        ci: Interval { low: 0.066, high: 0.1084, level: 0.9 },
    };
    result.margin = Some(MarginTest {
        margin: 0.1,
        p_beyond: PValue::new(0.31),
        p_within: PValue::new(0.118),
        rows_to_settle: Some(88_000),
    });
    Verdict {
        status: Status::Warn,
        severity: Severity::Warn,
        kind: "statistical",
        expected: json!({"margin": 0.1, "severity": "warn"}),
        observed: Some(Observed::Number(2.214_7)),
        test: Some(test_verdict(result, PValue::new(0.31))),
        chart: Some(Chart::Means { data: [148.2, 146.9, 149.5], reference: [145.1, 143.8, 146.4] }),
        message: "inconclusive: the means of `price` may differ by more than the margin; 88,000 \
                  rows on each side would settle it"
            .into(),
        ..verdict("rentals", Some("price"), "t_test")
    }
}

fn chi_square() -> Verdict {
    let mut result = test_result("chi2_contingency", "X2", 1.274, PValue::new(0.735));
    result.df = Some(3.0);
    result.effect.name = "cramers_v";
    result.effect.value = 0.0058;
    result.effect.ci = Interval { low: 0.0, high: 0.0151, level: 0.95 };
    result.method = "chi-square distribution";
    let labels =
        ["Entire home/apt", "Private room", "Shared room", "Hotel room with a very long name"];
    Verdict {
        kind: "statistical",
        expected: json!({}),
        observed: Some(Observed::Number(1.274)),
        test: Some(test_verdict(result, PValue::new(1.0))),
        chart: Some(Chart::Shares {
            labels: labels.map(str::to_owned).to_vec(),
            data: vec![0.522, 0.451, 0.0241, 0.0029],
            reference: vec![0.5197, 0.4569, 0.0234, 0.0],
        }),
        message: "the shares of `room_type` agree with the reference: X2 = 1.274, adjusted p = 1"
            .into(),
        ..verdict("rentals", Some("room_type"), "chi_square_test")
    }
}

fn distance() -> Verdict {
    let bins: Vec<f64> = (1..=20).map(|bin| f64::from(bin) / 210.0).collect();
    let reversed: Vec<f64> = bins.iter().rev().copied().collect();
    Verdict {
        status: Status::Fail,
        kind: "distance",
        expected: json!({"max": 0.1}),
        observed: Some(Observed::Number(0.2415)),
        distance: Some(DistanceResult {
            name: "psi",
            value: 0.2415,
            unit: Some("nats"),
            max: 0.1,
            noise_mean: 0.0011,
            noise_p95: 0.0019,
            p_value: Some(3.4e-17),
        }),
        chart: Some(Chart::Shares {
            labels: (1..=20).map(|bin| format!("up to {}", bin * 25)).collect(),
            data: bins,
            reference: reversed,
        }),
        message: "psi of `minimum_nights` is 0.2415, above 0.1".into(),
        ..verdict("rentals", Some("minimum_nights"), "psi")
    }
}

/// Everything a value may hold that a format gives a meaning to.
fn hostile() -> Verdict {
    let text = "<img src=x onerror=alert(1)>\u{1b}[31mred\u{7}\n\r\n| a | `b` ]]> & \
                \u{202e}evil @admin #1 % ::";
    Verdict {
        status: Status::Fail,
        kind: "row",
        column: Some("na|me".into()),
        tags: vec!["<b>".into(), "a,b".into()],
        reason: Some(text.into()),
        expected: json!({"that": text, "pattern": "^\\d+$\"'"}),
        observed: Some(Observed::Text(text.into())),
        rows: RowCounts { examined: Some(3), skipped: Some(0), violations: Some(3) },
        examples: vec![ExampleRow {
            row: 1,
            cells: vec![
                ("a\" onload=\"x".into(), Some(text.into())),
                ("a\" onload=\"x".into(), None),
                ("</style></script>".into(), Some("x".repeat(500))),
            ],
        }],
        message: format!("`na|me` holds {text}"),
        warnings: vec![text.into()],
        source: Origin { file: "expectations/a b,c:d%\n.yaml".into(), line: 7 },
        repeat: "datacheck --exact 'x' && echo \"</script>\"".into(),
        ..verdict(HOSTILE, Some("na|me"), "matches")
    }
}

#!/usr/bin/env python3
"""The benchmark's works, done with other tools: `peers.py TOOL WORK CURRENT REFERENCE`.

Installed with `python -m venv VENV && VENV/bin/pip install -r benches/peers/requirements.txt`. Each run is a process of
its own and exits with 1 where a check does not hold, so that nobody is fast by not looking. A tool does those of the
46 checks that it has; which, stands in its function. Python's polars runs polars' Rust engine: the query is planned and
executed there, and Python's start (about 0.1 s) is all that it adds.
"""
import sys

NOT_NULL = ["listing_id", "host_id", "host_seq", "latitude", "price", "created_at", "neighbourhood_group", "email"]
MOSTLY = {"reviews_per_month": 0.95, "bedrooms": 0.95}
BETWEEN = {"latitude": (39.0, 43.0), "price": (0.01, 100000.0), "rating": (1.0, 5.0), "bedrooms": (0, 12)}
SETS = {"neighbourhood_group": ["Manhattan", "Brooklyn", "Queens", "Bronx", "Staten Island"],
        "room_type": ["Entire home/apt", "Private room", "Shared room", "Hotel room"]}
EMAIL = r"^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$"
COLUMNS = ["listing_id", "host_id", "host_seq", "latitude", "price", "reviews_per_month", "rating", "instant_bookable",
           "last_review", "created_at", "neighbourhood_group", "neighbourhood", "name", "email", "cleaning_fee",
           "security_deposit", "bedrooms", "room_type"]
KS = ["latitude", "price", "reviews_per_month", "rating"]
WELCH = ["price", "latitude"]
CHI2 = ["neighbourhood_group", "room_type"]


def judged(checks):
    """Fails the process unless all checks hold."""
    broken = [name for name, held in checks.items() if not held]
    print(len(checks), "checks,", "broken:", broken)
    sys.exit(1 if broken or not checks else 0)


# --- polars ----------------------------------------------------------------------------------------------------------

def polars_types():
    import polars as pl
    return {"listing_id": pl.Int64, "host_id": pl.Int64, "host_seq": pl.Int32, "latitude": pl.Float64,
            "price": pl.Float64, "reviews_per_month": pl.Float64, "rating": pl.Float64, "instant_bookable": pl.Boolean,
            "last_review": pl.Date, "created_at": pl.Datetime("us", "UTC"), "neighbourhood_group": pl.String,
            "neighbourhood": pl.String, "name": pl.String, "email": pl.String, "cleaning_fee": pl.Int64,
            "security_deposit": pl.Int64, "bedrooms": pl.Int32}


def polars_deterministic(current, _):
    """All 46 checks as one fused query of the streaming engine."""
    import polars as pl
    c = pl.col
    frame = pl.scan_parquet(current)
    schema = frame.collect_schema()
    wanted = [pl.len().alias("rows")]
    wanted += [c(name).null_count().alias(f"null {name}") for name in NOT_NULL + list(MOSTLY)]
    wanted += [c(name).is_between(low, high).not_().sum().alias(f"between {name}")
               for name, (low, high) in BETWEEN.items()]
    wanted += [c(name).cast(pl.String).is_in(values).not_().sum().alias(f"set {name}") for name, values in SETS.items()]
    wanted += [
        c("email").str.contains(EMAIL).not_().sum().alias("email"),
        c("listing_id").n_unique().alias("ids"),
        pl.struct("host_id", "host_seq").n_unique().alias("seats"),
        c("name").str.len_chars().is_between(5, 80).not_().sum().alias("name"),
        c("price").mean().alias("mean"), c("latitude").std().alias("std"),
        c("price").quantile(0.5, "linear").alias("p50"), c("price").quantile(0.95, "linear").alias("p95"),
        c("neighbourhood").n_unique().alias("hoods"),
        (c("cleaning_fee") <= c("security_deposit")).not_().sum().alias("fees"),
    ]
    found = frame.select(wanted).collect(engine="streaming").row(0, named=True)
    rows = found["rows"]
    checks = {"columns": schema.names() == COLUMNS, "rows": 500 <= rows <= 1_000_000_000}
    checks |= {f"type {name}": schema[name] == kind for name, kind in polars_types().items()}
    checks["type room_type"] = schema["room_type"] in (pl.Categorical, pl.String)
    checks |= {f"null {name}": found[f"null {name}"] == 0 for name in NOT_NULL}
    checks |= {f"null {name}": 1 - found[f"null {name}"] / rows >= share for name, share in MOSTLY.items()}
    checks |= {name: found[name] == 0 for name in found if name.startswith(("between", "set"))}
    checks |= {"email": found["email"] == 0, "name": found["name"] == 0, "fees": found["fees"] == 0,
               "ids": found["ids"] == rows, "seats": found["seats"] == rows, "mean": 100 <= found["mean"] <= 180,
               "std": 0.04 <= found["std"] <= 0.07, "p50": 90 <= found["p50"] <= 140,
               "p95": 250 <= found["p95"] <= 400, "hoods": 200 <= found["hoods"] <= 600}
    judged(checks)


def polars_statistical(current, reference):
    """Sorts both sides of each column and merges them; the laws are SciPy's."""
    import numpy as np
    import polars as pl
    from scipy import stats

    def column(path, name):
        frame = pl.scan_parquet(path).select(pl.col(name).drop_nulls().sort())
        return frame.collect(engine="streaming").to_series().to_numpy()

    checks = {}
    for name in KS:
        a, b = column(current, name), column(reference, name)
        both = np.concatenate([a, b])
        both.sort(kind="stable")
        d = np.abs(np.searchsorted(a, both, side="right") / len(a) - np.searchsorted(b, both, side="right") / len(b)).max()
        p = stats.kstwobign.sf(d * np.sqrt(len(a) * len(b) / (len(a) + len(b))))
        checks[f"ks {name}"] = 0 <= p <= 1
        if name in WELCH:
            test = stats.ttest_ind_from_stats(a.mean(), a.std(ddof=1), len(a), b.mean(), b.std(ddof=1), len(b), False)
            checks[f"welch {name}"] = 0 <= test.pvalue <= 1
            edges = np.quantile(b, np.linspace(0, 1, 11))[1:-1]
            share = [np.diff(np.r_[0, np.searchsorted(side, edges, side="right"), len(side)]) / len(side) for side in (a, b)]
            checks[f"psi {name}"] = ((share[0] - share[1]) * np.log(share[0] / share[1])).sum() < 0.25
    for name in CHI2:
        counts = [pl.scan_parquet(path).group_by(pl.col(name).cast(pl.String)).len().collect(engine="streaming").sort(name)
                  for path in (current, reference)]
        test = stats.chi2_contingency(np.array([side["len"].to_numpy() for side in counts]), correction=False)
        checks[f"chi2 {name}"] = 0 <= test.pvalue <= 1
    judged(checks)


def polars_scan(current, _):
    """A scan of a CSV with its types known, each column touched once: what any check has to pay."""
    import polars as pl
    types = polars_types() | {"room_type": pl.String}
    frame = pl.scan_csv(current, schema=types)
    found = frame.select(pl.all().null_count()).collect(engine="streaming")
    judged({"read": found.width == 18})


# --- DuckDB ----------------------------------------------------------------------------------------------------------

def duckdb_deterministic(current, _):
    """All 46 checks: one query for those over rows, one each for the two keys."""
    import duckdb
    connection = duckdb.connect()
    connection.execute(f"create view t as select * from read_parquet('{current}')")
    types = {name: kind for name, kind, *_ in connection.execute("describe t").fetchall()}
    wanted = ["count(*) as rows"]
    wanted += [f"count(*) - count({name}) as null_{name}" for name in NOT_NULL + list(MOSTLY)]
    wanted += [f"count(*) filter (where not ({name} between {low} and {high})) as between_{name}"
               for name, (low, high) in BETWEEN.items()]
    quoted = {name: ", ".join(f"'{value}'" for value in values) for name, values in SETS.items()}
    wanted += [f"count(*) filter (where {name} not in ({values})) as set_{name}" for name, values in quoted.items()]
    wanted += [f"count(*) filter (where not regexp_matches(email, '{EMAIL}')) as email",
               "count(*) filter (where not (length(name) between 5 and 80)) as name", "avg(price) as mean",
               "stddev_samp(latitude) as std", "quantile_cont(price, 0.5) as p50", "quantile_cont(price, 0.95) as p95",
               "count(distinct neighbourhood) as hoods",
               "count(*) filter (where not (cleaning_fee <= security_deposit)) as fees"]
    result = connection.execute(f"select {', '.join(wanted)} from t")
    found = dict(zip([column[0] for column in result.description], result.fetchone()))
    ids = connection.execute("select count(distinct listing_id) from t").fetchone()[0]
    seats = connection.execute("select count(*) from (select distinct host_id, host_seq from t)").fetchone()[0]
    rows = found["rows"]
    checks = {"columns": list(types) == COLUMNS, "rows": 500 <= rows <= 1_000_000_000}
    checks |= {f"type {name}": bool(kind) for name, kind in types.items()}
    checks |= {f"null {name}": found[f"null_{name}"] == 0 for name in NOT_NULL}
    checks |= {f"null {name}": 1 - found[f"null_{name}"] / rows >= share for name, share in MOSTLY.items()}
    checks |= {name: found[name] == 0 for name in found if name.startswith(("between", "set"))}
    checks |= {"email": found["email"] == 0, "name": found["name"] == 0, "fees": found["fees"] == 0, "ids": ids == rows,
               "seats": seats == rows, "mean": 100 <= found["mean"] <= 180, "std": 0.04 <= found["std"] <= 0.07,
               "p50": 90 <= found["p50"] <= 140, "p95": 250 <= found["p95"] <= 400, "hoods": 200 <= found["hoods"] <= 600}
    judged(checks)


def duckdb_statistical(current, reference):
    """The gap of the two distribution functions by window sums over tied values; counts by groups."""
    import duckdb
    import numpy as np
    from scipy import stats
    connection = duckdb.connect()
    connection.execute(f"create view a as select * from read_parquet('{current}')")
    connection.execute(f"create view b as select * from read_parquet('{reference}')")
    one = lambda query: connection.execute(query).fetchone()
    checks = {}
    for name in KS:
        n, m = (one(f"select count({name}) from {side}")[0] for side in "ab")
        d = one(f"""select max(abs(fa - fb)) from (select sum(x) over w / {n} as fa, sum(y) over w / {m} as fb from (
                select v, sum(x) as x, sum(y) as y from (
                    select {name} as v, 1 as x, 0 as y from a where {name} is not null union all
                    select {name} as v, 0 as x, 1 as y from b where {name} is not null) group by v)
                window w as (order by v))""")[0]
        checks[f"ks {name}"] = 0 <= stats.kstwobign.sf(float(d) * np.sqrt(n * m / (n + m))) <= 1
    for name in WELCH:
        sides = [one(f"select avg({name}), stddev_samp({name}), count({name}) from {side}") for side in "ab"]
        test = stats.ttest_ind_from_stats(*sides[0], *sides[1], False)
        checks[f"welch {name}"] = 0 <= test.pvalue <= 1
        cuts = one(f"select quantile_cont({name}, {[i / 10 for i in range(1, 10)]}) from b")[0]
        bins = " + ".join(f"({name} > {cut})::int" for cut in cuts)
        share = [np.array([count for _, count in connection.execute(
            f"select {bins} as bin, count(*) from {side} where {name} is not null group by bin order by bin").fetchall()])
            for side in "ab"]
        share = [counts / counts.sum() for counts in share]
        checks[f"psi {name}"] = ((share[0] - share[1]) * np.log(share[0] / share[1])).sum() < 0.25
    for name in CHI2:
        counts = [[count for _, count in connection.execute(
            f"select {name}, count(*) from {side} group by 1 order by 1").fetchall()] for side in "ab"]
        checks[f"chi2 {name}"] = 0 <= stats.chi2_contingency(np.array(counts), correction=False).pvalue <= 1
    judged(checks)


# --- pandera ---------------------------------------------------------------------------------------------------------

def pandera_deterministic(current, _):
    """On polars: types, nulls, ranges, sets, pattern, both keys, length; no quantiles, mean or share of nulls."""
    import pandera.polars as pa
    import polars as pl
    checks = {name: [pa.Check.between(low, high)] for name, (low, high) in BETWEEN.items()}
    checks["neighbourhood_group"] = [pa.Check.isin(SETS["neighbourhood_group"])]
    checks["email"] = [pa.Check.str_matches(EMAIL)]
    checks["name"] = [pa.Check.str_length(5, 80)]
    columns = {name: pa.Column(kind, checks.get(name), nullable=name not in NOT_NULL, unique=name == "listing_id")
               for name, kind in polars_types().items()}
    schema = pa.DataFrameSchema(columns, unique=["host_id", "host_seq"],
                                checks=[pa.Check(lambda data: data.lazyframe.select(
                                    pl.col("cleaning_fee") <= pl.col("security_deposit")))])
    schema.validate(pl.read_parquet(current, columns=list(columns)), lazy=True)
    judged({"all": True})


# --- pointblank ------------------------------------------------------------------------------------------------------

def pointblank_deterministic(current, _):
    """On polars: what pandera has, shares of nulls, row count and the order of two columns."""
    import pointblank as pb
    import polars as pl
    frame = pl.read_parquet(current)
    steps = pb.Validate(frame).col_exists(COLUMNS).col_vals_not_null(NOT_NULL)
    for name, share in MOSTLY.items():
        steps = steps.col_vals_not_null(name, thresholds=1 - share)
    for name, (low, high) in BETWEEN.items():
        steps = steps.col_vals_between(name, low, high, na_pass=True)
    for name, values in SETS.items():
        steps = steps.col_vals_in_set(name, values)
    steps = steps.col_vals_regex("email", EMAIL).rows_distinct(["listing_id"]).rows_distinct(["host_id", "host_seq"])
    steps = steps.col_vals_le("cleaning_fee", pb.col("security_deposit")).interrogate()
    judged({str(step): share is not None and share >= 0.95 for step, share in steps.f_passed().items()})


# --- Great Expectations ----------------------------------------------------------------------------------------------

def great_expectations_deterministic(current, _):
    """On pandas: all but the types."""
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("current")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": pd.read_parquet(current)})
    suite = context.suites.add(gx.ExpectationSuite("suite"))
    wanted = [gxe.ExpectTableColumnsToMatchOrderedList(column_list=COLUMNS),
              gxe.ExpectTableRowCountToBeBetween(min_value=500, max_value=1_000_000_000)]
    wanted += [gxe.ExpectColumnValuesToNotBeNull(column=name) for name in NOT_NULL]
    wanted += [gxe.ExpectColumnValuesToNotBeNull(column=name, mostly=share) for name, share in MOSTLY.items()]
    wanted += [gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)
               for name, (low, high) in BETWEEN.items()]
    wanted += [gxe.ExpectColumnValuesToBeInSet(column=name, value_set=values) for name, values in SETS.items()]
    wanted += [gxe.ExpectColumnValuesToMatchRegex(column="email", regex=EMAIL),
               gxe.ExpectColumnValuesToBeUnique(column="listing_id"),
               gxe.ExpectCompoundColumnsToBeUnique(column_list=["host_id", "host_seq"]),
               gxe.ExpectColumnValueLengthsToBeBetween(column="name", min_value=5, max_value=80),
               gxe.ExpectColumnMeanToBeBetween(column="price", min_value=100, max_value=180),
               gxe.ExpectColumnStdevToBeBetween(column="latitude", min_value=0.04, max_value=0.07),
               gxe.ExpectColumnQuantileValuesToBeBetween(column="price", quantile_ranges={
                   "quantiles": [0.5, 0.95], "value_ranges": [[90, 140], [250, 400]]}),
               gxe.ExpectColumnUniqueValueCountToBeBetween(column="neighbourhood", min_value=200, max_value=600),
               gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="security_deposit", column_B="cleaning_fee",
                                                           or_equal=True)]
    for expectation in wanted:
        suite.add_expectation(expectation)
    result = batch.validate(suite, result_format="BOOLEAN_ONLY")
    judged({str(number): one.success for number, one in enumerate(result.results)})


# --- Evidently -------------------------------------------------------------------------------------------------------

def evidently_statistical(current, reference):
    """On pandas, with the tests that datacheck makes; it needs a pandas of its own, `benches/peers/evidently.txt`."""
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift
    sides = [pd.read_parquet(path, columns=KS + CHI2) for path in (current, reference)]
    definition = DataDefinition(numerical_columns=KS, categorical_columns=CHI2)
    sides = [Dataset.from_pandas(side, definition) for side in sides]
    wanted = [("ks", KS), ("t_test", WELCH), ("chisquare", CHI2), ("psi", WELCH)]
    metrics = [ValueDrift(column=name, method=method) for method, names in wanted for name in names]
    found = Report(metrics).run(*sides).dict()["metrics"]
    judged({f"{number}": one["value"] is not None for number, one in enumerate(found)})


if __name__ == "__main__":
    tool, work, current, reference = sys.argv[1:5]
    globals()[f"{tool}_{work}"](current, reference)

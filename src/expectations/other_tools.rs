//! What other tools call the checks: who types their names is told ours.

use super::{Definition, Scope, find};

/// Names of each tool, each with the name of the same check here.
const TOOLS: [(&str, &[(&str, &str)]); 8] = [
    ("Great Expectations", GREAT_EXPECTATIONS),
    ("dbt", DBT),
    ("pandera", PANDERA),
    ("Soda", SODA),
    ("Deequ", DEEQU),
    ("pointblank", POINTBLANK),
    ("frictionless", FRICTIONLESS),
    ("pandas", PANDAS),
];

const GREAT_EXPECTATIONS: &[(&str, &str)] = &[
    ("expect_column_to_exist", "columns"),
    ("expect_column_values_to_not_be_null", "not_null"),
    ("expect_column_values_to_be_null", "is_null"),
    ("expect_column_values_to_be_unique", "unique"),
    ("expect_column_values_to_be_in_set", "in_set"),
    ("expect_column_values_to_not_be_in_set", "not_in_set"),
    ("expect_column_values_to_be_between", "between"),
    ("expect_column_values_to_match_regex", "matches"),
    ("expect_column_values_to_match_regex_list", "matches"),
    ("expect_column_values_to_not_match_regex", "not_matches"),
    ("expect_column_values_to_not_match_regex_list", "not_matches"),
    ("expect_column_values_to_match_like_pattern", "like"),
    ("expect_column_values_to_match_like_pattern_list", "like"),
    ("expect_column_values_to_not_match_like_pattern", "not_like"),
    ("expect_column_values_to_not_match_like_pattern_list", "not_like"),
    ("expect_column_value_lengths_to_be_between", "length"),
    ("expect_column_value_lengths_to_equal", "length"),
    ("expect_column_values_to_be_of_type", "type"),
    ("expect_column_values_to_be_in_type_list", "type"),
    ("expect_column_values_to_be_increasing", "increasing"),
    ("expect_column_values_to_be_decreasing", "decreasing"),
    ("expect_column_values_to_match_strftime_format", "datetime_format"),
    ("expect_column_values_to_be_dateutil_parseable", "datetime_format"),
    ("expect_column_values_to_be_json_parseable", "format"),
    ("expect_column_values_to_match_json_schema", "json_schema"),
    ("expect_column_values_to_be_equal_to", "equal_to"),
    ("expect_column_distinct_values_to_be_in_set", "distinct_set"),
    ("expect_column_distinct_values_to_contain_set", "distinct_set"),
    ("expect_column_distinct_values_to_equal_set", "distinct_set"),
    ("expect_column_unique_value_count_to_be_between", "distinct_count"),
    ("expect_column_distinct_count_to_equal", "distinct_count"),
    ("expect_column_proportion_of_unique_values_to_be_between", "unique_fraction"),
    ("expect_column_proportion_of_non_null_values_to_be_between", "null_fraction"),
    ("expect_column_most_common_value_to_be_in_set", "most_common_in"),
    ("expect_column_max_to_be_between", "max"),
    ("expect_column_min_to_be_between", "min"),
    ("expect_column_mean_to_be_between", "mean"),
    ("expect_column_median_to_be_between", "median"),
    ("expect_column_sum_to_be_between", "sum"),
    ("expect_column_stdev_to_be_between", "stddev"),
    ("expect_column_quantile_values_to_be_between", "quantile"),
    ("expect_column_value_z_scores_to_be_less_than", "no_outliers"),
    ("expect_column_values_to_be_within_n_stdevs", "no_outliers"),
    ("expect_column_kl_divergence_to_be_less_than", "kl_divergence"),
    ("expect_column_chisquare_test_p_value_to_be_greater_than", "chi_square_test"),
    ("expect_column_bootstrapped_ks_test_p_value_to_be_greater_than", "ks_test"),
    ("expect_column_pair_values_to_be_equal", "columns_equal"),
    ("expect_column_pair_values_a_to_be_greater_than_b", "compare_columns"),
    ("expect_column_pair_values_to_be_in_set", "pair_in_set"),
    ("expect_compound_columns_to_be_unique", "unique"),
    ("expect_select_column_values_to_be_unique_within_record", "unique_within_row"),
    ("expect_multicolumn_values_to_be_unique", "unique_within_row"),
    ("expect_multicolumn_sum_to_equal", "sum_equals"),
    ("expect_table_row_count_to_be_between", "row_count"),
    ("expect_table_row_count_to_equal", "row_count"),
    ("expect_table_row_count_to_equal_other_table", "row_count_vs"),
    ("expect_table_column_count_to_be_between", "column_count"),
    ("expect_table_column_count_to_equal", "column_count"),
    ("expect_table_columns_to_match_ordered_list", "columns"),
    ("expect_table_columns_to_match_set", "columns"),
    ("expect_row_values_to_have_recent_data", "fresh"),
    ("expect_query_results_to_match_comparison", "sql"),
    ("unexpected_rows_expectation", "sql"),
];

const DBT: &[(&str, &str)] = &[
    ("accepted_values", "in_set"),
    ("not_accepted_values", "not_in_set"),
    ("relationships", "foreign_key"),
    ("relationships_where", "foreign_key"),
    ("unique_combination_of_columns", "unique"),
    ("accepted_range", "between"),
    ("expression_is_true", "rows"),
    ("not_empty_string", "not_blank"),
    ("recency", "fresh"),
    ("equal_rowcount", "row_count_vs"),
    ("fewer_rows_than", "row_count_vs"),
    ("equality", "matches_table"),
    ("at_least_one", "null_fraction"),
    ("not_null_proportion", "null_fraction"),
    ("cardinality_equality", "distinct_set"),
    ("sequential_values", "no_gaps"),
    ("mutually_exclusive_ranges", "no_overlapping_ranges"),
];

const PANDERA: &[(&str, &str)] = &[
    ("isin", "in_set"),
    ("notin", "not_in_set"),
    ("in_range", "between"),
    ("greater_than", "between"),
    ("greater_than_or_equal_to", "between"),
    ("less_than", "between"),
    ("less_than_or_equal_to", "between"),
    ("gt", "between"),
    ("ge", "between"),
    ("lt", "between"),
    ("le", "between"),
    ("eq", "equal_to"),
    ("ne", "not_equal_to"),
    ("str_matches", "matches"),
    ("str_contains", "contains"),
    ("str_startswith", "starts_with"),
    ("str_endswith", "ends_with"),
    ("str_length", "length"),
    ("unique_values_eq", "distinct_set"),
    ("nullable", "not_null"),
    ("dtype", "type"),
];

const SODA: &[(&str, &str)] = &[
    ("missing_count", "not_null"),
    ("missing_percent", "null_fraction"),
    ("missing", "not_null"),
    ("duplicate_count", "unique"),
    ("duplicate_percent", "unique"),
    ("duplicate", "unique"),
    ("invalid_count", "in_set"),
    ("invalid_percent", "in_set"),
    ("invalid", "in_set"),
    ("valid_values", "in_set"),
    ("valid_regex", "matches"),
    ("valid_format", "format"),
    ("valid_min", "between"),
    ("valid_max", "between"),
    ("valid_length", "length"),
    ("avg", "mean"),
    ("avg_length", "length"),
    ("min_length", "length"),
    ("max_length", "length"),
    ("freshness", "fresh"),
    ("schema", "columns"),
    ("failed_rows", "sql"),
    ("distribution", "drift"),
    ("percentile", "quantile"),
    ("reconciliation", "reconcile"),
];

const DEEQU: &[(&str, &str)] = &[
    ("isComplete", "not_null"),
    ("hasCompleteness", "null_fraction"),
    ("areComplete", "rows_complete"),
    ("areAnyComplete", "at_least_one_of"),
    ("isUnique", "unique"),
    ("isPrimaryKey", "primary_key"),
    ("hasUniqueness", "unique_fraction"),
    ("hasDistinctness", "unique_fraction"),
    ("hasUniqueValueRatio", "unique_fraction"),
    ("hasNumberOfDistinctValues", "distinct_count"),
    ("hasSize", "row_count"),
    ("hasColumnCount", "column_count"),
    ("hasMin", "min"),
    ("hasMax", "max"),
    ("hasMean", "mean"),
    ("hasSum", "sum"),
    ("hasStandardDeviation", "stddev"),
    ("hasApproxQuantile", "quantile"),
    ("hasExactQuantile", "quantile"),
    ("hasApproxCountDistinct", "distinct_count"),
    ("hasEntropy", "entropy"),
    ("hasCorrelation", "correlation"),
    ("hasMinLength", "length"),
    ("hasMaxLength", "length"),
    ("hasPattern", "matches"),
    ("containsEmail", "format"),
    ("containsURL", "format"),
    ("containsCreditCardNumber", "format"),
    ("hasDataType", "type"),
    ("isNonNegative", "between"),
    ("isPositive", "between"),
    ("isLessThan", "compare_columns"),
    ("isLessThanOrEqualTo", "compare_columns"),
    ("isGreaterThan", "compare_columns"),
    ("isGreaterThanOrEqualTo", "compare_columns"),
    ("isContainedIn", "in_set"),
    ("satisfies", "rows"),
];

const POINTBLANK: &[(&str, &str)] = &[
    ("col_vals_between", "between"),
    ("col_vals_outside", "not_between"),
    ("col_vals_gt", "between"),
    ("col_vals_ge", "between"),
    ("col_vals_lt", "between"),
    ("col_vals_le", "between"),
    ("col_vals_eq", "equal_to"),
    ("col_vals_ne", "not_equal_to"),
    ("col_vals_in_set", "in_set"),
    ("col_vals_not_in_set", "not_in_set"),
    ("col_vals_null", "is_null"),
    ("col_vals_not_null", "not_null"),
    ("col_vals_regex", "matches"),
    ("col_vals_expr", "rows"),
    ("col_vals_increasing", "increasing"),
    ("col_vals_decreasing", "decreasing"),
    ("col_vals_within_spec", "format"),
    ("col_exists", "columns"),
    ("col_schema_match", "columns"),
    ("rows_distinct", "no_duplicate_rows"),
    ("row_count_match", "row_count_vs"),
    ("col_count_match", "column_count"),
    ("tbl_match", "matches_table"),
    ("conjointly", "rows"),
];

const FRICTIONLESS: &[(&str, &str)] = &[
    ("required", "not_null"),
    ("enum", "in_set"),
    ("minimum", "between"),
    ("maximum", "between"),
    ("minLength", "length"),
    ("maxLength", "length"),
    ("pattern", "matches"),
    ("primaryKey", "primary_key"),
    ("foreignKey", "foreign_key"),
    ("duplicate-row", "no_duplicate_rows"),
    ("table-dimensions", "row_count"),
    ("forbidden-value", "not_in_set"),
    ("row-constraint", "rows"),
    ("sequential-value", "no_gaps"),
    ("deviated-value", "no_outliers"),
];

const PANDAS: &[(&str, &str)] = &[
    ("notna", "not_null"),
    ("notnull", "not_null"),
    ("isna", "is_null"),
    ("isnull", "is_null"),
    ("nunique", "distinct_count"),
    ("is_unique", "unique"),
    ("duplicated", "no_duplicate_rows"),
    ("std", "stddev"),
    ("var", "variance"),
    ("skew", "skewness"),
    ("kurt", "kurtosis"),
    ("corr", "correlation"),
    ("is_monotonic_increasing", "increasing"),
    ("is_monotonic_decreasing", "decreasing"),
];

/// A tool that calls a check by this name, and the check.
pub fn known_as(name: &str) -> Option<(&'static str, &'static Definition)> {
    let name = name.rsplit('.').next().unwrap_or(name);
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let name = plain(name);
    TOOLS.iter().find_map(|(tool, names)| {
        let (_, ours) = names.iter().find(|(theirs, _)| plain(theirs) == name)?;
        Some((*tool, find(ours)?))
    })
}

/// What each tool that has the check calls it.
pub fn names_elsewhere(definition: &Definition) -> Vec<(&'static str, Vec<&'static str>)> {
    let of_tool = |(tool, names): (&'static str, &'static [(&'static str, &'static str)])| {
        let names = names.iter().filter(|(_, ours)| *ours == definition.name);
        (tool, names.map(|(theirs, _)| *theirs).collect::<Vec<&str>>())
    };
    TOOLS.into_iter().map(of_tool).filter(|(_, names)| !names.is_empty()).collect()
}

/// What to write instead of another tool's name, and where.
pub fn translated(name: &str) -> Option<String> {
    let (tool, definition) = known_as(name)?;
    let place = match definition.scope {
        Scope::Table => ", under `table:`",
        Scope::Rows => ": write the predicate under `rows:`, with a name",
        Scope::Column | Scope::Both => "",
    };
    let ours = definition.name;
    Some(format!("what {tool} calls `{name}` is `{ours}` here{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(known_as(name).map(|(_, definition)| definition.name), expected, "{name}");
    }

    #[test]
    fn every_name_leads_to_a_check_and_is_none_itself() {
        for (tool, names) in TOOLS {
            for (theirs, ours) in names {
                assert!(find(ours).is_some(), "{tool}: {ours}");
                assert!(find(theirs).is_none(), "{tool}: {theirs} is a check here");
                assert!(known_as(theirs).is_some(), "{theirs}");
            }
        }
    }

    #[test]
    fn names_are_known_as_they_are_written_there() {
        check("expect_column_values_to_be_in_set", Some("in_set"));
        check("ExpectColumnValuesToNotBeNull", Some("not_null"));
        check("dbt_utils.unique_combination_of_columns", Some("unique"));
        check("hasNumberOfDistinctValues", Some("distinct_count"));
        check("duplicate-row", Some("no_duplicate_rows"));
        check("betwen", None);
        let told = translated("relationships").expect("known");
        assert_eq!(told, "what dbt calls `relationships` is `foreign_key` here");
        let told = translated("expression_is_true").expect("known");
        assert!(told.ends_with("under `rows:`, with a name"), "{told}");
    }
}

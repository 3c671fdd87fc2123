//! What failed last time, read from the last report.

use std::collections::BTreeSet;
use std::path::Path;

/// Ids of the checks that failed or could not be judged according to a results.json.
///
/// # Errors
/// There is no such report, or it is not one.
pub fn read(results: &Path) -> Result<BTreeSet<String>, String> {
    let text = std::fs::read_to_string(results).map_err(|error| {
        format!("`--lf` needs the last report, and `{}` cannot be read: {error}", results.display())
    })?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| format!("`{}` is not a results.json: {error}", results.display()))?;
    let checks = value["checks"].as_array().into_iter().flatten();
    let failed = checks.filter(|check| matches!(check["status"].as_str(), Some("fail" | "error")));
    Ok(failed.filter_map(|check| check["id"].as_str()).map(str::to_owned).collect())
}

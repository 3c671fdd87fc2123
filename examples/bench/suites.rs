//! A suite of 1,000 checks, which nobody wants to read in the repository.

use std::fmt::Write;

use super::options::Options;

/// Writes the suite beside the tables; returns its path.
pub fn thousand(options: &Options) -> Result<String, String> {
    let mut text = String::from("suite: thousand\ncolumns:\n");
    let numbers = [
        "listing_id",
        "host_id",
        "host_seq",
        "latitude",
        "price",
        "reviews_per_month",
        "rating",
        "cleaning_fee",
        "security_deposit",
        "bedrooms",
    ];
    // Ten columns of 80 ranges, four of 50 sets or lengths: every bound is another question.
    for column in numbers {
        let _ = writeln!(text, "  {column}:\n    between:");
        for number in 0..80 {
            let max = 2_000_000_000_000_i64 + number;
            let _ = writeln!(text, "      - {{name: below {number}, min: 0, max: {max}}}");
        }
    }
    for column in ["neighbourhood", "name", "email", "neighbourhood_group"] {
        let _ = writeln!(text, "  {column}:\n    length:");
        for number in 0..50 {
            let max = 100 + number;
            let _ = writeln!(text, "      - {{name: below {number}, min: 1, max: {max}}}");
        }
    }
    std::fs::create_dir_all(&options.dir).map_err(|error| error.to_string())?;
    let path = options.dir.join("thousand.yaml");
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    Ok(path.to_string_lossy().into_owned())
}

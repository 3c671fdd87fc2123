//! How much memory a scan may hold.

/// Bytes of the limit: what the command line says, or half of what the machine or its cgroup has.
///
/// # Errors
/// The text is no size.
pub fn limit(text: Option<&str>) -> Result<u64, String> {
    match text {
        Some(text) => size(text).ok_or_else(|| {
            format!("`--memory-limit {text}` is no size; write bytes, or `512MB`, `2GiB`")
        }),
        None => Ok(available().map_or(u64::MAX, |bytes| bytes / 2)),
    }
}

fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (amount, unit) = text.split_at(digits);
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let bytes = amount.parse::<f64>().ok()? * factor;
    (bytes >= 1.0 && bytes < 2f64.powi(63)).then_some(bytes as u64)
}

/// The smaller of the machine's memory and its cgroup's limit.
fn available() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024)
    });
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let group = group.iter().find_map(|path| {
        std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<u64>().ok())
    });
    [machine, group].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read() {
        assert_eq!(size("512MB"), Some(512_000_000));
        assert_eq!(size("2GiB"), Some(2 << 30));
        assert_eq!(size("1.5k"), Some(1500));
        assert_eq!(size("1048576"), Some(1 << 20));
        for text in ["", "GB", "-1", "5 apples", "0"] {
            assert_eq!(size(text), None, "{text}");
        }
    }
}

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, instant, range};
use crate::metric::{Answers, Identity, Metric, Side, Type, Unmeasured, Value};
use crate::prose;
use crate::verdict::Observed;

/// The file of the data has a size in a range, these very bytes, or was changed lately.
///
/// # Why
/// An empty export, a download that broke off, a model input that must never change, a drop that
/// nobody renewed: the file tells before its rows do. `modified_within` looks back from the moment
/// of the run. Several files of one dataset are one: their sizes are added, the latest change
/// counts, and the hash is that of the list of their names and hashes, as results.json shows it.
///
/// # Passes
/// ```yaml
/// table:
///   file: {bytes: {min: 1, max: 1000000}, modified_within: 1d}
/// ```
/// ```csv
/// id
/// 1
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   file: {sha256: f00d000000000000000000000000000000000000000000000000000000000000}
/// ```
/// ```csv
/// id
/// 1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Bounds for the size.
    bytes: Option<Bytes>,
    /// The SHA-256 of the content, in hexadecimal.
    sha256: Option<String>,
    /// The longest time since the last change, such as `36h` or `7d`.
    modified_within: Option<String>,
}

/// A range of sizes in bytes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Bytes {
    /// At least this many.
    min: Option<u64>,
    /// At most this many.
    max: Option<u64>,
}

impl Bytes {
    fn check(self) -> Result<(), Mistake> {
        let message = match (self.min, self.max) {
            (None, None) => "neither `min` nor `max` is given",
            (Some(0), None) => "every size is at least 0, so this cannot fail",
            (Some(min), Some(max)) if min > max => "no size lies between these bounds",
            _ => return Ok(()),
        };
        Err(Mistake::new(message).of("bytes"))
    }

    fn contains(self, bytes: u64) -> bool {
        self.min.is_none_or(|min| bytes >= min) && self.max.is_none_or(|max| bytes <= max)
    }
}

impl Expectation for File {
    const NAME: &'static str = "file";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Schema;
}

impl File {
    /// The longest time since the last change, in nanoseconds.
    fn age(&self) -> Result<Option<i128>, Mistake> {
        let Some(text) = &self.modified_within else { return Ok(None) };
        let read = instant::read(text, &Type::Duration);
        match read.map_err(|mistake| mistake.of("modified_within"))? {
            Value::Duration(nanos) if nanos > 0 => Ok(Some(nanos)),
            _ => Err(Mistake::new(format!("`{text}` is no time at all")).of("modified_within")),
        }
    }

    /// What is wrong with the size, the content and the time of the last change.
    fn problems(&self, found: &Identity, now: i128) -> Result<Vec<String>, Unmeasured> {
        let mut problems = Vec::new();
        if let Some(bytes) = self.bytes.filter(|bytes| !bytes.contains(found.bytes)) {
            let text = |end: Option<u64>| end.map(prose::count);
            let span = range::span(text(bytes.min), text(bytes.max), false);
            problems.push(format!("it has {} bytes, not {span}", prose::count(found.bytes)));
        }
        if let Some(hash) = &self.sha256
            && !hash.eq_ignore_ascii_case(&found.sha256)
        {
            problems.push(format!("its SHA-256 is {} instead of {hash}", found.sha256));
        }
        let age = self.age().map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        if let (Some(age), Some(within)) = (age, &self.modified_within) {
            let unknown =
                || Unmeasured::NotComputable("no time of the last change is known".into());
            let text = found.modified.as_ref().ok_or_else(unknown)?;
            let zoned = Type::DateTime { zone: Some("UTC".into()) };
            let Ok(Value::DateTime { nanos: modified, .. }) = instant::read(text, &zoned) else {
                return Err(unknown());
            };
            if now - modified > age {
                problems.push(format!("it was last changed at {text}, not within {within}"));
            }
        }
        Ok(problems)
    }
}

impl Expect for File {
    fn check(&self, _: &Context) -> Result<(), Mistake> {
        if let Some(bytes) = self.bytes {
            bytes.check()?;
        }
        if let Some(hash) = &self.sha256
            && !(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            let message = format!("`{hash}` is no SHA-256");
            return Err(Mistake::new(message).help("64 hexadecimal digits").of("sha256"));
        }
        if self.bytes.is_none() && self.sha256.is_none() && self.modified_within.is_none() {
            return Err(Mistake::new("nothing is expected of the file")
                .help("write `bytes`, `sha256` or `modified_within`"));
        }
        self.age().map(|_| ())
    }

    fn needs_hash(&self) -> bool {
        self.sha256.is_some()
    }

    fn metrics(&self, _: &Context) -> Vec<Metric> {
        vec![Metric::Identity { on: Side::Data }]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.identity(&Metric::Identity { on: Side::Data })?;
        let problems = self.problems(found, context.now)?;
        let message = match problems.is_empty() {
            true => {
                format!(
                    "the file has {} and is as it should be",
                    prose::counted(found.bytes, "byte")
                )
            }
            false => format!("the file is not as it should be: {}", problems.join("; ")),
        };
        let observed = Observed::Integer(found.bytes.into());
        Ok(Finding::decided(problems.is_empty(), message).observed(observed))
    }
}

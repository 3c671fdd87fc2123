//! The sections that suites and projects share: statistics, datasets, report defaults.

use serde::Deserialize;

use super::decode::{Subject, decode, suggestion, unexpected};
use super::model::{Encodings, Statistics};
use super::params::is_name;
use super::paths::resolve;
use super::tree::Entry;
use crate::diagnostic::Diagnostic;
use crate::metric::Encoding;
use crate::stats::adjust::Correction;

/// What a `statistics:` section says; the rest keeps its default.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub alpha: Option<f64>,
    pub correction: Option<String>,
    pub power: Option<f64>,
}

impl Settings {
    /// The settings with what they leave open taken from another section.
    pub fn over(self, defaults: Settings) -> Settings {
        Settings {
            alpha: self.alpha.or(defaults.alpha),
            correction: self.correction.or(defaults.correction),
            power: self.power.or(defaults.power),
        }
    }

    /// The settings with what they leave open at its default.
    pub fn complete(self) -> Statistics {
        let defaults = Statistics::default();
        let named = |name: String| Correction::ALL.into_iter().find(|known| known.name() == name);
        Statistics {
            alpha: self.alpha.unwrap_or(defaults.alpha),
            correction: self.correction.and_then(named).unwrap_or(defaults.correction),
            power: self.power.unwrap_or(defaults.power),
        }
    }
}

/// Reads a `statistics:` section.
pub fn statistics(file: &str, section: &Entry, mistakes: &mut Vec<Diagnostic>) -> Settings {
    let settings: Settings = decode_section(file, section, mistakes).unwrap_or_default();
    let mut refuse = |key: &str, message: String, help: &str| {
        let span = section.value.entry(key).map_or(&section.key.span, |entry| &entry.value.span);
        mistakes.push(Diagnostic::error(message).at(file, span.clone(), "").help(help));
    };
    let fractions = [
        ("alpha", settings.alpha, "the false-alarm rate of the whole suite, such as `0.05`"),
        ("power", settings.power, "the chance to see what is there, such as `0.8`"),
    ];
    for (name, value, help) in fractions {
        if let Some(value) = value.filter(|value| !(*value > 0.0 && *value < 1.0)) {
            let shown = super::tree::shown(value);
            refuse(name, format!("`{name}` is {shown}, not in (0, 1)"), help);
        }
    }
    if let Some(name) = &settings.correction
        && Correction::ALL.iter().all(|known| known.name() != name)
    {
        let shown = super::tree::excerpt(name);
        let names = Correction::ALL.map(Correction::name);
        let help = match name.parse::<Correction>() {
            // The name that R or statsmodels has for it.
            Ok(known) => format!("it is called `{known}` here"),
            Err(_) => suggestion(name, names, "the corrections are"),
        };
        refuse("correction", format!("unknown correction `{shown}`"), &help);
    }
    settings
}

/// Reads a `datasets:` section: names and paths, resolved against the file.
pub fn datasets(
    file: &str,
    section: &Entry,
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<(String, String)> {
    let Some(entries) = section.value.entries() else {
        mistakes.extend(unexpected(
            file,
            &section.value,
            &section.key,
            "a mapping of names to paths",
        ));
        return Vec::new();
    };
    let mut datasets = Vec::new();
    for entry in entries {
        let name = &entry.key.name;
        let is_taken = matches!(name.as_str(), "data" | "reference");
        let help = match is_name(name) {
            _ if is_taken => Some("every suite has a dataset of this name already"),
            true => None,
            false => Some("a name has letters, digits and `_`, and begins with a letter"),
        };
        if let Some(help) = help {
            let mistake = Diagnostic::error(format!("`{name}` cannot name a further dataset"));
            mistakes.push(mistake.at(file, entry.key.span.clone(), "").help(help));
        }
        if let Some(path) = path(file, entry, mistakes).filter(|_| !is_taken) {
            datasets.push((name.clone(), path));
        }
    }
    datasets
}

/// Reads an `encoding:` section: one encoding for all text files, or one for each dataset.
pub fn encodings(file: &str, section: &Entry, mistakes: &mut Vec<Diagnostic>) -> Encodings {
    let mut encodings = Encodings::default();
    match section.value.entries() {
        Some(entries) => {
            for entry in entries {
                let found = encoding(file, entry, mistakes);
                encodings.named.extend(found.map(|found| (entry.key.name.clone(), found)));
            }
        }
        None => encodings.default = encoding(file, section, mistakes).unwrap_or_default(),
    }
    encodings
}

fn encoding(file: &str, entry: &Entry, mistakes: &mut Vec<Diagnostic>) -> Option<Encoding> {
    let Some(text) = entry.value.text() else {
        mistakes.extend(unexpected(file, &entry.value, &entry.key, "the name of an encoding"));
        return None;
    };
    let found = Encoding::parse(text);
    if found.is_none() {
        let shown = super::tree::excerpt(text);
        let names = Encoding::ALL.map(Encoding::name);
        let mistake = Diagnostic::error(format!("unknown encoding `{shown}`"));
        let help = suggestion(text, names, "the encodings are");
        mistakes.push(mistake.at(file, entry.value.span.clone(), "").help(help));
    }
    found
}

/// Reads a path, resolved against the file.
pub fn path(file: &str, entry: &Entry, mistakes: &mut Vec<Diagnostic>) -> Option<String> {
    match entry.value.text() {
        Some(text) if text.trim().is_empty() => {
            let mistake = Diagnostic::error(format!("`{}` is empty", entry.key.name));
            mistakes.push(mistake.at(file, entry.value.span.clone(), "").help("write a path"));
            None
        }
        Some(text) => Some(resolve(file, text)),
        None => {
            mistakes.extend(unexpected(file, &entry.value, &entry.key, "a path, as text"));
            None
        }
    }
}

/// Reads a section of a fixed form.
pub fn decode_section<T: for<'de> Deserialize<'de>>(
    file: &str,
    section: &Entry,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<T> {
    let subject = Subject { file, name: &section.key.name, key: &section.key.span };
    decode(&section.value, subject, mistakes, |reader| {
        T::deserialize(reader).map_err(|error| error.to_string())
    })
}

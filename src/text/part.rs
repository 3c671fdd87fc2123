//! Parts that a text begins with, ends with or contains.

use memchr::memmem::Finder;

use super::{Judge, Patterns, Refused};

/// Where in a text a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Start,
    End,
    Anywhere,
}

/// The question whether any (or, with `all`, every one) of the parts stands at its place.
///
/// # Errors
/// With `ignore_case`: the parts are too many to be searched at once.
pub fn finder(
    place: Part,
    parts: &[String],
    all: bool,
    ignore_case: bool,
) -> Result<Judge, Refused> {
    if ignore_case {
        let sources: Vec<String> = parts.iter().map(|part| any_case(place, part)).collect();
        let patterns = Patterns::new(&sources, all, false)?;
        return Ok(Box::new(move |text| patterns.is_match(text)));
    }
    let parts = parts.to_vec();
    Ok(match place {
        Part::Start => Box::new(move |text| parts.iter().any(|part| text.starts_with(part))),
        Part::End => Box::new(move |text| parts.iter().any(|part| text.ends_with(part))),
        Part::Anywhere if all || parts.len() == 1 => {
            let finders: Vec<Finder> =
                parts.iter().map(|part| Finder::new(part).into_owned()).collect();
            Box::new(move |text| finders.iter().all(|part| part.find(text.as_bytes()).is_some()))
        }
        Part::Anywhere => {
            let sources: Vec<String> = parts.iter().map(|part| regex::escape(part)).collect();
            let patterns = Patterns::new(&sources, false, false)?;
            Box::new(move |text| patterns.is_match(text))
        }
    })
}

fn any_case(place: Part, part: &str) -> String {
    let part = regex::escape(part);
    match place {
        Part::Start => format!(r"(?i)\A{part}"),
        Part::End => format!(r"(?i){part}\z"),
        Part::Anywhere => format!("(?i){part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: Part, parts: &[&str], flags: [bool; 2], text: &str, found: bool) {
        let owned: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        let judge = finder(place, &owned, flags[0], flags[1]).expect("it compiles");
        assert_eq!(judge(text), found, "{place:?} {parts:?} in {text:?}");
    }

    #[test]
    fn parts_are_found_where_they_belong() {
        let plain = [false, false];
        check(Part::Start, &["NY", "LA"], plain, "LA-1", true);
        check(Part::Start, &["NY"], plain, "xNY", false);
        check(Part::Start, &["ny"], [false, true], "NY.1", true);
        check(Part::End, &[".csv"], plain, "a.csv", true);
        check(Part::End, &[".csv"], [false, true], "a.CSV", true);
        check(Part::End, &[".csv"], [false, true], "acsv", false);
        check(Part::Anywhere, &["a.b"], plain, "xa.by", true);
        check(Part::Anywhere, &["a.b", "c"], plain, "axb", false);
        check(Part::Anywhere, &["a.b", "c"], plain, "xc", true);
        check(Part::Anywhere, &["a", "c"], [true, false], "xc", false);
        check(Part::Anywhere, &["a", "c"], [true, true], "CA", true);
        check(Part::Anywhere, &["É"], [false, true], "été", true);
    }
}

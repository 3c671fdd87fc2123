//! Cells that tell nothing new about the type of their column, known by their length and ends.

use super::DeclaredType;
use super::evidence::{Evidence, NAIVE, NEGATIVE, ZONED};

/// Digits of an integer that 64 bits hold, whatever they are.
const FEW_DIGITS: usize = 18;
/// `YYYY-MM-DDTHH:MM:SS` and six digits of a second.
const NAIVE_BYTES: usize = 26;
/// `±HH:MM`.
const OFFSET_BYTES: usize = 6;

/// What the cells of a column have left to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// Everything.
    Type,
    /// How large the integers are.
    Integer,
    /// Whether the numbers are integers, and how large.
    Number,
    /// Whether the datetimes have a zone, and how fine and far they are.
    DateTime,
}

impl Glance {
    /// That of a column with such a type.
    pub fn of(declared: Option<&DeclaredType>) -> Self {
        match declared {
            None => Glance::Type,
            Some(DeclaredType::Integer) => Glance::Integer,
            Some(DeclaredType::Number) => Glance::Number,
            Some(DeclaredType::Exactly(_)) => Glance::DateTime,
        }
    }

    /// Whether the type is the same with and without this cell, after what was seen.
    #[inline]
    pub fn tells_nothing(self, cell: &[u8], seen: Evidence) -> bool {
        match self {
            Glance::Type | Glance::Number => false,
            Glance::Integer => {
                cell.len() <= FEW_DIGITS && (cell.first() != Some(&b'-') || seen.has(NEGATIVE))
            }
            Glance::DateTime => is_such_a_moment(cell, seen),
        }
    }

    /// Whether the type is the same whatever follows.
    pub fn is_decided(self, seen: Evidence) -> bool {
        match self {
            Glance::Type => seen.is_text(),
            Glance::Number => seen.is_float(),
            Glance::Integer | Glance::DateTime => false,
        }
    }
}

/// Whether a cell is no datetime, or one like those that were seen: with a zone as some of them or
/// without, of few digits, and of a century that nanoseconds reach.
fn is_such_a_moment(cell: &[u8], seen: Evidence) -> bool {
    let near = matches!(cell, [b'1', b'8' | b'9', ..] | [b'2', b'0' | b'1', ..]);
    let offset = cell.len().checked_sub(OFFSET_BYTES).filter(|at| *at >= 19);
    let (kind, zone_bytes) = match (cell.last(), offset.map(|at| cell[at])) {
        (Some(b'Z' | b'z'), _) => (ZONED, 1),
        (_, Some(b'+' | b'-')) => (ZONED, OFFSET_BYTES),
        _ => (NAIVE, 0),
    };
    near && cell.len() <= NAIVE_BYTES + zone_bytes && seen.has(kind)
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::*;
    use crate::metric::Type;
    use proptest::prelude::*;

    /// The type by all cells, and by those alone that tell something.
    fn check(declared: &DeclaredType, cells: &[String]) {
        let (mut all, mut some) = (Evidence::default(), Evidence::default());
        let glance = Glance::of(Some(declared));
        for cell in cells {
            all.see(cell.as_bytes());
            if !glance.is_decided(some) && !glance.tells_nothing(cell.as_bytes(), some) {
                some.see(cell.as_bytes());
            }
        }
        let of = |evidence| kind("x", Some(declared), &evidence).expect("a type");
        assert_eq!(of(some), of(all), "{declared:?} {cells:?}");
    }

    fn integer() -> impl Strategy<Value = String> {
        let edges = [i128::from(i64::MAX), i128::from(i64::MIN), i128::from(u64::MAX)];
        let edge = (prop::sample::select(edges.to_vec()), -2..3i128);
        prop_oneof![
            4 => "[-+]?[0-9]{1,5}",
            1 => "[-+]?0{0,20}[0-9]{17,21}",
            1 => "[-+]?[0-9]{36,40}",
            1 => edge.prop_map(|(edge, beside)| (edge + beside).to_string()),
            1 => "-?[0-9]{1,3}[.x-][0-9]{0,20}|-|NA|[iI]nf|nan|-{18,20}",
        ]
    }

    fn datetime() -> impl Strategy<Value = String> {
        let day = prop::sample::select(vec!["2020-01-05", "1999-12-31", "2020-02-30"]);
        let century = prop::sample::select(vec!["0000", "1677", "1678", "2262", "2263", "9999"]);
        let days = prop_oneof![4 => day.prop_map(str::to_owned), 1 => century.prop_map(january)];
        let clock = "[T ]0[0-9]:00:00(\\.[0-9]{1,9})?";
        let zone = prop_oneof![2 => "", 1 => "[Zz]", 1 => "[+-]0[0-9]:[0-9]0"];
        let moment = (days, clock, zone).prop_map(|(day, clock, zone)| day + &clock + &zone);
        prop_oneof![5 => moment, 1 => "2020-01-05|[0-9:.Z+-]{24,27}|2020.{0,9}[Z+-].{0,5}"]
    }

    fn january(year: &str) -> String {
        format!("{year}-01-02")
    }

    proptest! {
        #[test]
        fn what_tells_nothing_changes_no_type(
            integers in prop::collection::vec(integer(), 0..6),
            datetimes in prop::collection::vec(datetime(), 0..6),
            zone in prop::option::of(Just("Europe/Paris".to_owned())),
        ) {
            check(&DeclaredType::Integer, &integers);
            check(&DeclaredType::Number, &integers);
            check(&DeclaredType::Exactly(Type::DateTime { zone }), &datetimes);
        }
    }
}

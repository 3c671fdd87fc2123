//! Codes of ISO's lists. They are written as the lists write them: `DE`, not `de`.

use iso_currency::Currency;
use isocountry::CountryCode;
use isolang::Language;

pub fn country(text: &str) -> bool {
    CountryCode::for_alpha2(text).is_ok()
}

pub fn country3(text: &str) -> bool {
    CountryCode::for_alpha3(text).is_ok()
}

pub fn currency(text: &str) -> bool {
    Currency::from_code(text).is_some()
}

pub fn language(text: &str) -> bool {
    Language::from_639_1(text).is_some()
}

pub fn language3(text: &str) -> bool {
    Language::from_639_3(text).is_some()
}

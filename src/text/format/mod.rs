//! Named forms of text, each by its standard.

mod checked;
mod clock;
mod code;
mod content;
mod identifier;
mod network;

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// Declares the formats: documentation, variant, the name in suites, the rule.
macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $rule:expr;)*) => {
        /// A form of text that has a name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
        pub enum Format {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)*
        }

        impl Format {
            /// Every format, in the order of the documentation.
            pub const ALL: &[Format] = &[$(Format::$variant),*];

            /// The name in suites.
            pub fn name(self) -> &'static str {
                match self {
                    $(Format::$variant => $name,)*
                }
            }

            /// Whether a text has this form, as a whole.
            pub fn accepts(self, text: &str) -> bool {
                match self {
                    $(Format::$variant => $rule(text),)*
                }
            }
        }
    };
}

formats! {
    /// An address of RFC 5321 with a domain of at least two labels; both parts in ASCII.
    Email "email" network::email;
    /// An absolute URI of RFC 3986 with a host: `https://example.org/a?b=c`.
    Url "url" network::url;
    /// Any URI of RFC 3986: a scheme and what follows it, such as `urn:isbn:0451450523`.
    Uri "uri" network::uri;
    /// A host name of RFC 1123: labels of letters, digits and inner hyphens, 253 characters.
    Hostname "hostname" network::hostname;
    /// A host name of at least two labels, the last one no number.
    Domain "domain" network::domain;
    /// An IP address of either version.
    Ip "ip" network::ip;
    /// An address of IP version 4: four decimal numbers without leading zeros.
    Ipv4 "ipv4" network::ipv4;
    /// An address of IP version 6 in a form of RFC 4291, without a zone.
    Ipv6 "ipv6" network::ipv6;
    /// A block of addresses in the notation of RFC 4632: `10.0.0.0/8`, `2001:db8::/32`.
    Cidr "cidr" network::cidr;
    /// An EUI-48 hardware address of IEEE 802: six pairs joined by `:` or by `-`.
    Mac "mac" network::mac;
    /// A telephone number of ITU-T E.164: `+` and 7 to 15 digits.
    E164 "e164" network::e164;

    /// A calendar day of ISO 8601: `2024-02-29`.
    Date "date" clock::date;
    /// A day and a time of RFC 3339, joined by `T` or a space; the zone may be missing.
    Datetime "datetime" clock::datetime;
    /// A time of day of ISO 8601: `23:59:59`, with a fraction if need be; no leap second.
    Time "time" clock::time;
    /// A duration of ISO 8601: `P3DT12H`, `P2W`.
    Duration "duration" clock::duration;
    /// A zone of the IANA time zone database: `Europe/Berlin`.
    Timezone "timezone" clock::timezone;

    /// A UUID of RFC 9562 in its hyphenated form; capitals are accepted.
    Uuid "uuid" identifier::uuid;
    /// A ULID: 26 characters of Crockford's base 32.
    Ulid "ulid" identifier::ulid;
    /// A version of Semantic Versioning 2.0.0.
    Semver "semver" identifier::semver;
    /// Words of small letters and digits joined by hyphens, as URLs carry them.
    Slug "slug" identifier::slug;
    /// Hexadecimal digits, an even number of them.
    Hex "hex" identifier::hex;
    /// An MD5 digest: 32 hexadecimal digits.
    Md5 "md5" identifier::md5;
    /// A SHA-1 digest: 40 hexadecimal digits.
    Sha1 "sha1" identifier::sha1;
    /// A SHA-256 digest: 64 hexadecimal digits.
    Sha256 "sha256" identifier::sha256;
    /// A SHA-512 digest: 128 hexadecimal digits.
    Sha512 "sha512" identifier::sha512;

    /// A JSON text of RFC 8259.
    Json "json" content::json;
    /// Base 64 of RFC 4648, section 4, with its padding.
    Base64 "base64" content::base64;
    /// Base 64 of RFC 4648, section 5, safe in URLs; the padding may be missing.
    Base64url "base64url" content::base64url;
    /// A whole number in decimal digits, with a sign if need be.
    Integer "integer" content::integer;
    /// A decimal number, with a sign, a point and an exponent if need be.
    Number "number" content::number;

    /// A bank account of ISO 13616: check digits and its country's form; spaces between groups of
    /// four are accepted.
    Iban "iban" checked::iban;
    /// A bank of ISO 9362, of 8 or 11 characters.
    Bic "bic" checked::bic;
    /// A card number of ISO/IEC 7812: 12 to 19 digits with Luhn's check digit.
    CreditCard "credit_card" checked::credit_card;
    /// A book of ISO 2108, of 10 or 13 digits, hyphens or spaces between them.
    Isbn "isbn" checked::isbn;
    /// A serial of ISO 3297: `2049-3630`.
    Issn "issn" checked::issn;
    /// A trade item of GS1 (EAN, UPC): 8, 12, 13 or 14 digits with their check digit.
    Gtin "gtin" checked::gtin;
    /// A security of ISO 6166: 12 characters with their check digit.
    Isin "isin" checked::isin;
    /// A legal entity of ISO 17442: 20 characters with their check digits.
    Lei "lei" checked::lei;
    /// A vehicle of ISO 3779: 17 characters without I, O and Q; the check digit that some
    /// countries add is not asked for.
    Vin "vin" checked::vin;

    /// A country of ISO 3166-1 alpha-2: `DE`.
    IsoCountry "iso_country" code::country;
    /// A country of ISO 3166-1 alpha-3: `DEU`.
    IsoCountry3 "iso_country3" code::country3;
    /// A currency of ISO 4217: `EUR`.
    IsoCurrency "iso_currency" code::currency;
    /// A language of ISO 639-1: `de`.
    IsoLanguage "iso_language" code::language;
    /// A language of ISO 639-3: `deu`.
    IsoLanguage3 "iso_language3" code::language3;
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a text is only digits, and some.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Format;

    /// The texts that a format's file lists: `+` before those that have the form, `-` before those
    /// that have not. `\n` is a new line, `\t` a tab, `\0` nothing at all.
    fn listed(format: Format) -> Vec<(bool, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text/testdata/formats");
        let path = folder.join(format!("{format}.txt"));
        let list =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let lines = list.lines().filter(|line| !line.is_empty());
        let line = |line: &str| {
            let (sign, text) = line.split_once(' ').unwrap_or_else(|| panic!("{format}: {line}"));
            let text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "");
            assert!(matches!(sign, "+" | "-"), "{format}: {line}");
            (sign == "+", text)
        };
        lines.map(line).collect()
    }

    #[test]
    fn formats_accept_and_refuse_what_their_lists_say() {
        let mut wrong = Vec::new();
        for &format in Format::ALL {
            let texts = listed(format);
            let n_accepted = texts.iter().filter(|(accepted, _)| *accepted).count();
            assert!(n_accepted >= 3, "{format}: {n_accepted} texts are accepted");
            assert!(texts.len() - n_accepted >= 5, "{format}: few texts are refused");
            let differ = texts.iter().filter(|(accepted, text)| format.accepts(text) != *accepted);
            wrong.extend(differ.map(|(accepted, text)| format!("{format} {text:?}: {accepted}")));
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn no_format_accepts_what_no_standard_has() {
        for format in Format::ALL {
            for text in ["", " ", "\n", "\u{0}", "é", "\u{660}", "\u{202e}"] {
                assert!(!format.accepts(text), "{format}: {text:?}");
            }
        }
    }
}

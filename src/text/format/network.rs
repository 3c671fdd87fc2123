//! Addresses: of mail, of hosts, of networks, of telephones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use email_address::EmailAddress;
use fluent_uri::Uri;

use super::is_digits;

/// The longest address that a path of SMTP can carry, RFC 5321 section 4.5.3.1.3 and erratum 1690.
const LONGEST_EMAIL: usize = 254;

pub fn email(text: &str) -> bool {
    text.is_ascii()
        && text.len() <= LONGEST_EMAIL
        && text
            .rsplit_once('@')
            .is_some_and(|(local, host)| EmailAddress::is_valid_local_part(local) && domain(host))
}

pub fn url(text: &str) -> bool {
    let uri = Uri::parse(text).ok();
    uri.and_then(|uri| uri.authority()).is_some_and(|authority| !authority.host().is_empty())
}

pub fn uri(text: &str) -> bool {
    Uri::parse(text).is_ok()
}

pub fn hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && bytes[0] != b'-'
            && bytes[bytes.len() - 1] != b'-'
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

pub fn domain(text: &str) -> bool {
    hostname(text) && text.rsplit_once('.').is_some_and(|(_, last)| !is_digits(last))
}

pub fn ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

pub fn ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

pub fn ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

pub fn cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let is_plain = is_digits(bits) && (bits == "0" || !bits.starts_with('0'));
    is_plain && bits.parse::<u8>().is_ok_and(|bits| bits <= longest)
}

pub fn mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(place, byte): (usize, &u8)| match place % 3 {
        2 => matches!(byte, b':' | b'-') && *byte == bytes[2],
        _ => byte.is_ascii_hexdigit(),
    };
    bytes.len() == 17 && bytes.iter().enumerate().all(fits)
}

pub fn e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|number| {
        (7..=15).contains(&number.len()) && is_digits(number) && !number.starts_with('0')
    })
}

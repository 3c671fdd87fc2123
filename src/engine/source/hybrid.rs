//! Parquet's hybrid of runs and packed numbers, where only how often each number occurs matters.
//!
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>: a run starts with a number
//! of 7-bit groups, whose lowest bit tells packed numbers, eight at a time, from one that repeats.

/// The widest numbers.
const MOST_BITS: u32 = 32;

/// Why a page cannot be read.
const CUT_OFF: &str = "a page ends before its values do";
const STRAY: &str = "a value refers to a word that the dictionary does not have";

/// How often each of the numbers 0, 1, 2 … occurs.
#[derive(Clone, Debug, Default)]
pub(super) struct Occurrences {
    /// The counters of each number, several where numbers are few: a counter that was just written
    /// is not at hand at once.
    counts: Vec<u32>,
    lanes: usize,
}

/// Numbers that are counted in several counters each.
const FEW: usize = 1 << 12;
const LANES: usize = 4;

impl Occurrences {
    /// None yet of the numbers below `n`.
    pub fn new(n: usize) -> Self {
        let lanes = if n <= FEW { LANES } else { 1 };
        Occurrences { counts: vec![0; n * lanes], lanes }
    }

    /// Counts the first `n` numbers of so many bits each.
    ///
    /// # Errors
    /// There are fewer, or one that is not among those counted.
    pub fn add(&mut self, bytes: &[u8], width: u32, n: usize) -> Result<(), String> {
        let mut is_stray = false;
        each_run(bytes, width, n, |run| match run {
            Run::Repeated { number, count } => {
                match self.counts.get_mut(number as usize * self.lanes) {
                    Some(own) => *own += count as u32,
                    None => is_stray = true,
                }
            }
            Run::Packed { bytes, count } => match self.lanes {
                1 => unpack(bytes, width, count, |_, number| {
                    match self.counts.get_mut(number as usize) {
                        Some(own) => *own += 1,
                        None => is_stray = true,
                    }
                }),
                _ => unpack(bytes, width, count, |place, number| {
                    match self.counts.get_mut(number as usize * LANES + place % LANES) {
                        Some(own) => *own += 1,
                        None => is_stray = true,
                    }
                }),
            },
        })?;
        if is_stray { Err(STRAY.into()) } else { Ok(()) }
    }

    /// The counts of all numbers, ascending.
    pub fn finish(self) -> Vec<u32> {
        match self.lanes {
            LANES => self.counts.chunks(LANES).map(|lanes| lanes.iter().sum()).collect(),
            _ => self.counts,
        }
    }
}

/// How many of the first `n` bits are set, each a number of one bit.
///
/// # Errors
/// There are fewer.
pub(super) fn ones(bytes: &[u8], n: usize) -> Result<usize, String> {
    let mut ones = 0;
    each_run(bytes, 1, n, |run| match run {
        Run::Repeated { number, count } => ones += number as usize * count,
        Run::Packed { bytes, count } => ones += set_bits(bytes, count),
    })?;
    Ok(ones)
}

fn set_bits(bytes: &[u8], n: usize) -> usize {
    let whole: u32 = bytes[..n / 8].iter().map(|byte| byte.count_ones()).sum();
    let rest = bytes.get(n / 8).map_or(0, |byte| (byte & ((1 << (n % 8)) - 1)).count_ones());
    (whole + rest) as usize
}

enum Run<'a> {
    Repeated { number: u32, count: usize },
    Packed { bytes: &'a [u8], count: usize },
}

/// Calls `each` with the runs that the first `n` numbers are in.
fn each_run<'a>(
    mut bytes: &'a [u8],
    width: u32,
    n: usize,
    mut each: impl FnMut(Run<'a>),
) -> Result<(), String> {
    if width > MOST_BITS {
        return Err(format!("a page has numbers of {width} bits"));
    }
    let mut left = n;
    while left > 0 {
        let (indicator, rest) = varint(bytes).ok_or(CUT_OFF)?;
        let length = usize::try_from(indicator >> 1).map_err(|_| CUT_OFF)?;
        // A run of nothing is padding, which some writers end a page with.
        if indicator == 0 {
            return Err(CUT_OFF.into());
        }
        if indicator & 1 == 0 {
            let (number, rest) = aligned(rest, width)?;
            let count = length.min(left);
            each(Run::Repeated { number, count });
            (left, bytes) = (left - count, rest);
        } else {
            let stored = length.saturating_mul(width as usize).min(rest.len());
            let (packed, rest) = rest.split_at(stored);
            // The last group of a page may be cut off behind its last value.
            let whole = if width == 0 { usize::MAX } else { packed.len() * 8 / width as usize };
            let count = length.saturating_mul(8).min(whole).min(left);
            each(Run::Packed { bytes: packed, count });
            (left, bytes) = (left - count, rest);
        }
    }
    Ok(())
}

/// A number in groups of seven bits, lowest first, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0u64;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

/// A number in as few bytes as hold its bits, and what follows it.
fn aligned(bytes: &[u8], width: u32) -> Result<(u32, &[u8]), String> {
    let n_bytes = width.div_ceil(8) as usize;
    let (own, rest) = bytes.split_at_checked(n_bytes).ok_or(CUT_OFF)?;
    let number = own.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    if number >> width > 0 {
        return Err(STRAY.into());
    }
    Ok((number as u32, rest))
}

/// Calls `each` with the place and the number of so many packed numbers.
#[inline(always)]
fn unpack(bytes: &[u8], width: u32, count: usize, mut each: impl FnMut(usize, u32)) {
    macro_rules! by_width {
        ($($bits:literal)*) => {
            match width {
                $($bits => unpack_of::<$bits>(bytes, count, &mut each),)*
                _ => {}
            }
        };
    }
    by_width!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
    by_width!(17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// Bytes in which eight numbers of any width lie, with room to read whole words.
const WINDOW: usize = 40;

#[inline(never)]
fn unpack_of<const W: usize>(bytes: &[u8], count: usize, mut each: impl FnMut(usize, u32)) {
    let mut start = 0;
    for first in (0..count).step_by(8) {
        let mut padded = [0; WINDOW];
        let window = match bytes.get(start..).and_then(|rest| rest.first_chunk::<WINDOW>()) {
            Some(window) => window,
            None => {
                let rest = &bytes[start.min(bytes.len())..];
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        if count - first >= 8 {
            (0..8).for_each(|place| each(place, number_in::<W>(window, place)));
        } else {
            (0..count - first).for_each(|place| each(place, number_in::<W>(window, place)));
        }
        start += W;
    }
}

#[inline(always)]
fn number_in<const W: usize>(window: &[u8; WINDOW], place: usize) -> u32 {
    let bit = place * W;
    let word = window[bit / 8..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    ((word >> (bit % 8)) & ((1 << W) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs as a writer may cut them: a repeated number, or packed ones in groups of eight.
    fn written(runs: &[(bool, Vec<u32>)], width: u32) -> (Vec<u8>, Vec<u32>) {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        for (is_packed, own) in runs {
            if *is_packed {
                let own: Vec<u32> = own.chunks_exact(8).flatten().copied().collect();
                varint_of((own.len() as u64 / 8) << 1 | 1, &mut bytes);
                let mut bits = vec![0u8; own.len() * width as usize / 8];
                for (place, number) in own.iter().enumerate() {
                    for bit in 0..width as usize {
                        let at = place * width as usize + bit;
                        bits[at / 8] |= ((number >> bit & 1) as u8) << (at % 8);
                    }
                }
                bytes.extend(bits);
                numbers.extend(own);
            } else if let Some(number) = own.first() {
                varint_of((own.len() as u64) << 1, &mut bytes);
                bytes.extend(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
                numbers.extend(vec![*number; own.len()]);
            }
        }
        (bytes, numbers)
    }

    fn varint_of(mut number: u64, bytes: &mut Vec<u8>) {
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
    }

    fn check(bytes: &[u8], width: u32, n: usize, n_words: usize) -> Result<Vec<u32>, String> {
        let mut found = Occurrences::new(n_words);
        found.add(bytes, width, n)?;
        Ok(found.finish())
    }

    // Law: the counts are those of the numbers one by one, for any width and any cut.
    #[test]
    fn numbers_are_counted_as_they_were_written() {
        let runs = prop::collection::vec(
            (any::<bool>(), prop::collection::vec(any::<u32>(), 0..70)),
            0..6,
        );
        proptest!(|(width in 0..=32u32, runs in runs, part in 0.0..=1.0f64, is_large: bool)| {
            // Counters for each number are had for narrow ones only.
            let width = if is_large { width } else { width.min(13) };
            let mask = if width == 32 { u32::MAX } else { (1 << width) - 1 };
            let runs: Vec<(bool, Vec<u32>)> = runs.into_iter()
                .map(|(is_packed, own)| (is_packed, own.iter().map(|n| n & mask).collect()))
                .collect();
            let (bytes, numbers) = written(&runs, width);
            let n = (numbers.len() as f64 * part) as usize;
            let n_words = if is_large { 1 << 13 } else { mask as usize + 1 };
            let mut counts = vec![0; n_words];
            let is_inside = numbers[..n].iter().all(|number| (*number as usize) < n_words);
            let inside = numbers[..n].iter().filter(|number| (**number as usize) < n_words);
            inside.for_each(|number| counts[*number as usize] += 1);
            let found = check(&bytes, width, n, n_words);
            prop_assert_eq!(found, if is_inside { Ok(counts) } else { Err(STRAY.into()) });
            let all = bytes.len();
            let ones = numbers[..n].iter().filter(|number| **number == 1).count();
            prop_assert!(width != 1 || super::ones(&bytes, n) == Ok(ones));
            prop_assert!(check(&bytes[..all], width, numbers.len() + 9, n_words).is_err());
        });
    }

    #[test]
    fn what_is_no_page_is_an_error() {
        assert_eq!(check(&[], 3, 1, 8), Err(CUT_OFF.into()));
        assert_eq!(check(&[0, 0], 3, 1, 8), Err(CUT_OFF.into()));
        assert_eq!(check(&[2, 9], 3, 1, 8), Err(STRAY.into()));
        assert!(check(&[2, 9], 33, 1, 8).is_err());
        assert_eq!(check(&[0xff; 20], 3, 1, 8), Err(CUT_OFF.into()));
        // Nothing is asked of a page without values.
        assert_eq!(check(&[], 0, 0, 1), Ok(vec![0]));
    }
}

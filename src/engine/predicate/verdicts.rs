//! What was said of the words of a dictionary, kept while batches refer to the same words.
//!
//! All batches of a column chunk share one dictionary, so that a pattern is asked of each word once
//! for a row group, not once for a batch.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::buffer::{BooleanBuffer, ScalarBuffer};

use crate::engine::column::{Cells, Column, Texts};

/// Dictionaries whose verdicts are kept: about one for each thread.
const KEPT: usize = 8;

/// The verdicts of a question on the dictionaries that were seen last.
#[derive(Debug, Default)]
pub struct Verdicts {
    known: Mutex<Vec<(Texts, Arc<Judged>)>>,
}

#[derive(Debug)]
enum Judged {
    /// The same for every word.
    Whole(bool),
    /// One for each word.
    Each(Vec<bool>),
}

impl Verdicts {
    /// Judges every text of a column; `None` where cells are no text.
    pub fn judge(&self, column: &Column, judge: impl FnMut(&str) -> bool) -> Option<BooleanBuffer> {
        match &column.cells {
            Cells::Text(texts) => Some(texts.judge(judge)),
            Cells::Category { keys, words } => Some(self.of(words, judge).of_keys(keys)),
            _ => None,
        }
    }

    /// The verdict on every cell, if it is the same; `None` also where cells are no text by number.
    pub fn whole(&self, column: &Column, judge: impl FnMut(&str) -> bool) -> Option<bool> {
        match &column.cells {
            Cells::Category { words, .. } => match *self.of(words, judge) {
                Judged::Whole(holds) => Some(holds),
                Judged::Each(_) => None,
            },
            _ => None,
        }
    }

    fn of(&self, words: &Texts, mut judge: impl FnMut(&str) -> bool) -> Arc<Judged> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|(known, _)| known.are(words)).map(|(_, all)| all.clone());
        if let Some(judged) = known {
            return judged;
        }
        let each: Vec<bool> = (0..words.count()).map(|word| judge(words.at(word))).collect();
        let judged = Arc::new(match each.first() {
            Some(first) if each.iter().all(|holds| holds == first) => Judged::Whole(*first),
            _ => Judged::Each(each),
        });
        let mut known = lock();
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push((words.clone(), judged.clone()));
        judged
    }
}

impl Judged {
    fn of_keys(&self, keys: &ScalarBuffer<u32>) -> BooleanBuffer {
        match self {
            Judged::Whole(true) => BooleanBuffer::new_set(keys.len()),
            Judged::Whole(false) => BooleanBuffer::new_unset(keys.len()),
            Judged::Each(words) => {
                BooleanBuffer::collect_bool(keys.len(), |row| words[keys[row] as usize])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use arrow::array::{ArrayRef, DictionaryArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn column(words: &[&str], start: usize) -> Column {
        let words: DictionaryArray<Int32Type> = words.iter().copied().collect();
        let words: ArrayRef = Arc::new(words.slice(start, words.len() - start));
        Column::new(&words).expect("a view")
    }

    #[test]
    fn words_are_judged_once_for_all_batches_of_a_dictionary() {
        let (verdicts, asked) = (Verdicts::default(), Cell::new(0));
        let ask = |column: &Column| {
            let judge = |text: &str| {
                asked.set(asked.get() + 1);
                text != "a"
            };
            let rows = verdicts.judge(column, judge).expect("text");
            rows.iter().collect::<Vec<bool>>()
        };
        let first: ArrayRef =
            Arc::new(["a", "b", "a", "c"].into_iter().collect::<DictionaryArray<Int32Type>>());
        let [head, tail] =
            [first.slice(0, 3), first.slice(1, 3)].map(|part| Column::new(&part).expect("a view"));
        assert_eq!(ask(&head), [false, true, false]);
        assert_eq!(ask(&tail), [true, false, true]);
        assert_eq!(asked.get(), 3);
        // Another dictionary has its own verdicts, and so has the first when it was forgotten.
        for number in 0..KEPT {
            assert_eq!(ask(&column(&["b", "a"], 0)), [true, false]);
            assert_eq!(asked.get(), 3 + 2 * (number + 1));
        }
        assert_eq!(ask(&head), [false, true, false]);
        assert_eq!(asked.get(), 3 + 2 * KEPT + 3);
        assert_eq!(verdicts.whole(&column(&["b", "c", "b"], 0), |text| text != "a"), Some(true));
        assert_eq!(verdicts.whole(&column(&["a", "a"], 0), |text| text != "a"), Some(false));
        assert_eq!(verdicts.whole(&head, |text| text != "a"), None);
    }
}

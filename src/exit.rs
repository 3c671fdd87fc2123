//! Exit codes: the one thing a pipeline reads.

/// How a run ends. The numbers are a contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Every promise was kept.
    #[default]
    Held,
    /// Some check failed.
    Failed,
    /// The command line or a suite is mistaken; nothing was judged.
    Mistake,
    /// Data could not be read, or a check could not be judged.
    Unjudged,
    /// Nothing was checked.
    Nothing,
    /// A report could not be written; the verdict was still printed.
    Unwritten,
    /// A bug of datacheck.
    Bug,
    /// Interrupted by the keyboard.
    Interrupted,
    /// Asked to end by the system.
    Terminated,
}

impl Exit {
    /// The number that the process returns.
    pub fn code(self) -> u8 {
        match self {
            Exit::Held => 0,
            Exit::Failed => 1,
            Exit::Mistake => 2,
            Exit::Unjudged => 3,
            Exit::Nothing => 4,
            Exit::Unwritten => 5,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// The one that holds where several apply: 70, 2, 4, 1, 3, 5, 0.
    pub fn strongest(codes: impl IntoIterator<Item = Exit>) -> Exit {
        const ORDER: [Exit; 9] = [
            Exit::Interrupted,
            Exit::Terminated,
            Exit::Bug,
            Exit::Mistake,
            Exit::Nothing,
            Exit::Failed,
            Exit::Unjudged,
            Exit::Unwritten,
            Exit::Held,
        ];
        let found: Vec<Exit> = codes.into_iter().collect();
        ORDER.into_iter().find(|exit| found.contains(exit)).unwrap_or(Exit::Held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_code_holds() {
        assert_eq!(Exit::strongest([Exit::Unwritten, Exit::Failed, Exit::Unjudged]), Exit::Failed);
        assert_eq!(Exit::strongest([Exit::Mistake, Exit::Failed]), Exit::Mistake);
        assert_eq!(Exit::strongest([Exit::Unwritten, Exit::Unjudged]), Exit::Unjudged);
        assert_eq!(Exit::strongest([]), Exit::Held);
    }
}

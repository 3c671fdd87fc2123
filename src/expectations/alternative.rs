//! On which side a test looks, and what it is given without a margin.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Mistake};
use crate::stats::{Design, Tail};

/// What a test is to show: that the data differ from the reference, or tend to be less or greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    #[default]
    TwoSided,
    /// The data tend to be smaller than the reference.
    Less,
    /// The data tend to be larger than the reference.
    Greater,
}

impl Alternative {
    /// The tail of a statistic that grows with the data.
    pub fn tail(self) -> Tail {
        match self {
            Alternative::TwoSided => Tail::TwoSided,
            Alternative::Less => Tail::Less,
            Alternative::Greater => Tail::Greater,
        }
    }

    /// The check's design with this alternative.
    pub fn design(self, context: &Context) -> Design {
        Design { tail: self.tail(), ..context.design }
    }

    /// Refuses a margin beside a one-sided alternative: a margin looks at both sides.
    pub fn check(self, context: &Context) -> Result<(), Mistake> {
        if self == Alternative::TwoSided || context.common.margin.is_none() {
            return Ok(());
        }
        Err(Mistake::new("`margin` looks at both sides, `alternative` at one")
            .help("leave one of them out")
            .of("margin"))
    }
}

/// Refuses a margin where the test has no scale to measure it on.
pub fn no_margin(context: &Context, instead: &str) -> Result<(), Mistake> {
    match context.common.margin {
        None => Ok(()),
        Some(_) => Err(Mistake::new("this test has no `margin`").help(instead).of("margin")),
    }
}

/// Refuses a margin that its effect can never leave.
pub fn margin_below(context: &Context, limit: f64, effect: &str) -> Result<(), Mistake> {
    match context.common.margin {
        Some(margin) if !(margin > 0.0 && margin < limit) => {
            let message = format!("`margin` is {margin}, {effect} lies in (0, {limit})");
            Err(Mistake::new(message).of("margin"))
        }
        _ => Ok(()),
    }
}

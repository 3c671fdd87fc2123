//! What all aggregates have in common as types: their limits, and their judgement.

/// Declares an aggregate: its struct with the arguments that all of them share, and its judgement.
///
/// Behind the name stand the type of its limits and, where a number can be expected exactly, the
/// word `equal`; own arguments stand in the braces. What is its own, the file says by implementing
/// [`NumberCheck`](super::number::NumberCheck).
macro_rules! aggregate {
    (
        $(#[$($attribute:tt)*])*
        $name:ident of $bound:ty $(, $equal:ident)? {
            $($(#[$($field_attribute:tt)*])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$($attribute)*])*
        #[derive(Clone, Debug, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$($field_attribute)*])* $field: $type,)*
            $(
                /// Exactly this.
                $equal: Option<$bound>,
            )?
            /// The lower end of the range.
            min: Option<$bound>,
            /// The upper end of the range.
            max: Option<$bound>,
            /// Whether the ends themselves lie outside.
            #[serde(default)]
            strict: bool,
            /// The largest difference from the same number of the reference.
            vs_reference: Option<$crate::expectations::vs_reference::VsReference>,
        }

        impl $crate::expectations::number::Limited for $name {
            fn limits(&self) -> $crate::expectations::limits::Limits {
                use $crate::expectations::Literal;
                let literal = |limit: &Option<$bound>| limit.clone().map(Literal::from);
                $crate::expectations::limits::Limits {
                    equal: None $(.or_else(|| literal(&self.$equal)))?,
                    min: literal(&self.min),
                    max: literal(&self.max),
                    strict: self.strict,
                    vs_reference: self.vs_reference.clone(),
                }
            }
        }

        impl $crate::expectations::Expect for $name {
            fn check(
                &self,
                context: &$crate::expectations::Context,
            ) -> Result<(), $crate::expectations::Mistake> {
                $crate::expectations::number::check(self, context)
            }

            fn metrics(
                &self,
                context: &$crate::expectations::Context,
            ) -> Vec<$crate::metric::Metric> {
                $crate::expectations::number::metrics(self, context)
            }

            fn judge(
                &self,
                context: &$crate::expectations::Context,
                answers: &$crate::metric::Answers,
            ) -> Result<$crate::expectations::Finding, $crate::metric::Unmeasured> {
                $crate::expectations::number::judge(self, context, answers)
            }

            fn columns(&self) -> Vec<String> {
                $crate::expectations::number::NumberCheck::columns(self)
            }

            fn datasets(&self) -> Vec<String> {
                $crate::expectations::number::datasets(self)
            }

            fn columns_elsewhere(&self) -> Vec<(String, String)> {
                $crate::expectations::number::columns_elsewhere(self)
            }
        }
    };
}
pub(super) use aggregate;

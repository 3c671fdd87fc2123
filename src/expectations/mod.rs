//! What a suite can expect of data: one file for each expectation, one line in the list below.
//!
//! An expectation asks for metrics and judges their answers. It never sees an engine, YAML, a
//! report or a terminal.

mod aggregate;
mod allowance;
mod alternative;
mod apart;
mod common;
mod context;
mod day;
mod distribution;
mod elsewhere;
mod ends;
mod exactness;
mod finding;
mod form;
mod fraction;
mod frequencies;
mod from_file;
mod groups;
mod instant;
mod limits;
mod listing;
mod literal;
mod moment;
mod moments;
mod number;
mod one_or_many;
mod ordering;
mod other_tools;
mod range;
mod resamples;
mod sensitive;
mod set;
mod several;
mod shares;
mod tally;
mod text_arguments;
mod tolerance;
mod two_samples;
mod vs_reference;

pub use common::{Common, KnownFailure, OnInconclusive, common_arguments};
pub use context::{Context, unknown_dataset};
pub use each::unfit_for_items;
pub use finding::{Finding, Outcome, Relation};
pub use from_file::{FileContent, FromFile};
pub use literal::Literal;
pub use one_or_many::OneOrMany;
pub use other_tools::{names_elsewhere, translated};
pub use sensitive::Sensitive;

use std::fmt;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::metric::{Answers, Example, Metric, RowRule, Type, TypeName, Unmeasured};
use crate::stats::planning::Planned;

/// An expectation with its arguments.
pub trait Expect: fmt::Debug + Send + Sync {
    /// Says why this check means nothing here (a type it cannot judge, a bound of another type),
    /// before any data is read. `Ok` promises that `metrics` and `judge` can be called.
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let _ = context;
        Ok(())
    }

    /// The questions it puts to the data.
    fn metrics(&self, context: &Context) -> Vec<Metric>;

    /// What the answers come to.
    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured>;

    /// Whether the other side of a test or a distance is the reference. A test of the data alone
    /// says no.
    fn needs_reference(&self) -> bool {
        true
    }

    /// The rule that each row must keep, for row checks.
    fn rule(&self, context: &Context) -> Option<RowRule> {
        let _ = context;
        None
    }

    /// The rule that exactly the failing rows break: example rows and extracts follow from it.
    /// Checks whose failing rows are known only after the scan build it from the answers.
    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let _ = answers;
        self.rule(context)
    }

    /// The columns whose values tell every row from every other, where the check says so.
    fn identifies(&self, column: Option<&str>) -> Option<Vec<String>> {
        let _ = column;
        None
    }

    /// What example rows of a failure show, in further sentences.
    fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        let _ = (context, examples);
        Vec::new()
    }

    /// Example rows that the answers themselves hold, for checks whose violations are no rows of
    /// the data alone.
    fn shown(&self, context: &Context, answers: &Answers) -> Vec<Example> {
        let _ = (context, answers);
        Vec::new()
    }

    /// Columns that the arguments name, beside the check's own.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Datasets beside the data that the arguments refer to, by their names in the suite. They are
    /// opened because of this; a check whose dataset cannot be read is not judged.
    fn datasets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Columns of these datasets that the arguments name, each with its dataset.
    fn columns_elsewhere(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The SQL predicates that are the check itself, each with the argument that holds it.
    fn sql(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    /// The query in SQL that is the check itself; it refers to the datasets that it names.
    fn query(&self) -> Option<&str> {
        None
    }

    /// Says why the columns that a query gives cannot be judged.
    fn check_answer(&self, columns: &[String]) -> Result<(), Mistake> {
        let _ = columns;
        Ok(())
    }

    /// What planning has to know of the reference beside its number of rows.
    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        let _ = context;
        Vec::new()
    }

    /// By which law a test's power is planned before it runs; `answers` are those to
    /// `planned_from`.
    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        let _ = (context, answers);
        None
    }

    /// For a check that under `table:` stands for one on each column: which types of the
    /// reference it covers.
    fn covers_columns(&self) -> Option<fn(&Type) -> bool> {
        None
    }

    /// Whether it asks for the hash of the data's bytes, which is taken only where somebody is
    /// told.
    fn needs_hash(&self) -> bool {
        false
    }

    /// The type that the check gives to its column in files that have no types of their own.
    fn declares(&self) -> Option<&TypeName> {
        None
    }
}

/// An argument that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The argument that is wrong, where it is one.
    pub argument: Option<&'static str>,
}

impl Mistake {
    /// A mistake without advice.
    pub fn new(message: impl Into<String>) -> Self {
        Mistake { message: message.into(), help: None, argument: None }
    }

    /// The same with the mend.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, pointing to an argument.
    pub fn of(mut self, argument: &'static str) -> Self {
        self.argument = Some(argument);
        self
    }
}

/// Where in a suite an expectation may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Table,
    Column,
    /// Under `table:` and under a column.
    Both,
    /// Under `rows:`, where the key is a name of the author's.
    Rows,
}

/// What an expectation looks at; decides which common arguments have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Names and types, known before data is read.
    Schema,
    /// The table as a whole.
    Table,
    /// Each row by itself: takes `mostly`, `where`, `nulls`.
    Row,
    /// One number of a column: takes `where`.
    Aggregate,
    /// A hypothesis test against the reference: takes `alpha`, `margin`, `where`.
    Statistical,
    /// A distance from the reference with a `max`: takes `where`.
    Distance,
}

impl Kind {
    /// The word for it in results and documentation.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Schema => "schema",
            Kind::Table => "table",
            Kind::Row => "row",
            Kind::Aggregate => "aggregate",
            Kind::Statistical => "statistical",
            Kind::Distance => "distance",
        }
    }
}

/// An expectation's arguments as a type, with what the registry needs to know of it.
///
/// The doc comment of the implementing struct is the documentation that `explain`, the schema and
/// the documentation page show.
pub trait Expectation: Expect + DeserializeOwned + JsonSchema + 'static {
    /// The key in a suite.
    const NAME: &'static str;
    const SCOPE: Scope;
    const KIND: Kind;
    /// The argument that the short form fills: `in_set: [a, b]` fills `values`.
    const SHORT: Option<&'static str> = None;
    /// Whether `true` (or `{}`) alone is a complete check.
    const BARE: bool = false;
    /// Whether the check can hold in every group of rows, though others of its kind cannot.
    const GROUPS: bool = false;
    /// What the file holds that its argument `file` names, beside the suite.
    const FILE: Option<FileContent> = None;
}

/// An expectation as the registry knows it.
#[derive(Debug)]
pub struct Definition {
    pub name: &'static str,
    pub scope: Scope,
    pub kind: Kind,
    pub short: Option<&'static str>,
    pub bare: bool,
    pub groups: bool,
    pub file: Option<FileContent>,
    /// JSON Schema of the long form; its `description` is the doc comment.
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    pub decode: Decode,
}

impl Definition {
    /// Names of the common arguments that have a meaning for the check.
    pub fn common_arguments(&self) -> Vec<&'static str> {
        let mut names = common_arguments(self.kind);
        names.extend(["by", "min_group_size"].into_iter().filter(|_| self.groups));
        names
    }
}

/// Reads the long form.
pub type Decode =
    fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Box<dyn Expect>, erased_serde::Error>;

const fn definition<E: Expectation>() -> Definition {
    Definition {
        name: E::NAME,
        scope: E::SCOPE,
        kind: E::KIND,
        short: E::SHORT,
        bare: E::BARE,
        groups: E::GROUPS,
        file: E::FILE,
        schema: |generator| E::json_schema(generator),
        decode: |deserializer| {
            erased_serde::deserialize::<E>(deserializer)
                .map(|expectation| Box::new(expectation) as Box<dyn Expect>)
        },
    }
}

/// Declares the modules and lists their expectations.
macro_rules! expectations {
    ($($module:ident :: $kind:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every expectation, in the order of the documentation.
        pub static ALL: &[Definition] = &[$(definition::<$module::$kind>()),*];
    };
}

expectations![
    columns::Columns,
    column_count::ColumnCount,
    row_count::RowCount,
    row_count_vs::RowCountVs,
    primary_key::PrimaryKey,
    no_duplicate_rows::NoDuplicateRows,
    same_schema_as::SameSchemaAs,
    file::File,
    r#type::Type,
    not_null::NotNull,
    is_null::IsNull,
    not_nan::NotNan,
    finite::Finite,
    rows_complete::RowsComplete,
    not_blank::NotBlank,
    null_fraction::NullFraction,
    unique::Unique,
    distinct_count::DistinctCount,
    unique_fraction::UniqueFraction,
    not_constant::NotConstant,
    in_set::InSet,
    not_in_set::NotInSet,
    distinct_set::DistinctSet,
    contains_all::ContainsAll,
    pair_in_set::PairInSet,
    most_common_in::MostCommonIn,
    no_new_categories::NoNewCategories,
    between::Between,
    not_between::NotBetween,
    equal_to::EqualTo,
    not_equal_to::NotEqualTo,
    no_outliers::NoOutliers,
    increasing::Increasing,
    decreasing::Decreasing,
    no_gaps::NoGaps,
    no_overlapping_ranges::NoOverlappingRanges,
    matches::Matches,
    not_matches::NotMatches,
    like::Like,
    not_like::NotLike,
    length::Length,
    starts_with::StartsWith,
    ends_with::EndsWith,
    contains::Contains,
    format::Format,
    datetime_format::DatetimeFormat,
    json_schema::JsonSchema,
    trimmed::Trimmed,
    ascii::Ascii,
    casing::Casing,
    fresh::Fresh,
    not_future::NotFuture,
    weekday::Weekday,
    mean::Mean,
    median::Median,
    mode::Mode,
    min::Min,
    max::Max,
    sum::Sum,
    stddev::Stddev,
    variance::Variance,
    quantile::Quantile,
    skewness::Skewness,
    kurtosis::Kurtosis,
    entropy::Entropy,
    zero_fraction::ZeroFraction,
    negative_fraction::NegativeFraction,
    correlation::Correlation,
    compare_columns::CompareColumns,
    columns_equal::ColumnsEqual,
    unique_within_row::UniqueWithinRow,
    sum_equals::SumEquals,
    exactly_one_of::ExactlyOneOf,
    at_least_one_of::AtLeastOneOf,
    implies::Implies,
    foreign_key::ForeignKey,
    no_overlap_with::NoOverlapWith,
    matches_table::MatchesTable,
    reconcile::Reconcile,
    rows::Rows,
    sql::Sql,
    list_length::ListLength,
    each::Each,
    drift::Drift,
    ks_test::KsTest,
    cramer_von_mises::CramerVonMises,
    anderson_darling::AndersonDarling,
    epps_singleton::EppsSingleton,
    energy_distance::EnergyDistance,
    mann_whitney::MannWhitney,
    t_test::TTest,
    z_test::ZTest,
    permutation_test::PermutationTest,
    levene::Levene,
    f_test::FTest,
    chi_square_test::ChiSquareTest,
    g_test::GTest,
    fisher_exact::FisherExact,
    proportion_test::ProportionTest,
    correlation_test::CorrelationTest,
    normality::Normality,
    anova::Anova,
    kruskal::Kruskal,
    kl_divergence::KlDivergence,
    js_distance::JsDistance,
    psi::Psi,
    hellinger::Hellinger,
    total_variation::TotalVariation,
    l_infinity::LInfinity,
    wasserstein::Wasserstein,
    quantile_shift::QuantileShift,
];

/// The expectation with this name.
pub fn find(name: &str) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.name == name)
}

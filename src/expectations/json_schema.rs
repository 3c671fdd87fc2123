use schemars::JsonSchema as Described;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, FileContent, FromFile, Kind, Mistake, Scope};
use crate::metric::{Example, Predicate, TextTest, Value};
use crate::text;

/// Every text is JSON that a JSON Schema describes.
///
/// # Why
/// A column of payloads, settings or model outputs has a structure that no pattern can say. The
/// schema stands in a file beside the suite, or here under `schema`. Its language is that of draft
/// 2020-12, and what drafts 6 to 2019-09 write alike; `format` is asked for; references lead inside
/// the schema and nothing is fetched. A keyword that is not known is a mistake, so that a misspelt
/// one is not overlooked. A failure says where the first example breaks the schema.
///
/// # Passes
/// ```yaml
/// columns:
///   payload:
///     json_schema:
///       schema: {type: object, required: [id], properties: {id: {type: integer, minimum: 1}}}
/// ```
/// ```csv
/// payload
/// "{""id"": 7}"
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   payload:
///     json_schema: {schema: {type: array, items: {type: number}, minItems: 1}}
/// ```
/// ```csv
/// payload
/// "[1, 2]"
/// "[1, ""two""]"
/// ```
#[derive(Clone, Debug, Deserialize, Described)]
#[serde(deny_unknown_fields)]
pub struct JsonSchema {
    /// A file that holds the schema, relative to the suite.
    file: Option<FromFile<String>>,
    /// The schema itself.
    schema: Option<serde_json::Value>,
}

impl Expectation for JsonSchema {
    const NAME: &'static str = "json_schema";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("file");
    const FILE: Option<FileContent> = Some(FileContent::Json);
}

impl JsonSchema {
    /// The schema as JSON, with its compiled form.
    fn compiled(&self) -> Result<(String, text::JsonSchema), Mistake> {
        let (schema, argument) = match (&self.file, &self.schema) {
            (Some(file), None) => (file.content.clone(), "file"),
            (None, Some(schema)) => (schema.to_string(), "schema"),
            _ => {
                let message = "one of `file` and `schema` must be given";
                return Err(Mistake::new(message).of("schema"));
            }
        };
        match text::JsonSchema::new(&schema) {
            Ok(compiled) => Ok((schema, compiled)),
            Err(refused) => Err(Mistake::from(refused).of(argument)),
        }
    }
}

impl RowCheck for JsonSchema {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let (schema, _) = self.compiled()?;
        ask(context, TextTest::JsonSchema { schema }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let schema = match &self.file {
            Some(file) => format!("the schema `{}`", file.path),
            None => "the schema".to_owned(),
        };
        Words::of_values(context, format!("meet {schema}"), format!("do not meet {schema}"))
    }

    fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        let Ok((_, schema)) = self.compiled() else { return Vec::new() };
        let first = examples.iter().find_map(|example| {
            let is_ours = |(column, _): &&(String, Value)| column == context.name();
            let (_, value) = example.cells.iter().find(is_ours)?;
            let Value::Text(text) = value else { return None };
            Some((example.row, schema.why(text)?))
        });
        match first {
            Some(_) if context.sensitive.hides(context.name()) => Vec::new(),
            Some((row, why)) => vec![format!("in row {row} {why}")],
            None => Vec::new(),
        }
    }
}

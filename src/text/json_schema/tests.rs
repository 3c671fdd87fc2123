//! Schemas with what they accept and refuse, keyword by keyword.

use super::JsonSchema;

fn check(schema: &str, good: &[&str], bad: &[&str]) {
    let compiled = JsonSchema::new(schema).unwrap_or_else(|refused| panic!("{refused:?}"));
    good.iter().for_each(|text| assert!(compiled.accepts(text), "{schema}: {text}"));
    for text in bad {
        assert!(!compiled.accepts(text), "{schema}: {text}");
        assert!(compiled.why(text).is_some(), "{schema}: {text}");
    }
}

fn refuses(schema: &str, part: &str) {
    let refused = JsonSchema::new(schema).expect_err("refused");
    assert!(refused.message.contains(part), "{schema}: {}", refused.message);
}

#[test]
fn types_and_values() {
    check("true", &["1", "null"], &["", "{", "1 2"]);
    check("false", &[], &["1"]);
    check(r#"{"type": "integer"}"#, &["1", "1.0", "-3"], &["1.5", "\"1\"", "true", "null"]);
    check(r#"{"type": ["number", "null"]}"#, &["1.5", "null"], &["\"1\"", "[]"]);
    check(r#"{"enum": [1, "a", {"b": [null]}]}"#, &["1.0", "\"a\"", r#"{"b": [null]}"#], &["2"]);
    check(r#"{"const": {"a": 1, "b": 2}}"#, &[r#"{"b": 2, "a": 1.0}"#], &[r#"{"a": 1}"#]);
}

#[test]
fn numbers_are_exact() {
    check(r#"{"multipleOf": 0.1}"#, &["0.3", "1", "\"x\""], &["0.35", "0.30000000000000004"]);
    check(r#"{"multipleOf": 3}"#, &["9", "0", "-3"], &["10"]);
    check(r#"{"minimum": 1, "exclusiveMaximum": 2.5}"#, &["1", "2.4999"], &["0.9", "2.5", "3"]);
    check(r#"{"maximum": 9007199254740992}"#, &["9007199254740992"], &["9007199254740993"]);
    check(r#"{"exclusiveMinimum": 0}"#, &["1e-300"], &["0", "-0.0"]);
}

#[test]
fn texts() {
    check(
        r#"{"minLength": 2, "maxLength": 3}"#,
        &["\"ab\"", "\"äöü\"", "1"],
        &["\"a\"", "\"abcd\""],
    );
    check(r#"{"pattern": "^a"}"#, &["\"ab\""], &["\"ba\""]);
    check(r#"{"format": "email"}"#, &["\"a@b.org\"", "1"], &["\"a\""]);
    let moment = r#"{"format": "date-time"}"#;
    check(moment, &["\"2024-01-01T00:00:00Z\""], &["\"2024-01-01T00:00:00\"", "\"2024-01-01\""]);
    check(r#"{"format": "time"}"#, &["\"10:00:00+02:00\""], &["\"10:00:00\"", "\"25:00:00Z\""]);
}

#[test]
fn lists() {
    check(r#"{"items": {"type": "number"}}"#, &["[]", "[1, 2]", "{}"], &["[1, \"2\"]"]);
    let tuple = r#"{"prefixItems": [{"type": "number"}, {"type": "string"}], "items": false}"#;
    check(tuple, &["[1]", "[1, \"a\"]"], &["[\"a\"]", "[1, \"a\", 2]"]);
    let old = r#"{"items": [{"type": "number"}], "additionalItems": {"type": "null"}}"#;
    check(old, &["[1, null]"], &["[1, 2]"]);
    check(r#"{"minItems": 1, "maxItems": 2}"#, &["[1]"], &["[]", "[1, 2, 3]"]);
    check(r#"{"uniqueItems": true}"#, &["[1, 2]"], &["[1, 1.0]", "[{\"a\": 1}, {\"a\": 1}]"]);
    check(r#"{"contains": {"const": 1}}"#, &["[2, 1]"], &["[]", "[2]"]);
    let some = r#"{"contains": {"const": 1}, "minContains": 2, "maxContains": 3}"#;
    check(some, &["[1, 1]"], &["[1]", "[1, 1, 1, 1]"]);
}

#[test]
fn mappings() {
    let person = r#"{"type": "object", "required": ["id"],
        "properties": {"id": {"type": "integer"}},
        "patternProperties": {"^x_": {"type": "string"}}, "additionalProperties": false}"#;
    let bad = [r#"{}"#, r#"{"id": "1"}"#, r#"{"id": 1, "y": 1}"#, r#"{"id": 1, "x_a": 1}"#, "[]"];
    check(person, &[r#"{"id": 1}"#, r#"{"id": 1, "x_a": "b"}"#], &bad);
    check(r#"{"minProperties": 1, "maxProperties": 1}"#, &[r#"{"a": 1}"#], &["{}"]);
    check(r#"{"propertyNames": {"pattern": "^a"}}"#, &[r#"{"ab": 1}"#], &[r#"{"b": 1}"#]);
    let needs = r#"{"dependentRequired": {"card": ["name"]}}"#;
    check(needs, &["{}", r#"{"card": 1, "name": 2}"#], &[r#"{"card": 1}"#]);
    let implies = r#"{"dependentSchemas": {"a": {"required": ["b"]}}}"#;
    check(implies, &["{}", r#"{"a": 1, "b": 2}"#], &[r#"{"a": 1}"#]);
}

#[test]
fn combinations() {
    check(r#"{"allOf": [{"minimum": 1}, {"maximum": 2}]}"#, &["1"], &["0", "3"]);
    check(r#"{"anyOf": [{"const": 1}, {"const": 2}]}"#, &["2"], &["3"]);
    check(r#"{"oneOf": [{"minimum": 1}, {"minimum": 2}]}"#, &["1"], &["0", "3"]);
    check(r#"{"not": {"type": "null"}}"#, &["1"], &["null"]);
    let choice = r#"{"if": {"type": "number"}, "then": {"minimum": 1}, "else": {"const": "a"}}"#;
    check(choice, &["1", "\"a\""], &["0", "\"b\""]);
}

#[test]
fn references_stay_inside() {
    let tree = r##"{"$defs": {"node": {"type": "object", "required": ["v"], "properties": {
        "next": {"$ref": "#/$defs/node"}}}}, "$ref": "#/$defs/node"}"##;
    check(tree, &[r#"{"v": 1, "next": {"v": 2}}"#], &[r#"{"v": 1, "next": {}}"#]);
    let named =
        r##"{"$defs": {"a": {"$anchor": "price", "minimum": 0}}, "items": {"$ref": "#price"}}"##;
    check(named, &["[1]"], &["[-1]"]);
    refuses(r#"{"$ref": "https://example.org/s.json"}"#, "leads outside the schema");
    refuses(r##"{"$ref": "#/$defs/none"}"##, "leads nowhere");
    refuses(r##"{"$ref": "#"}"##, "leads back to itself");
    refuses(
        r##"{"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"not": {"$ref": "#"}}}}"##,
        "back",
    );
}

#[test]
fn what_is_not_known_is_refused() {
    refuses("{", "not JSON");
    refuses("1", "is no schema");
    refuses(r#"{"requird": ["a"]}"#, "`#` of the schema has the keyword `requird`");
    refuses(r#"{"unevaluatedProperties": false}"#, "not known here");
    refuses(r#"{"type": "int"}"#, "no type of JSON");
    refuses(r#"{"properties": {"a": {"pattern": "(?=x)"}}}"#, "`#/properties/a/pattern`");
    refuses(r#"{"format": "phone"}"#, "not known here");
    refuses(r#"{"minimum": "1"}"#, "is no number");
    refuses(r#"{"minLength": -1}"#, "is no whole number");
    refuses(r#"{"allOf": []}"#, "is no list of schemas");
    refuses(r#"{"$schema": "http://json-schema.org/draft-04/schema#"}"#, "not known");
    check(r#"{"x-owner": "me", "title": "t", "$comment": "c"}"#, &["1"], &[]);
}

#[test]
fn faults_are_told_with_their_place() {
    let schema = r#"{"properties": {"a": {"items": {"type": "integer"}}}, "required": ["b"]}"#;
    let compiled = JsonSchema::new(schema).expect("a schema");
    let why = |text: &str| compiled.why(text);
    assert_eq!(why(r#"{"b": 1, "a": [1, "2"]}"#).as_deref(), Some("`/a/1` is not of type integer"));
    assert_eq!(why(r#"{"a": []}"#).as_deref(), Some("it lacks `b`"));
    assert_eq!(why(r#"{"b": 1}"#), None);
}

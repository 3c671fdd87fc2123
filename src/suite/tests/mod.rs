//! Tests of the language as a whole: cases, laws, the schema.

pub mod cases;
mod robust;
mod schema;

//! `stillruns schema`: the published JSON Schemas.
//!
//! They are made from the types themselves, so they cannot lag behind.

use schemars::schema_for;

use crate::cli::args::{SchemaArgs, SchemaOf};
use crate::cli::exit;
use crate::cli::talk::print;
use crate::config::Settings;
use crate::error::Error;
use crate::model::Manifest;
use crate::report::{Line, Whole};

/// Runs the verb.
pub(crate) fn run(args: &SchemaArgs) -> Result<u8, Error> {
    let schema = match args.of {
        SchemaOf::Manifest => schema_for!(Manifest),
        SchemaOf::Events => schema_for!(Line),
        SchemaOf::Report => schema_for!(Whole),
        SchemaOf::Config => schema_for!(Settings),
    };
    print(&format!("{:#}\n", schema.as_value()))?;
    Ok(exit::CLEAN)
}

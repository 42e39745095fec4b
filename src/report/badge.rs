//! The endpoint form of shields.io: one badge for all examples.
//!
//! What could not be judged is not counted: it is neither running nor broken.

use std::io::{self, Write};

use serde::Serialize;

use super::{Options, Report};
use crate::model::Summary;

/// The format.
pub(super) const REPORT: Report =
    Report { name: "badge", about: "the endpoint of a shields.io badge", write };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Badge {
    schema_version: u32,
    label: &'static str,
    message: String,
    color: &'static str,
}

fn write(summary: &Summary, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let totals = summary.totals();
    let judged = totals.pass.saturating_add(totals.fail);
    let (message, color) = match (judged, totals.fail, summary.newly_broken()) {
        (0, ..) => ("none judged".to_owned(), "lightgrey"),
        (_, 0, _) => (format!("{judged} run"), "brightgreen"),
        (_, fail, 0) => (format!("{fail} of {judged} broken"), "yellow"),
        (_, fail, _) => (format!("{fail} of {judged} broken"), "red"),
    };
    let badge = Badge { schema_version: 1, label: "examples", message, color };
    serde_json::to_writer(&mut *out, &badge)?;
    out.write_all(b"\n")
}

//! Numbers as lengths: the bar over all verdicts, the shares in tables, the runs of one example.
//!
//! Drawn by attributes, as the page's policy allows no style on an element. What a bar shows is
//! said in words as well.

use std::io::{self, Write};

use crate::model::{Counts, History};

/// The bar over all verdicts.
pub(super) fn verdicts(counts: Counts, out: &mut dyn Write) -> io::Result<()> {
    if counts.examples() > 0 {
        bar(counts, "bar", out)?;
    }
    writeln!(out)
}

/// The share of each verdict in a row of a table, which says the numbers itself.
pub(super) fn share(counts: Counts, out: &mut dyn Write) -> io::Result<()> {
    if counts.examples() > 0 {
        bar(counts, "share", out)?;
    }
    Ok(())
}

fn bar(counts: Counts, class: &str, out: &mut dyn Write) -> io::Result<()> {
    const WIDTH: f64 = 1000.0;
    write!(
        out,
        "<svg class={class} viewBox=\"0 0 1000 10\" preserveAspectRatio=none aria-hidden=true>"
    )?;
    let mut at = 0.0;
    let parts = [("fail", counts.fail), ("unjudged", counts.unjudged), ("pass", counts.pass)];
    for (word, number) in parts {
        let width = f64::from(number) / f64::from(counts.examples()) * WIDTH;
        if number > 0 {
            write!(out, "<rect class={word} x={at:.1} width={width:.1} height=10 />")?;
        }
        at += width;
    }
    write!(out, "</svg>")
}

/// How the last runs of one example ended and how long they took.
pub(super) fn runs(history: &History, out: &mut dyn Write) -> io::Result<()> {
    const MOST: usize = 40;
    const STEP: usize = 6;
    const HEIGHT: u64 = 20;
    let runs = &history.runs[history.runs.len().saturating_sub(MOST)..];
    let longest = runs.iter().map(|run| run.duration_ms).max().unwrap_or(0).max(1);
    let known = |word: &str| ["pass", "fail", "unjudged"].iter().find(|one| **one == word).copied();
    let words: Vec<&str> =
        runs.iter().map(|run| known(&run.verdict).unwrap_or("unjudged")).collect();
    write!(
        out,
        "<svg class=spark role=img aria-label=\"the last {} runs: {}\" width={} height={HEIGHT}>",
        runs.len(),
        words.join(", "),
        runs.len() * STEP
    )?;
    for (at, (run, word)) in runs.iter().zip(words).enumerate() {
        // What broke at once should still be seen.
        let height = (run.duration_ms.saturating_mul(HEIGHT) / longest).clamp(4, HEIGHT);
        let (x, y) = (at * STEP, HEIGHT - height);
        write!(out, "<rect class={word} x={x} y={y} width=4 height={height} />")?;
    }
    write!(out, "</svg>")
}

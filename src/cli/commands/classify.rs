//! `stillruns classify`: what a piece of text is, and why.
//!
//! Runs nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::cli::answer::{self, Answer};
use crate::cli::args::{AnswerFormat, ClassifyArgs};
use crate::cli::talk::{Output, print, unwritten};
use crate::cli::{Here, exit, machine};
use crate::error::Error;
use crate::pipeline;
use crate::text::decode;

/// Runs the verb.
pub(crate) fn run(args: &ClassifyArgs, here: &Here) -> Result<u8, Error> {
    let mut input = open(&args.file)?;
    if args.jsonl {
        return lines(input.as_mut(), &args.file, here);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|error| Error::io("read", &args.file, error))?;
    let text = decode(bytes).text;
    let fragment = pipeline::fragment(&text);
    print(&match args.format {
        AnswerFormat::Json => Answer::new(Value::Null, &fragment).json(),
        AnswerFormat::Text => {
            let name = args.file.display().to_string();
            answer::told(&name, &text, &fragment, here.talk.color)
        }
    })?;
    Ok(if fragment.result.is_ok() { exit::CLEAN } else { exit::NOTHING })
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Error> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).map_err(|error| Error::io("read", file, error))?;
    Ok(Box::new(BufReader::new(opened)))
}

/// One line of the input.
#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: Value,
    text: String,
}

/// Lines read before they are answered together, on all processors: enough to keep them busy, few
/// enough to keep memory flat.
const TOGETHER: usize = 1024;

/// Answers every line with one line, in order; one that is no question is told, and answered with
/// what is wrong.
fn lines(input: &mut dyn BufRead, file: &Path, here: &Here) -> Result<u8, Error> {
    let mut output = Output::new();
    let mut status = exit::CLEAN;
    let mut number = 0;
    loop {
        let mut batch: Vec<Vec<u8>> = Vec::new();
        while batch.len() < TOGETHER {
            let mut line = Vec::new();
            let read = input.read_until(b'\n', &mut line);
            if read.map_err(|error| Error::io("read", file, error))? == 0 {
                break;
            }
            batch.push(line);
        }
        if batch.is_empty() {
            break;
        }
        let answers = pipeline::in_parallel(&batch, machine::processors(), |line| answer(line));
        for answer in answers {
            number += 1;
            let text = answer.unwrap_or_else(|wrong| {
                let place = format!("{}:{number}", file.display());
                here.talk.warn(format!("{place}: is not {{\"id\": …, \"text\": …}}: {wrong}"));
                status = exit::ERROR;
                format!("{}\n", serde_json::json!({ "error": wrong }))
            });
            output.write_all(text.as_bytes()).map_err(unwritten)?;
        }
    }
    output.end()?;
    Ok(status)
}

fn answer(line: &[u8]) -> Result<String, String> {
    let question: Question = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let text = decode(question.text.into_bytes()).text;
    Ok(Answer::new(question.id, &pipeline::fragment(&text)).json())
}

//! What directives do to verdicts, end to end.

use crate::project::{Project, Said};

/// `check` of one document, with what else it is asked.
fn check(document: &str, args: &[&str], variables: &[(&str, &str)]) -> Said {
    let project = Project::with(document).file("stillruns.toml", "env = [\"GREETING\"]\n");
    let args = [&["check", "--sandbox", "best-effort", "--format", "jsonl"], args].concat();
    project.run_with(&args, "", variables)
}

/// A document with one block of Python under that directive.
fn told(directive: &str, code: &str) -> String {
    format!("<!-- stillruns: {directive} -->\n```python\n{code}\n```\n")
}

#[test]
fn what_is_skipped_names_spelling_and_line() {
    let said = check(&told("skip", "print(1 / 0)"), &[], &[]).code(0);
    said.out(r#""kind":"skipped_by_directive","detail":"<!-- stillruns: skip -->""#)
        .out(r#""line":1,"#);
    let other = "Text\n\n<!--pytest.mark.skip-->\n```python\nprint(1 / 0)\n```\n";
    check(other, &[], &[]).code(0).out("<!--pytest.mark.skip-->").out(r#""line":3,"#);
}

#[test]
fn conditions_decide_where_they_can_be_told() {
    let held = told("skip-if=\"sys.version_info >= (3,)\"", "print(1 / 0)");
    check(&held, &[], &[]).code(0).out("skipped_by_directive");
    let not_held = told("skip-if=\"sys.platform == 'win32'\"", "print(1 / 0)");
    check(&not_held, &[], &[]).code(1).out("ZeroDivisionError");
    let unknown = told("skip-if=\"has_gpu()\"", "print(1 / 0)");
    check(&unknown, &[], &[]).code(0).out("(nobody can tell here: has_gpu())");
}

#[test]
fn what_is_meant_to_fail_is_broken_when_it_passes() {
    check(&told("expect-fail", "print(1 / 0)"), &[], &[]).code(0).out(r#""verdict":"pass""#);
    let passes = told("expect-fail", "print(1)");
    check(&passes, &[], &[]).code(1).out(r#""kind":"unexpected_pass""#).out(r#""line":1,"#);
    let named = told("expect-fail=ZeroDivisionError", "print(1 / 0)");
    check(&named, &[], &[]).code(0).out(r#""verdict":"pass""#);
    let another = told("expect-fail=KeyError", "print(1 / 0)");
    check(&another, &[], &[]).code(1).out("ZeroDivisionError");
    let status = "```sh {expect-fail=3}\nexit 3\n```\n";
    check(status, &[], &[]).code(0).out(r#""verdict":"pass""#);
}

#[test]
fn the_network_is_for_those_that_ask_and_are_allowed() {
    let names = "import os\nprint(sorted(os.listdir('/sys/class/net')))";
    let document = told("needs=network", names);
    check(&document, &[], &[]).code(0).out(r#""kind":"needs_network""#).out(r#""line":1,"#);
    let said = check(&document, &["--allow-network"], &[]);
    assert!(!said.out.contains("needs_network"), "{said:#?}");
}

#[test]
fn a_loopback_is_for_all_when_it_is_allowed() {
    let serves = "```python\nimport socket\nserver = socket.create_server(('127.0.0.1', 0))\n\
                  socket.create_connection(server.getsockname())\n```\n";
    check(serves, &["--allow-loopback"], &[]).code(0).out(r#""verdict":"pass""#);
    let said = check(serves, &[], &[]);
    assert!(!said.out.contains(r#""verdict":"pass""#), "{said:#?}");
}

#[test]
fn variables_are_given_where_the_configuration_allows_them() {
    let prints = "import os\nassert os.environ['GREETING'] == 'hello'";
    let given = [("GREETING", "hello"), ("SECRET", "s3cret")];
    check(&told("env=GREETING", prints), &[], &given).code(0).out(r#""verdict":"pass""#);
    check(&told("env=GREETING", prints), &[], &[]).code(0).out(r#""kind":"needs_variable""#);
    let secret = told("env=SECRET", "import os\nprint(os.environ['SECRET'])");
    check(&secret, &[], &given).code(0).out(r#""kind":"needs_variable","detail":"SECRET""#);
    let silent = told("timeout=5s", "import os\nassert 'GREETING' not in os.environ");
    check(&silent, &[], &given).code(0).out(r#""verdict":"pass""#);
}

#[test]
fn a_document_may_ask_for_another_time() {
    let waits = told("timeout=300ms", "import time\ntime.sleep(20)");
    check(&waits, &[], &[]).code(1).out(r#""kind":"timeout""#);
}

#[test]
fn an_unknown_word_is_told_with_its_line() {
    let document = told("skpi", "print(1)");
    let said = check(&document, &[], &[]).code(0);
    said.err("a.md:1: unknown directive `skpi`; did you mean `skip`?");
}

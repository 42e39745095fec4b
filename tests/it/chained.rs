//! Examples that need others run after exactly those, and are never broken by them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::project::{Project, skipped};

/// A page of fenced blocks, each with its tag in front: `python: x = 1`.
fn page(blocks: &[&str]) -> String {
    let mut page = String::new();
    for block in blocks {
        let (tag, code) = block.split_once(": ").expect("a tag");
        write!(page, "Then:\n\n```{tag}\n{code}\n```\n\n").expect("a string takes everything");
    }
    page
}

/// What became of every example of `page`, in order.
fn outcomes(project: &Project, args: &[&str]) -> Vec<Value> {
    let said = project
        .run(
            [&["check", "--sandbox", "best-effort", "--exit-zero", "--format", "jsonl"], args]
                .concat(),
        )
        .code(0);
    let events = said.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["event"] == "finished").collect()
}

/// `pass`, `fail line 3`, `unjudged needs_snippet`, for each block.
fn told(blocks: &[&str]) -> Vec<String> {
    let project = Project::with(&page(blocks));
    let tell = |one: &Value| {
        let reason = one["reason"]["kind"].as_str().or(one["cause"]["kind"].as_str());
        format!("{} {}", one["verdict"].as_str().unwrap_or("?"), reason.unwrap_or(""))
            .trim_end()
            .to_owned()
    };
    outcomes(&project, &[]).iter().map(tell).collect()
}

fn has_python_2() -> bool {
    let found = Project::new().run(["doctor"]).out.contains("python2");
    if !found {
        skipped("there is no Python 2");
    }
    found
}

#[test]
fn state_comes_from_what_is_needed_and_from_nothing_else() {
    let chain = [
        "python: basket = []\nprint('shopping')",
        "python: basket.append('pear')",
        "python: def count(): return len(basket) * FACTOR",
        "python: FACTOR = 10",
        "python: unrelated = basket = None\ndel basket\nbasket = ['fig', 'pear']",
        "python: assert count() == 20\nassert 'unrelated' in globals()",
        "python: assert 'count' not in globals() and basket == ['fig', 'pear']",
    ];
    assert_eq!(told(&chain), ["pass"; 7]);
    let shell = [
        "bash: mkdir -p sub/deep\nNAME=world",
        "bash: greet() { echo \"hello $NAME\"; }\ncd sub",
        "bash: test \"$(greet)\" = 'hello world'",
        "bash: touch deep/file",
        "bash: ls deep/file && test \"$(basename \"$PWD\")\" = sub",
    ];
    assert_eq!(told(&shell), ["pass"; 5]);
}

#[test]
fn what_needs_a_broken_example_is_not_broken() {
    let blocks = [
        "python: x = 1 / 0",
        "python: y = x",
        "python: print(y)",
        "python: import nowhere_to_be_found\nz = 1",
        "python: print(z)",
        "python: import sys\nsys.exit(0)\nw = 1",
        "python: print(w)",
        "python: def f(: pass\nv = 1",
        "python: print(v)",
        "python: print(v",
        "python: print('alone')",
    ];
    let needs = "unjudged needs_snippet";
    assert_eq!(
        told(&blocks),
        [
            "fail exception",
            needs,
            needs,
            "unjudged needs_module",
            needs,
            "fail ended_early",
            needs,
            "fail syntax",
            needs,
            "fail syntax",
            "pass",
        ]
    );
    let project = Project::with(&page(&blocks));
    let outcomes = outcomes(&project, &[]);
    let first = &outcomes[0]["id"];
    let reason = |at: usize| &outcomes[at]["reason"]["detail"];
    for dependent in [1, 2] {
        assert_eq!((&reason(dependent)["id"], &reason(dependent)["line"]), (first, &4.into()));
        let because = reason(dependent)["because"].as_str().unwrap_or_default();
        assert!(because.contains("ZeroDivisionError"), "{because}");
    }
    let because = reason(4)["because"].as_str().unwrap_or_default();
    assert!(because.contains("needs module `nowhere_to_be_found`"), "{because}");
}

#[test]
fn the_same_is_recorded_wherever_the_broken_example_stands() {
    let blocks = ["python: x = 1 / 0", "python: print(x)"];
    let project = Project::with(&page(&blocks));
    let check = ["check", "--sandbox", "best-effort"];
    project.run(check).code(1);
    project.run(["accept"]).code(0);
    project.put("a.md", format!("One more line.\n\n{}", page(&blocks)));
    project.run(check).code(0).out("nothing newly broken");
    let recorded = project.read("snippets/a.md/verdicts.snap");
    assert!(recorded.contains("unjudged: needs an earlier example\n"), "{recorded}");
}

#[test]
fn an_example_that_is_chosen_alone_runs_after_what_it_needs() {
    let blocks = ["python: x = 1", "python: y = x + 1", "python: assert y == 2"];
    let project = Project::with(&page(&blocks));
    let chosen = outcomes(&project, &["a.md:16"]);
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0]["verdict"], "pass", "{}", chosen[0]);
    let loaded: Vec<u64> = chosen[0]["background"]["loaded"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["start"].as_u64())
        .collect();
    assert_eq!(loaded, [4, 10]);
    project.run(["extract", "--output", "out", "a.md:16"]).code(0);
    let run = ["run", "out", "--sandbox", "best-effort", "--format", "jsonl"];
    let said = project.run(run).code(0);
    assert_eq!(said.out.matches("\"verdict\":\"pass\"").count(), 3, "{}", said.out);
}

#[test]
fn the_line_is_that_of_the_example_and_the_trace_goes_deeper() {
    let blocks = [
        "python: def share(total, people):\n    part = total / people\n    return part",
        "python: cake = 1\n\nshare(cake, 0)",
    ];
    let project = Project::with(&page(&blocks));
    let outcomes = outcomes(&project, &[]);
    assert_eq!((&outcomes[1]["verdict"], &outcomes[1]["line"]), (&"fail".into(), &14.into()));
    assert_eq!(outcomes[1]["background"]["trace"], serde_json::json!([14, 5]));
}

#[test]
fn a_name_that_comes_too_late_is_told() {
    let blocks = ["python: print(total)", "python: total = 3"];
    let outcomes = outcomes(&Project::with(&page(&blocks)), &[]);
    assert_eq!(outcomes[0]["reason"]["kind"], "needs_context");
    let later = serde_json::json!([{"name": "total", "line": 10}]);
    assert_eq!(outcomes[0]["background"]["later"], later);
}

#[test]
fn one_python_reads_all_of_a_chain() {
    if !has_python_2() {
        return;
    }
    let blocks = [
        "python: names = ['a', 'b']",
        "python: print names",
        "python: print 'x'\nold = 1",
        "python: async def f(): pass\nprint(old)",
        "python: print(names, old)",
    ];
    let none = "unjudged no_interpreter";
    assert_eq!(told(&blocks), ["pass", "pass", "pass", none, "pass"]);
}

#[test]
fn files_go_from_shell_to_python_and_back() {
    let blocks = [
        "bash: printf '1\\n2\\n' > numbers.txt",
        "python: total = sum(int(line) for line in open('numbers.txt'))\nassert total == 3",
        "python: with open('sum.txt', 'w') as out: out.write(str(total))",
        "bash: false > empty.txt",
        "python: open('empty.txt')",
    ];
    let needs = "unjudged needs_snippet";
    assert_eq!(told(&blocks), ["pass", "pass", "pass", "fail exit_status", needs]);
}

#[test]
fn a_long_chain_ends() {
    let mut text = page(&["python: x0 = 0"]);
    for at in 0..200 {
        text += &page(&[&format!("python: x{} = x{at} + 1", at + 1)]);
    }
    text += &page(&["python: assert x200 == 200"]);
    let said = Project::with(&text).run(["check", "--sandbox", "best-effort"]).code(0);
    said.out("202 pass, 0 fail");
}

#[test]
fn people_are_told_where_it_was_raised_and_what_comes_too_late() {
    let blocks = [
        "python: def share(total, people):\n    return total / people",
        "python: share(1, 0)",
        "python: print(total)",
        "python: total = 3",
    ];
    let project = Project::with(&page(&blocks));
    let said = project.run(["check", "--sandbox", "best-effort", "-v"]).code(1);
    let said = said.out("a.md:11").out("trace: raised at line 5, called at line 11");
    said.out("state: after the examples at line 4 (share)")
        .out("`total` is defined later, at line 23");
}

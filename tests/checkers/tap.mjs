// Parses a file of the Test Anything Protocol strictly, and prints what it holds as one object.
// Ends with 1 when a line is none of the protocol's.
import { readFileSync } from "node:fs";
import { Parser } from "tap-parser";

const text = readFileSync(process.argv[2], "utf8");
const points = [];
const wrong = [];
const parser = new Parser({ strict: true });
parser.on("assert", (one) => points.push(one));
parser.on("extra", (line) => wrong.push(`no line of the protocol: ${JSON.stringify(line)}`));
parser.on("bailout", (reason) => wrong.push(`bailed out: ${reason}`));
parser.on("complete", (results) => {
  for (const failure of results.failures) {
    if (failure.tapError) wrong.push(failure.tapError);
  }
  const told = points.map((one) => ({
    ok: one.ok,
    name: one.name,
    skip: one.skip || null,
    todo: one.todo || null,
    diag: one.diag || null,
  }));
  const { count, pass, fail, skip, todo, plan } = results;
  console.log(JSON.stringify({ wrong, count, pass, fail, skip, todo, plan, points: told }));
  process.exit(wrong.length ? 1 : 0);
});
parser.end(text);

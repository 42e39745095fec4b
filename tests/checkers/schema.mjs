// Validates documents against a JSON Schema: `schema.mjs SCHEMA FILE...`, `sarif` for SARIF's own.
// Of a file that ends in `.jsonl` every line is a document. Prints what is wrong, one line each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Draft7 from "ajv";
import Draft2020 from "ajv/dist/2020.js";
import Draft4 from "ajv-draft-04";
import formats from "ajv-formats";

const [name, ...files] = process.argv.slice(2);
const shipped = "@microsoft/jest-sarif/package.json";
const path =
  name === "sarif"
    ? createRequire(import.meta.url)
        .resolve(shipped)
        .replace("package.json", "lib/schemas/sarif-2.1.0-rtm.5.json")
    : name;
const schema = JSON.parse(readFileSync(path, "utf8"));
const draft = schema.$schema || "";
const Ajv = draft.includes("2020-12")
  ? Draft2020.default
  : draft.includes("draft-04")
    ? Draft4.default
    : Draft7.default;
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
formats.default(ajv);
// Widths of numbers, which our own schemas name.
for (const width of ["uint8", "uint32", "uint64", "uint", "int32"]) ajv.addFormat(width, true);
const validate = ajv.compile(schema);

let wrong = 0;
let right = 0;
const check = (place, text) => {
  if (validate(JSON.parse(text))) {
    right += 1;
    return;
  }
  for (const error of validate.errors) {
    console.log(`${place}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    wrong += 1;
  }
};
for (const file of files) {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".jsonl")) {
    text.split("\n").forEach((line, at) => line && check(`${file}:${at + 1}`, line));
  } else {
    check(file, text);
  }
}
console.log(`${right} valid`);
process.exit(wrong || !right ? 1 : 0);

// ajv on the rows of the bench: `node ajv.mjs AJV SCHEMA ROWS ROUNDS` prints the nanoseconds a row takes, the best of all
// rounds: first with JSON.parse of each line, then for the parsed row alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [ajvFile, schemaFile, rowsFile, rounds] = process.argv.slice(2);
const require = createRequire(ajvFile);
const Ajv2020 = require(ajvFile).default;
const ajv = new Ajv2020({ strict: false, allowUnionTypes: true });
require("ajv-formats")(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
const lines = readFileSync(rowsFile, "utf8").trimEnd().split("\n");
const parsed = lines.map((line) => JSON.parse(line));

function must(valid) {
  if (!valid) throw new Error(`ajv refuses a row: ${ajv.errorsText(validate.errors)}`);
}

function best(work) {
  let figure = Infinity;
  // The first rounds let the engine compile the code.
  for (let round = -5; round < Number(rounds); round++) {
    const begin = process.hrtime.bigint();
    work();
    if (round >= 0) figure = Math.min(figure, Number(process.hrtime.bigint() - begin) / lines.length);
  }
  return figure;
}

const both = best(() => lines.forEach((line) => must(validate(JSON.parse(line)))));
const alone = best(() => parsed.forEach((row) => must(validate(row))));
console.log(both, alone);

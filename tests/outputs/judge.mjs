// What other programs think of our outputs. Reads one JSON document from standard input and writes one:
// {mermaid: [text]} -> {mermaid: [error or null]}; {schemas: [{schema, rows}]} -> {schemas: [{error} or {valid: [bool]}]}.
// The first argument is the package.json of the folder that holds ajv and mermaid.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { text } from 'node:stream/consumers';

const folder = process.argv[2];
const require = createRequire(folder);
const wish = JSON.parse(await text(process.stdin));
const answer = {};

if (wish.mermaid) {
  const core = join(dirname(folder), 'node_modules/mermaid/dist/mermaid.core.mjs');
  const { default: mermaid } = await import(pathToFileURL(core).href);
  answer.mermaid = [];
  for (const diagram of wish.mermaid) {
    const judged = mermaid.parse(diagram).then((found) => (found.diagramType === 'er' ? null : 'no ER diagram'));
    answer.mermaid.push(await judged.catch((error) => String(error.message)));
  }
}

if (wish.schemas) {
  const Ajv = require('ajv/dist/2020').default;
  // Not strict: our own words (x-sql-type) stand beside those of the standard. JavaScript divides 19.99 by 0.01 into
  // something that is no whole number, which the precision makes good.
  const ajv = new Ajv({ strict: false, multipleOfPrecision: 9 });
  require('ajv-formats').default(ajv);
  answer.schemas = wish.schemas.map(({ schema, rows }) => {
    try {
      const validate = ajv.compile(schema);
      return { valid: rows.map((row) => validate(row)) };
    } catch (error) {
      return { error: String(error.message) };
    }
  });
}

process.stdout.write(JSON.stringify(answer));

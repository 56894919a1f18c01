// Validates an AsyncAPI document by AsyncAPI's own parser: node asyncapi.cjs FOLDER_WITH_NODE_MODULES DOCUMENT
// Prints one JSON object: the messages of each severity, 0 error, 1 warning, 2 information.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join, resolve } = require("node:path");

const [folder, file] = process.argv.slice(2);
const { Parser } = createRequire(join(resolve(folder), "index.js"))("@asyncapi/parser");

new Parser().parse(readFileSync(file, "utf8")).then(({ document, diagnostics }) => {
  const found = { 0: [], 1: [], 2: [], 3: [] };
  for (const one of diagnostics) found[one.severity].push(`${one.path.join("/")}: ${one.message}`);
  if (document === undefined && found[0].length === 0) found[0].push("no document");
  process.stdout.write(JSON.stringify(found) + "\n");
});

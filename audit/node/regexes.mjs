// node regexes.mjs: what recheck says of each regular expression, as JSON.
// Standard input: {"patterns": [{place, source, flags}], "scripts": [[name, text]], "judged": [source]}; a script's own
// expressions are found here, and those that were judged are not asked about.
import { readFileSync } from "node:fs";

import { parse } from "acorn";
import { full } from "acorn-walk";
import { checkSync } from "recheck";

// In `new RegExp(...)` and the like nobody knows what will be in it.
const MADE = new Set(["RegExp"]);
// Six seconds on an idle machine.
const MILLISECONDS = 180_000;

function* expressions(name, text) {
  const found = [];
  full(parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true }), (node) => {
    const place = `${name}:${node.loc.start.line}`;
    if (node.type === "Literal" && node.regex) {
      found.push({ place, source: node.regex.pattern, flags: node.regex.flags });
    } else if ((node.type === "NewExpression" || node.type === "CallExpression") && MADE.has(node.callee.name)) {
      found.push({ place, source: null, flags: "" });
    }
  });
  yield* found;
}

function verdict({ place, source, flags }) {
  if (source === null) return { place, source: "", status: "made while it runs", complexity: null };
  if (judged.includes(source)) return { place, source, status: "judged", complexity: null };
  const { status, complexity, error } = checkSync(source, flags, { timeout: MILLISECONDS });
  return { place, source, status, complexity: complexity?.summary ?? error?.kind ?? null };
}

const { patterns, scripts, judged } = JSON.parse(readFileSync(0, "utf8"));
const all = [...patterns, ...scripts.flatMap(([name, text]) => [...expressions(name, text)])];
console.log(JSON.stringify(all.map(verdict)));

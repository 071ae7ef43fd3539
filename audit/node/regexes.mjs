// node regexes.mjs: what recheck says of each regular expression, as JSON.
// Standard input: {"patterns": [{place, source, flags}], "scripts": [[name, text]]}; a script's own are found here.
import { readFileSync } from "node:fs";

import { parse } from "acorn";
import { full } from "acorn-walk";
import { checkSync } from "recheck";

// In `new RegExp(...)` and the like nobody knows what will be in it.
const MADE = new Set(["RegExp"]);

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

function judged({ place, source, flags }) {
  if (source === null) return { place, source: "", status: "made while it runs", complexity: null };
  const { status, complexity, error } = checkSync(source, flags);
  return { place, source, status, complexity: complexity?.summary ?? error?.kind ?? null };
}

const { patterns, scripts } = JSON.parse(readFileSync(0, "utf8"));
const all = [...patterns, ...scripts.flatMap(([name, text]) => [...expressions(name, text)])];
console.log(JSON.stringify(all.map(judged)));

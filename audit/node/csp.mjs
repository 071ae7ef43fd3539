// node csp.mjs: findings of Google's CSP Evaluator for the policy on standard input, as JSON.
import { readFileSync } from "node:fs";

import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { CspParser } from "csp_evaluator/dist/parser.js";

const { csp } = new CspParser(readFileSync(0, "utf8"));
console.log(JSON.stringify(new CspEvaluator(csp).evaluate()));

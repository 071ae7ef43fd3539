import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { CLOSE_CODES, COMMANDS, EVENTS } from "#chat/protocol.js";

const source = (name) => readFileSync(new URL(`../../chat/protocol/${name}.py`, import.meta.url), "utf8");
const found = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]).sort();

test("the page knows the server's commands and events", () => {
  assert.deepEqual(Object.values(COMMANDS).sort(), found(source("commands"), /^ {4}type: Literal\["([^"]+)"\]/gm));
  assert.deepEqual(Object.values(EVENTS).sort(), found(source("events"), /^ {4}type: Literal\["([^"]+)"\]/gm));
});

test("the page knows the server's close codes", () => {
  const lines = source("close_codes").matchAll(/^ {4}([A-Z_]+) = (\d+)$/gm);
  const codes = [...lines].map(([, name, code]) => [name, Number(code)]);
  assert.deepEqual(CLOSE_CODES, Object.fromEntries(codes));
});

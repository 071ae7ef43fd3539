import assert from "node:assert/strict";
import test from "node:test";

import { Socket } from "#chat/net/socket.js";
import { COMMANDS } from "#chat/protocol.js";
import { createState } from "#chat/state/state.js";
import { Reader } from "#chat/sync/reader.js";
import { Typist } from "#chat/sync/typist.js";

import { ANA, BO, membership, room } from "./builders.mjs";

globalThis.document = { documentElement: { dataset: {} } };
const { StatusLine } = await import("#chat/ui/status_line.js");

/** A day that passes, after which the clock is set back to where it was. */
function setBack(context, meanwhile) {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const wrong = context.mock.method(Date, "now", () => 86_400_000);
  const pass = (seconds) => {
    now += seconds * 1000;
    context.mock.timers.tick(seconds * 1000);
  };
  meanwhile(pass);
  wrong.mock.mockImplementation(() => 0);
  return { pass };
}

test("a read marker goes out after a second although the clock was set back", (context) => {
  const state = createState(ANA, { local: null, session: null });
  state.rooms.replace([{ room: room({ message_count: 9 }), membership: membership() }]);
  state.connection.set({ status: "live" });
  const sent = [];
  const reader = new Reader(state, async (command) => {
    sent.push(command.number);
    return { membership: null };
  });
  const { pass } = setBack(context, () => reader.seen(12, 5));
  reader.seen(12, 6);
  assert.deepEqual(sent, [5]);
  pass(1);
  assert.deepEqual(sent, [5, 6]);
});

test("typing is told again after three seconds although the clock was set back", (context) => {
  const told = [];
  const typist = new Typist((command) => told.push(command));
  const { pass } = setBack(context, () => typist.typed(12));
  pass(3);
  typist.typed(12);
  assert.deepEqual(told, Array(2).fill({ type: COMMANDS.TYPING_SET, room: 12 }));
});

test("who typed lapses after eight seconds although the clock was set back", (context) => {
  const state = createState(ANA, { local: null, session: null });
  const { pass } = setBack(context, () => state.typing.set(12, [BO]));
  pass(7);
  assert.deepEqual(state.typing.people(12, ANA.id), [BO]);
  pass(1);
  assert.deepEqual(state.typing.people(12, ANA.id), []);
});

test("the seconds to the next attempt are told right although the clock was set back", (context) => {
  context.mock.method(Math, "random", () => 0.999);
  const state = createState(ANA, { local: null, session: null });
  const parts = { connection: { parentElement: { dataset: {} }, textContent: "" }, typing: { textContent: "" } };
  const sockets = [];
  const onStatus = (status) => state.connection.set(status);
  const open = () => sockets[sockets.push({ close: () => {} }) - 1];
  const { pass } = setBack(context, (pass) => {
    new StatusLine(parts, { state });
    const socket = new Socket("ws://parley/ws/", ANA.id, { onStatus }, open);
    socket.connect();
    for (let attempt = 0; attempt < 3; attempt++) {
      sockets.at(-1).onclose({ code: 1006 });
      if (attempt < 2) pass(2 ** attempt);
    }
  });
  pass(1);
  assert.match(parts.connection.textContent, /^Reconnecting in [12] s\./);
});

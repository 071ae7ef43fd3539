import assert from "node:assert/strict";
import test from "node:test";

import { backoff } from "#chat/net/backoff.js";
import { AnswerLost, CommandFailed } from "#chat/net/push.js";
import { Socket } from "#chat/net/socket.js";
import { CLOSE_CODES, COMMANDS, EVENTS, SUBPROTOCOL } from "#chat/protocol.js";

import { ANA, BO } from "./builders.mjs";

class FakeWebSocket {
  readyState = 1;
  sent = [];

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  hear(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  end(code) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

const HELLO = { type: EVENTS.HELLO, heartbeat: 15, epoch: "e", user: ANA, rooms: [] };

function connected(context) {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  context.mock.method(Math, "random", () => 0.5);
  context.mock.method(performance, "now", () => Date.now());
  const sockets = [];
  const heard = { statuses: [], hellos: 0, events: [] };
  const listener = {
    onStatus: ({ status, reason }) => {
      heard.statuses.push(status);
      heard.reason = reason;
    },
    onHello: () => heard.hellos++,
    onEvent: (event) => heard.events.push(event.type),
  };
  const socket = new Socket("ws://parley/ws/", ANA.id, listener, (url, protocols) => {
    assert.deepEqual(protocols, [SUBPROTOCOL]);
    sockets.push(new FakeWebSocket());
    return sockets.at(-1);
  });
  socket.connect();
  sockets[0].hear(HELLO);
  return { socket, sockets, heard, tick: (seconds) => context.mock.timers.tick(seconds * 1000) };
}

test("the wait is short at first, and then a quarter to a half of the time that one has been away, up to fifteen", () => {
  assert.equal(backoff(0, () => 0), 0);
  assert.equal(backoff(0, () => 0.5), 0.25);
  for (const [away, bound] of [[0.01, 1], [2, 1], [8, 4], [30, 15], [3600, 15]]) {
    assert.equal(backoff(away, () => 0), bound / 2);
    assert.ok(backoff(away, () => 0.999999) < bound);
  }
});

test("nobody is away for more than half as long again as the server, or a second longer", () => {
  for (const outage of [0.2, 1, 3, 10]) {
    for (let run = 0; run < 1000; run++) {
      let back = backoff(0);
      while (back < outage) back += backoff(back);
      assert.ok(back <= outage + Math.max(1, outage / 2), `back after ${back} s of ${outage} s`);
    }
  }
});

test("a reply settles the command it answers, and no other", async (context) => {
  const { socket, sockets } = connected(context);
  const sent = socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 });
  const other = socket.push({ type: COMMANDS.ROOM_JOIN, room: 2 });
  const [{ ref: second }, { ref: first }] = [...sockets[0].sent].reverse();
  const error = { code: "not_found", detail: "No.", retry_after: null };
  sockets[0].hear({ type: "reply", ref: second, ok: false, error });
  sockets[0].hear({ type: "reply", ref: first, ok: true, data: { done: true } });
  assert.deepEqual(await sent, { done: true });
  await assert.rejects(other, (failure) => failure instanceof CommandFailed && failure.code === "not_found");
});

test("commands under way are told when the connection goes", async (context) => {
  const { socket, sockets } = connected(context);
  const sent = socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 });
  sockets[0].end(1006);
  await assert.rejects(sent, AnswerLost);
  await assert.rejects(socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 }), AnswerLost);
});

test("it comes back by itself after a lost connection", (context) => {
  const { sockets, heard, tick } = connected(context);
  sockets[0].end(1006);
  tick(0.25);
  sockets[1].hear(HELLO);
  assert.deepEqual(heard.statuses, ["connecting", "live", "waiting", "connecting", "live"]);
  assert.equal(heard.hellos, 2);
});

test("it comes back after a restart, but not before the server asked", (context) => {
  const { sockets, tick } = connected(context);
  sockets[0].hear({ type: EVENTS.GOODBYE, retry_after: 3 });
  sockets[0].end(CLOSE_CODES.RESTART);
  tick(2.9);
  assert.equal(sockets.length, 1);
  tick(0.4);
  assert.equal(sockets.length, 2);
});

for (const [name, status] of [["BAD_FRAME", "stopped"], ["SIGN_IN", "signed-out"], ["NOT_ALLOWED", "signed-out"]]) {
  test(`it stays away after ${name}`, (context) => {
    const { socket, sockets, heard, tick } = connected(context);
    sockets[0].end(CLOSE_CODES[name]);
    tick(120);
    socket.hurry();
    assert.equal(sockets.length, 1);
    assert.equal(heard.statuses.at(-1), status);
  });
}

test("where somebody else signed in meanwhile, nothing is sent and it stays away", (context) => {
  const { socket, sockets, heard, tick } = connected(context);
  sockets[0].end(1006);
  tick(1);
  sockets[1].hear({ ...HELLO, user: BO });
  assert.equal(sockets[1].readyState, 3);
  assert.equal(heard.statuses.at(-1), "signed-out");
  assert.equal(heard.hellos, 1);
  tick(120);
  socket.hurry();
  assert.equal(sockets.length, 2);
  assert.deepEqual(sockets[1].sent, []);
});

test("being refused before a welcome means that the page is of another version, after it that it erred", (context) => {
  const { sockets, heard, tick } = connected(context);
  sockets[0].end(CLOSE_CODES.RESTART);
  tick(1);
  sockets[1].end(CLOSE_CODES.BAD_FRAME);
  assert.equal(heard.reason, "outdated");
  context.mock.timers.reset();
  const other = connected(context);
  other.sockets[0].end(CLOSE_CODES.BAD_FRAME);
  assert.equal(other.heard.reason, "misunderstood");
});

for (const name of ["RESTART", "TOO_SLOW", "TOO_MANY", "MESSAGE_TOO_BIG"]) {
  test(`it comes back after ${name}`, (context) => {
    const { sockets, tick } = connected(context);
    sockets[0].end(CLOSE_CODES[name]);
    tick(1);
    assert.equal(sockets.length, 2);
  });
}

test("what an older connection still says is dropped", (context) => {
  const { sockets, heard, tick } = connected(context);
  sockets[0].end(1006);
  tick(1);
  sockets[1].hear(HELLO);
  sockets[0].hear({ type: EVENTS.ROOM_ADVANCED });
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual(heard.events, []);
  assert.equal(heard.statuses.at(-1), "live");
});

test("a silent connection is asked, and given up twenty-four seconds after its last word", (context) => {
  const { sockets, heard, tick } = connected(context);
  for (let second = 0; second < 15; second++) tick(1);
  assert.equal(sockets[0].sent.at(-1)?.type, COMMANDS.PING);
  for (let second = 0; second < 9; second++) tick(1);
  assert.ok(heard.statuses.includes("waiting"));
  assert.equal(sockets[0].readyState, 3);
});

test("a connection that answers is kept", (context) => {
  const { sockets, heard, tick } = connected(context);
  for (let second = 0; second < 200; second++) {
    tick(1);
    if (sockets[0].sent.pop()?.type === COMMANDS.PING) sockets[0].hear({ type: EVENTS.PONG });
  }
  assert.deepEqual(heard.statuses, ["connecting", "live"]);
});

for (const [name, meanwhile] of [["nothing", null], ["only another event", { type: EVENTS.ROOM_ADVANCED }]]) {
  test(`a command that ${name} follows finds a dead connection in fifteen seconds`, async (context) => {
    const { socket, sockets, heard, tick } = connected(context);
    const sent = socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 });
    if (meanwhile) sockets[0].hear(meanwhile);
    for (let second = 0; second < 10; second++) tick(1);
    assert.equal(sockets[0].sent.at(-1).type, COMMANDS.PING);
    for (let second = 0; second < 5; second++) tick(1);
    assert.equal(sockets[0].readyState, 3);
    assert.notEqual(heard.statuses.at(-1), "live");
    await assert.rejects(sent, AnswerLost);
  });
}

test("a connection that answered everything is not asked before its time", async (context) => {
  const { socket, sockets, tick } = connected(context);
  const sent = socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 });
  sockets[0].hear({ type: "reply", ref: sockets[0].sent.at(-1).ref, ok: true, data: {} });
  await sent;
  for (let second = 0; second < 14; second++) tick(1);
  assert.equal(sockets[0].sent.at(-1).type, COMMANDS.ROOM_JOIN);
});

test("a command whose answer takes long does not end a connection that lives", (context) => {
  const { socket, sockets, heard, tick } = connected(context);
  socket.push({ type: COMMANDS.ROOM_JOIN, room: 1 }).catch(() => {});
  for (let second = 0; second < 100; second++) {
    tick(1);
    if (sockets[0].sent.at(-1)?.type === COMMANDS.PING) sockets[0].hear({ type: EVENTS.PONG });
  }
  assert.deepEqual(heard.statuses, ["connecting", "live"]);
});

test("a hint makes it connect at once, or ask whether anybody is there", (context) => {
  const { socket, sockets, heard, tick } = connected(context);
  socket.hurry();
  assert.equal(sockets[0].sent.at(-1).type, COMMANDS.PING);
  for (let second = 0; second < 9; second++) tick(1);
  assert.equal(heard.statuses.at(-1) === "waiting" || sockets.length === 2, true);
  sockets.at(-1).end?.(1006);
  socket.hurry();
  assert.equal(heard.statuses.at(-1), "connecting");
});

test("after a connection that held it is soon back, after one that did not as late as it was away before", (context) => {
  const { sockets, tick } = connected(context);
  tick(3);
  sockets[0].end(1006);
  tick(0.25);
  assert.equal(sockets.length, 2);
  sockets[1].hear(HELLO);
  tick(2.75);
  sockets[1].end(1006);
  tick(0.7);
  assert.equal(sockets.length, 2);
  tick(0.1);
  assert.equal(sockets.length, 3);
  tick(4);
  sockets[2].end(1006);
  tick(1.8);
  assert.equal(sockets.length, 3);
  tick(0.1);
  assert.equal(sockets.length, 4);
});

test("the time for which the server asked to stay away is no time away", (context) => {
  const { sockets, tick } = connected(context);
  sockets[0].hear({ type: EVENTS.GOODBYE, retry_after: 6 });
  sockets[0].end(CLOSE_CODES.RESTART);
  tick(6.25);
  assert.equal(sockets.length, 2);
  sockets[1].end(1006);
  tick(0.7);
  assert.equal(sockets.length, 2);
  tick(0.1);
  assert.equal(sockets.length, 3);
});

test("a server that accepts and closes at once is asked ever more slowly", (context) => {
  const { sockets, tick } = connected(context);
  const waits = [];
  for (let round = 0; round < 14; round++) {
    const closed = sockets.length;
    sockets.at(-1).hear(HELLO);
    sockets.at(-1).end(CLOSE_CODES.TOO_MANY);
    let wait = 0;
    for (; sockets.length === closed; wait += 0.25) tick(0.25);
    waits.push(wait);
  }
  assert.deepEqual(waits, waits.toSorted((one, other) => one - other));
  assert.ok(waits.at(-1) > 10, `${waits}`);
});

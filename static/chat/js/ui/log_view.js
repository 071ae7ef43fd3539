import { dayName } from "#chat/ui/time.js";
import { element, setText } from "#chat/ui/dom.js";
import { drawMessage, makeMessage } from "#chat/ui/message_view.js";
import { reconcile } from "#chat/ui/reconcile.js";
import { nameOf } from "#chat/state/timeline.js";
import { layout } from "#chat/state/layout.js";
import { dayOf } from "#chat/state/days.js";

/**
 * What a window shows of a room: the stored rows, and at the end those of the outbox.
 *
 * @typedef {{ messages: object[], before: object | null }} Drawing `before`: the message above the first one, if known
 * @returns {Drawing}
 */
export function drawingOf(state, room, window) {
  const timeline = state.timelines.of(room);
  const stored = window.numbers().map((number) => storedMessage(timeline.row(number)));
  const above = timeline.row(window.before());
  const before = above ? storedMessage(above) : null;
  if (!window.follows) return { messages: stored, before };
  const unsent = state.outbox
    .entries(room)
    .filter(({ key }) => !timeline.has(nameOf(state.me.id, key)))
    .map((entry) => unsentMessage(entry, state.me));
  return { messages: [...stored, ...unsent], before };
}

/** Draws the days, their messages and the line above the new ones into `log`. */
export function drawLog(log, { messages, before, newAfter }, context) {
  const days = layout(messages, { before, newAfter });
  reconcile(log, days, {
    make: makeDay,
    update: (day, { at, items }) => {
      // "Today" is not for ever.
      setText(day.querySelector(".day-name"), dayName(at, context.now));
      drawItems(day.lastChild, items, context);
    },
  });
}

function storedMessage(row) {
  const { message, name, at, day } = row;
  return { key: name, author: message.author, at, day, number: message.number, row, entry: null };
}

function unsentMessage(entry, me) {
  const { key, at } = entry;
  return { key: nameOf(me.id, key), author: me, at, day: dayOf(at), number: null, row: null, entry };
}

function makeDay() {
  const head = element("h2", { class: "day-head" }, element("span", { class: "day-name" }));
  return element("section", { class: "day" }, head, element("div", { class: "day-messages" }));
}

function drawItems(root, items, context) {
  reconcile(root, items, {
    make: (item) => (item.kind === "new" ? makeLine() : makeMessage()),
    update: (child, item) => item.kind === "message" && drawMessage(child, item, context),
  });
}

function makeLine() {
  const label = element("span", {}, "New");
  return element("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, label);
}

import { drawAvatar } from "#chat/ui/avatar.js";
import { clone, icon, setText } from "#chat/ui/dom.js";
import { drawHtml, drawPlain } from "#chat/ui/markup.js";
import { drawReactions } from "#chat/ui/reactions_view.js";
import { clock, exact } from "#chat/ui/time.js";

const DRAWN = new WeakMap();

const STATES = {
  sending: { label: "Sending", icon: "clock" },
  waiting: { label: "Waiting for the network", icon: "clock" },
  stored: { label: "Stored", icon: "check" },
  failed: { label: "Not sent", icon: "alert" },
};

/** The element of a message; `drawMessage` fills it. */
export function makeMessage() {
  return clone("message-template");
}

/**
 * Draws a stored message or one of the outbox. The element stays the same from the key press on.
 * @param {HTMLElement} article
 * @param {import("#chat/state/layout.js").Item} item
 * @param {{ me: object, live: boolean, writable: boolean, link: (number: number) => string }} context
 */
export function drawMessage(article, { key, start, message }, context) {
  const drawn = DRAWN.get(article);
  const now = { source: message.row ?? message.entry, start, live: context.live, writable: context.writable };
  if (drawn && Object.keys(now).every((name) => drawn[name] === now[name])) return;
  DRAWN.set(article, now);

  const drawable = article.querySelectorAll(":scope > :not(.editor)");
  const [avatar, author, text, time, state, failure, reactions] = drawable;
  const stored = message.row?.message ?? null;
  const deleted = stored?.deleted ?? false;
  const mine = message.author.id === context.me.id;
  article.dataset.key = stored?.key ?? message.entry.key;
  if (stored) {
    article.dataset.number = stored.number;
    article.dataset.id = stored.id;
    article.id = `message-${stored.number}`;
  }
  article.dataset.state = deleted ? "deleted" : stored ? "stored" : stateOf(message.entry, context.live);
  article.classList.toggle("message-start", start);
  if (avatar.dataset.key !== key) drawAvatar(avatar, message.author);
  avatar.dataset.key = key;
  setText(author, message.author.name);
  drawText(text, drawn?.source, message);
  drawTime(time, message, stored && context.link(stored.number));
  drawState(state, mine && !deleted ? article.dataset.state : null);
  drawFailure(failure, message.entry);
  drawReactions(reactions, stored?.reactions ?? [], context.me, context.writable);

  function drawText(root, before, { row, entry }) {
    if (deleted) setText(root, "Message deleted");
    else if (!row) {
      if (before?.body !== entry.body) drawPlain(root, entry.body);
    } else if (before?.message?.html !== row.message.html || before.message.edited_at !== row.message.edited_at) {
      drawHtml(root, row.message, context.me.name);
    }
  }
}

function stateOf(entry, live) {
  if (entry.state === "failed") return "failed";
  return live ? "sending" : "waiting";
}

function drawTime(link, message, address) {
  const time = link.firstElementChild;
  const at = new Date(message.at);
  if (time.dateTime !== at.toISOString()) {
    time.dateTime = at.toISOString();
    time.textContent = clock(message.at);
    link.title = exact(message.at);
  }
  if (address && link.getAttribute("href") !== address) link.setAttribute("href", address);
}

function drawState(root, name) {
  if ((root.dataset.state ?? null) === name) return;
  if (name === null) {
    delete root.dataset.state;
    root.replaceChildren();
    return;
  }
  const state = STATES[name];
  root.dataset.state = name;
  root.title = state.label;
  const label = document.createElement("span");
  label.className = "visually-hidden";
  label.textContent = state.label;
  root.replaceChildren(icon(state.icon, "icon-small"), label);
}

function drawFailure(root, entry) {
  const failed = entry?.state === "failed";
  root.hidden = !failed;
  if (failed) setText(root.querySelector(".failure-why"), `Not sent. ${entry.error.detail}`);
}

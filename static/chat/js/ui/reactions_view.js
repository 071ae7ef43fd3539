import { listed } from "#chat/ui/words.js";
import { reconcile } from "#chat/ui/reconcile.js";

const MOST_NAMES = 12;

/** Draws the reactions of a message as buttons under it. */
export function drawReactions(root, reactions, me, enabled) {
  root.hidden = reactions.length === 0;
  const items = reactions.map((reaction) => ({ ...reaction, key: reaction.emoji }));
  reconcile(root, items, { make: makeChip, update: (chip, reaction) => updateChip(chip, reaction, me, enabled) });
}

function makeChip({ emoji }) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip";
  chip.dataset.do = "toggle";
  chip.dataset.emoji = emoji;
  const face = document.createElement("span");
  face.className = "chip-emoji";
  face.textContent = emoji;
  const count = document.createElement("span");
  count.className = "chip-count";
  chip.append(face, count);
  return chip;
}

function updateChip(chip, { emoji, people }, me, enabled) {
  const mine = people.some(({ id }) => id === me.id);
  const names = people.slice(0, MOST_NAMES).map(({ id, name }) => (id === me.id ? "you" : name));
  if (people.length > MOST_NAMES) names.push(`${people.length - MOST_NAMES} more`);
  const title = `${listed(names)} reacted with ${emoji}`;
  chip.title = title;
  chip.disabled = !enabled;
  chip.setAttribute("aria-label", title);
  chip.setAttribute("aria-pressed", String(mine));
  chip.lastChild.textContent = String(people.length);
}

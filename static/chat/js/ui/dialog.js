import { attempt } from "#chat/ui/attempt.js";
import { parts as partsOf, setText } from "#chat/ui/dom.js";

/** Opens a dialog; a click beside it closes it, as does its close button. */
export function openDialog(dialog) {
  if (!DRESSED.has(dialog)) dress(dialog);
  dialog.showModal();
}

const DRESSED = new WeakSet();

function dress(dialog) {
  DRESSED.add(dialog);
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target !== dialog) return;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
    if (!inside) dialog.close();
  });
  for (const name of ["close", "cancel"]) {
    dialog.querySelector(`[data-part="${name}"]`)?.addEventListener("click", () => dialog.close());
  }
}

/**
 * Asks before something that cannot be undone, and stays open with the reason if it fails.
 * @param {{ title: string, text: string, quote?: string, deed: string, go: () => Promise<void> }} question
 */
export function confirm({ title, text, quote = "", deed, go }) {
  const dialog = document.getElementById("confirm");
  const parts = partsOf(dialog);
  setText(parts.title, title);
  setText(parts.text, text);
  setText(parts.quote, quote);
  parts.quote.hidden = !quote;
  setText(parts.error, "");
  setText(parts.go, deed);
  parts.go.onclick = () => attempt(parts.go, parts.error, async () => {
    await go();
    dialog.close();
  });
  openDialog(dialog);
  parts.cancel.focus();
}

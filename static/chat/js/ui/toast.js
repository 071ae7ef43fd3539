import { setText } from "#chat/ui/dom.js";

const SHOWN_MS = 5000;
let timer = null;

/** Says in passing that something worked, or why it did not. */
export function toast(sentence) {
  const root = document.querySelector(".toast");
  setText(root, sentence);
  root.showPopover();
  clearTimeout(timer);
  timer = setTimeout(() => root.hidePopover(), SHOWN_MS);
}

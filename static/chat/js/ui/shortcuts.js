/**
 * The keyboard: Ctrl/Cmd+K, Alt+Up/Down (with Shift only unread rooms), `/` and Escape.
 * @param {{ find: () => void, step: (by: 1 | -1, unreadOnly: boolean) => void, write: () => void,
 *           escape: () => void }} deeds
 */
export function wireShortcuts(deeds) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const deed = deedOf(event, deeds);
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}

function deedOf(event, deeds) {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") return deeds.find;
  if (document.querySelector("dialog[open]")) return null;
  if (altKey && !ctrlKey && !metaKey && key === "ArrowUp") return () => deeds.step(-1, shiftKey);
  if (altKey && !ctrlKey && !metaKey && key === "ArrowDown") return () => deeds.step(1, shiftKey);
  if (key === "/" && !event.target.closest("input, textarea, [contenteditable]")) return deeds.write;
  if (key === "Escape" && !document.querySelector("[popover]:popover-open:not(.toast)")) return deeds.escape;
  return null;
}

const GAP = 6;

/** Opens a popover beside an element, on the side where there is room. */
export function openAt(popup, anchor) {
  popup.showPopover();
  place(popup, anchor);
}

/** Places a popover whenever its own button opens it. */
export function placeAtButton(popup, button) {
  popup.addEventListener("toggle", ({ newState }) => newState === "open" && place(popup, button));
}

function place(popup, anchor) {
  const at = anchor.getBoundingClientRect();
  const { width, height } = popup.getBoundingClientRect();
  const below = at.bottom + GAP + height <= innerHeight;
  const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height);
  const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
  popup.style.setProperty("top", `${top}px`);
  popup.style.setProperty("left", `${left}px`);
}

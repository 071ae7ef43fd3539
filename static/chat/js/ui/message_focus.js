/** Arrow keys move through the messages; one of them at a time is reached by Tab. */
export function moveByArrows(log) {
  log.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || !event.target.matches(".message")) return;
    const messages = [...log.querySelectorAll(".message")];
    const place = messages.indexOf(event.target) + step;
    const next = messages[Math.max(0, Math.min(messages.length - 1, place))];
    event.preventDefault();
    next.focus();
  });
  log.addEventListener("focusin", (event) => {
    const article = event.target.closest(".message");
    if (article && article.tabIndex !== 0) reachable(log, article);
  });
}

/** While the reader is elsewhere, Tab reaches the last message. */
export function keepReachable(log) {
  if (log.contains(document.activeElement)) return;
  const last = log.lastElementChild?.querySelector(".message:last-child");
  if (last && last.tabIndex !== 0) reachable(log, last);
}

function reachable(log, article) {
  for (const other of log.querySelectorAll('.message[tabindex="0"]')) other.tabIndex = -1;
  article.tabIndex = 0;
}

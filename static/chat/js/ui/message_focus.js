/** In the log, arrow keys move from message to message; what may be done with one is then a Tab away. */
export function moveByArrows(log) {
  log.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const inLog = event.target === log || event.target.matches(".message");
    if (!step || !inLog || event.altKey || event.ctrlKey || event.metaKey) return;
    const messages = [...log.querySelectorAll(".message")];
    const place = event.target === log ? messages.length - 1 : messages.indexOf(event.target) + step;
    event.preventDefault();
    messages[Math.max(0, Math.min(messages.length - 1, place))]?.focus();
  });
}

/** The folded-away bar that puts Markdown around what is selected. */
export class Formatting {
  #text;

  /** @param {Record<string, HTMLElement>} parts `format`, `formatting`, `text` */
  constructor({ format, formatting, text }) {
    this.#text = text;
    format.addEventListener("click", () => {
      formatting.hidden = !formatting.hidden;
      format.setAttribute("aria-expanded", String(!formatting.hidden));
      text.focus();
    });
    formatting.addEventListener("click", (event) => {
      const { wrap, line } = event.target.closest("button")?.dataset ?? {};
      if (wrap) this.#wrap(wrap);
      else if (line) this.#prefix(line);
    });
    text.addEventListener("keydown", (event) => {
      const wrap = (event.ctrlKey || event.metaKey) && !event.shiftKey && { b: "**", i: "_", e: "`" }[event.key];
      if (!wrap) return;
      event.preventDefault();
      this.#wrap(wrap);
    });
  }

  #wrap(mark) {
    const { selectionStart: start, selectionEnd: end, value } = this.#text;
    const chosen = value.slice(start, end);
    const block = mark === "`" && chosen.includes("\n");
    const [open, close] = mark === "link" ? ["[", "](https://)"] : block ? ["```\n", "\n```"] : [mark, mark];
    this.#replace(start, end, `${open}${chosen}${close}`);
    if (mark === "link" && chosen) this.#text.setSelectionRange(start + chosen.length + 3, start + chosen.length + 11);
    else this.#text.setSelectionRange(start + open.length, start + open.length + chosen.length);
  }

  #prefix(mark) {
    const { selectionStart, selectionEnd: end, value } = this.#text;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(start, end).split("\n");
    this.#replace(start, end, lines.map((line) => mark + line).join("\n"));
  }

  #replace(start, end, text) {
    this.#text.focus();
    this.#text.setRangeText(text, start, end, "end");
    this.#text.dispatchEvent(new Event("input"));
  }
}

// The one place where HTML from the server enters the page. The server cleans it (chat/markup).
const POLICY = globalThis.trustedTypes?.createPolicy("parley-message", { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
};

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;
// Compiling the above takes many milliseconds: most messages are told apart without it.
const NO_WORDS = /^[^\p{L}\p{P}]{1,40}$/u;

/** Puts a stored message's HTML into its `.text`. */
export function drawHtml(text, message, myName) {
  text.innerHTML = POLICY.createHTML(message.html);
  for (const mention of text.querySelectorAll(".mention")) {
    mention.classList.toggle("mention-me", mention.dataset.name === myName);
  }
  for (const code of text.querySelectorAll("pre")) code.tabIndex = 0;
  if (message.edited_at) text.append(editedMark());
  text.classList.toggle("text-emoji", isOnlyEmoji(message.body));
}

/** Draws a message as the server will most likely render it, before it has. */
export function drawPlain(text, body) {
  const paragraphs = body.trim().split(/\n{2,}/).map((lines) => {
    const paragraph = document.createElement("p");
    const [first, ...others] = lines.split("\n");
    paragraph.append(first, ...others.flatMap((line) => [document.createElement("br"), line]));
    return paragraph;
  });
  text.replaceChildren(...paragraphs);
  text.classList.toggle("text-emoji", isOnlyEmoji(body));
}

function isOnlyEmoji(body) {
  return body.length <= 40 && NO_WORDS.test(body) && ONLY_EMOJI.test(body.trim());
}

function editedMark() {
  const mark = document.createElement("span");
  mark.className = "edited";
  mark.textContent = "edited";
  return mark;
}

// Teaches Node the page's import map: `#chat/x.js` is a file under static/chat/js.
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);

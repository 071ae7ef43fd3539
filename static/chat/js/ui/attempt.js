import { setText } from "#chat/ui/dom.js";

/** Runs a deed while its button rests; says why it failed in `error`. */
export async function attempt(button, error, deed) {
  setText(error, "");
  button.disabled = true;
  try {
    await deed();
  } catch (failure) {
    setText(error, failure.message);
  } finally {
    button.disabled = false;
  }
}

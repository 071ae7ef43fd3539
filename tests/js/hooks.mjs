const ROOT = new URL("../../static/chat/js/", import.meta.url);

export async function resolve(specifier, context, next) {
  if (!specifier.startsWith("#chat/")) return next(specifier, context);
  return { url: new URL(specifier.slice("#chat/".length), ROOT).href, format: "module", shortCircuit: true };
}

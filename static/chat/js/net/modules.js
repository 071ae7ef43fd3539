/**
 * Brings the modules that the page did not start with into the browser's cache. Rejects where one does not come.
 *
 * An import that fails once fails for as long as the page is there; a fetch can be tried again.
 */
export async function fetchOthers() {
  const { imports } = JSON.parse(document.querySelector('script[type="importmap"]').textContent);
  const preloads = document.querySelectorAll('link[rel="modulepreload"]');
  const started = new Set([...preloads].map((link) => link.getAttribute("href")));
  await Promise.all(Object.values(imports).filter((address) => !started.has(address)).map(fetchWhole));
}

async function fetchWhole(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} did not come: ${answer.status}`);
  await answer.arrayBuffer();
}

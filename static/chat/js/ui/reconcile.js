const CHILDREN = new WeakMap();

/**
 * Makes the children of `parent` those for `items`, in order, moving as little as possible.
 *
 * @template Item
 * @param {Element} parent
 * @param {Item[]} items with a `key` each, no two equal
 * @param {{ make: (item: Item) => Element, update?: (element: Element, item: Item) => void }} how
 */
export function reconcile(parent, items, { make, update = () => {} }) {
  const old = CHILDREN.get(parent) ?? new Map();
  const next = new Map();
  for (const item of items) next.set(item.key, old.get(item.key) ?? make(item));
  for (const [key, child] of old) if (next.get(key) !== child) child.remove();
  let place = parent.firstElementChild;
  for (const item of items) {
    const child = next.get(item.key);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item);
  }
  CHILDREN.set(parent, next);
}

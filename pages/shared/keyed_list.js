/** A list on the page that follows an array: rows keep their element, focus and scroll place. */

/**
 * @template T
 * @param {Element} parent
 * @param {{
 *   key: (item: T) => string,
 *   build: (item: T) => HTMLElement,
 *   update?: (element: HTMLElement, item: T) => void,
 * }} options `update` runs for a row whose item changed; without it the row is built anew
 * @returns {(items: readonly T[]) => void} shows these items, in this order
 */
export function keyedList(parent, { key, build, update }) {
  /** @type {Map<string, {element: HTMLElement, item: T}>} */
  let rows = new Map();

  return (items) => {
    /** @type {typeof rows} */
    const next = new Map();
    for (const item of items) next.set(key(item), row(rows.get(key(item)), item));
    for (const [id, { element }] of rows) {
      if (next.get(id)?.element !== element) element.remove();
    }
    order(parent, [...next.values()].map(({ element }) => element));
    rows = next;
  };

  /** @param {{element: HTMLElement, item: T} | undefined} old @param {T} item */
  function row(old, item) {
    if (!old) return { element: build(item), item };
    if (Object.is(old.item, item)) return old;
    if (!update) return { element: build(item), item };
    update(old.element, item);
    return { element: old.element, item };
  }
}

/**
 * Move only what is out of place: moving an element that holds the focus would lose it.
 * @param {Element} parent @param {HTMLElement[]} elements
 */
function order(parent, elements) {
  let place = parent.firstElementChild;
  for (const element of elements) {
    if (element !== place && element.parentNode === parent && element.contains(document.activeElement)) {
      while (place && place !== element) {
        const next = /** @type {Element | null} */ (place.nextElementSibling);
        parent.append(place); // finds its own place further on
        place = next;
      }
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}

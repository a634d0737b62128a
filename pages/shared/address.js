/** The place and the filters of a page live in its address, so that a link or a reload brings them back. */

/** @returns {Record<string, string>} the query of this page's address */
export function readAddress() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/**
 * Merge into the address; empty values leave it.
 * @param {Record<string, string | number | null | undefined>} change
 * @param {{step?: boolean}} [options] `step`: the Back button returns to the address before
 */
export function writeAddress(change, { step = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined || value === '') query.delete(name);
    else query.set(name, String(value));
  }
  const search = query.toString();
  const url = location.pathname + (search ? `?${search}` : '');
  if (url === location.pathname + location.search) return;
  history[step ? 'pushState' : 'replaceState'](null, '', url);
}

/** @param {(address: Record<string, string>) => void} react runs when Back or Forward changed the address */
export function watchAddress(react) {
  addEventListener('popstate', () => react(readAddress()));
}

/** Talking with the page that the chat stands on: exact origin, exact window, known shapes only. */

const host = new URLSearchParams(location.search).get('host') ?? location.origin;

/**
 * @typedef {{token?: string, conversation?: string, live?: boolean, outbox?: any[], seen?: number,
 *   draft?: string}} Saved what the loader keeps in the shop page's storage
 * @typedef {{saved: Saved | null, identity: string | null, customer: string, page: string}} Visitor
 */

/**
 * @param {{
 *   start: (visitor: Visitor & {isOpen: boolean}) => void,
 *   identity: (visitor: Visitor) => void,
 *   open: (isOpen: boolean) => void,
 * }} react
 */
export function listenToHost(react) {
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== host || source !== parent || data?.kefu !== 1) return;
    if (Object.hasOwn(react, data.kind)) react[/** @type {keyof typeof react} */ (data.kind)](data.value);
  });
  tellHost('ready', null);
}

/** @param {'ready' | 'save' | 'unread' | 'close'} kind @param {unknown} value */
export function tellHost(kind, value) {
  parent.postMessage({ kefu: 1, kind, value }, host);
}

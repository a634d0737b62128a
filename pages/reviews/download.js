/** Saving what the server answers as a file. */

import { ask } from '../shared/api.js';
import { el } from '../shared/elements.js';

/** @param {string} path @param {any} body @param {string} name */
export async function download(path, body, name) {
  save(await ask('POST', path, body), name);
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = el('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

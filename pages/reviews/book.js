/** What the page knows: the list under its filters, the opened review, and the commands on it. */

import { readAddress, writeAddress } from '../shared/address.js';
import { get, post, put } from '../shared/api.js';
import { createStore } from '../shared/store.js';
import { setClock } from '../shared/times.js';

export const FILTERS = ['platform', 'sentiment', 'stars', 'aspect', 'flag', 'sku', 'search', 'import_id', 'since'];

/**
 * @typedef {Record<string, any>} Row
 * @typedef {{rows: Row[], next: string | null, counts: Record<string, number>, urgent: Record<string, number>,
 *   state: 'loading' | 'ready' | 'failed', error: string, more: boolean, chosen: string | null,
 *   review: any | null, opening: boolean, me: any, picked: Set<string>, sending: any | null}} Book
 */

export const store = createStore(/** @type {Book} */ ({
  rows: [], next: null, counts: {}, urgent: {}, state: 'loading', error: '', more: false, chosen: null, review: null, opening: false,
  me: null, picked: new Set(), sending: null,
}));

let asked = 0;

/** How what leaves by itself stands: asked for with the list, and never in its way. */
async function loadSending() {
  try {
    store.set({ sending: await get('/api/reviews/sending') });
  } catch {
    // The list says when the server is out of reach.
  }
}

/** Whether an approved reply to this platform leaves by itself. @param {string} platform */
export function isPushed(platform) {
  const { pushed, platforms } = store.state.sending?.replies ?? {};
  return Boolean(pushed) && (!platforms.length || platforms.includes(platform));
}

/** The filters that the address names, and the view. */
export function filters() {
  const address = readAddress();
  const query = Object.fromEntries(FILTERS.map((name) => [name, address[name] ?? '']));
  return { view: address.view ?? 'todo', ...query };
}

/** Read the list anew; a later reading wins over an earlier one that is still under way. */
export async function load({ quiet = false } = {}) {
  const turn = ++asked;
  loadSending();
  if (!quiet) store.set({ state: 'loading', picked: new Set() });
  try {
    const limit = quiet ? Math.min(100, Math.max(30, store.state.rows.length)) : 30;
    const answer = await get('/api/reviews', { ...filters(), limit });
    if (turn !== asked) return;
    setClock(answer.server_time);
    store.set({ rows: answer.rows, next: answer.next, counts: answer.counts, urgent: answer.urgent, state: 'ready', error: '' });
  } catch (error) {
    if (turn !== asked || quiet) return;
    store.set({ state: 'failed', error: error instanceof Error ? error.message : String(error) });
  }
}

/** Add the next page at the end of the list. */
export async function loadMore() {
  const { next, more } = store.state;
  if (!next || more) return;
  const turn = asked;
  store.set({ more: true });
  try {
    const answer = await get('/api/reviews', { ...filters(), cursor: next });
    if (turn !== asked) return;
    const known = new Set(store.state.rows.map(({ id }) => id));
    store.set({ rows: [...store.state.rows, ...answer.rows.filter(({ id }) => !known.has(id))], next: answer.next });
  } finally {
    store.set({ more: false });
  }
}

/** What opens by itself is no step to go back over. @param {string | null} id @param {{step?: boolean}} [options] */
export async function open(id, { step = true } = {}) {
  if (id === store.state.chosen && store.state.review?.id === id) return;
  writeAddress({ review: id }, { step: step && Boolean(id) });
  store.set({ chosen: id, opening: Boolean(id), review: null });
  if (!id) return;
  try {
    const review = await get(`/api/reviews/${id}`);
    if (store.state.chosen === id) store.set({ review, opening: false });
  } catch (error) {
    if (store.state.chosen === id) store.set({ opening: false, chosen: null });
    throw error;
  }
}

/** Read the opened review again, after somebody else changed it. */
export async function reopen() {
  const id = store.state.chosen;
  if (!id) return;
  const review = await get(`/api/reviews/${id}`);
  if (store.state.chosen === id) take(review);
}

/**
 * Send a decision on a review; the row follows the answer.
 * @param {any} review @param {string} verb @param {Record<string, any>} [body]
 */
export async function decide(review, verb, body = {}) {
  const path = `/api/reviews/${review.id}/${verb}`;
  const answer = await (verb === 'reply' ? put : post)(path, verb === 'sentiment' ? body : { revision: review.revision, ...body });
  take(answer);
  return answer;
}

/** The row below (or above at the end) the given one, in the list as it stands. @param {string} id @param {number} move */
export function neighbour(id, move) {
  const { rows } = store.state;
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return rows[0] ?? null;
  return rows[Math.max(0, Math.min(rows.length - 1, at + move))] ?? null;
}

/** Take a row out of the list that it no longer belongs to. @param {string} id */
export function dropRow(id) {
  const { rows, counts } = store.state;
  const view = filters().view;
  if (!rows.some((row) => row.id === id)) return;
  store.set({ rows: rows.filter((row) => row.id !== id), counts: { ...counts, [view]: Math.max(0, (counts[view] ?? 1) - 1) } });
}

/** @param {any} review the whole review as the server answered */
function take(review) {
  const { rows, chosen } = store.state;
  store.set({
    rows: rows.map((row) => (row.id === review.id ? { ...row, ...rowOf(review, row) } : row)),
    ...(chosen === review.id ? { review } : {}),
  });
}

/** @param {any} review @param {Row} row */
function rowOf(review, row) {
  const same = Object.fromEntries(Object.keys(row).map((name) => [name, review[name]]));
  return { ...same, text: row.text, highlights: row.highlights };
}

/** What the whole dashboard shares: the period and filters in the address, and links that keep them. */

import { readAddress, writeAddress } from '../shared/address.js';
import { get } from '../shared/api.js';

export const FILTERS = /** @type {const} */ (['agent', 'platform', 'category', 'sku', 'aspect', 'reason']);
const KEPT = ['from', 'to', 'days', ...FILTERS];
const DAY = 86_400_000;
const SHOP_OFFSET = 8 * 3_600_000;

/** A day of the shop's calendar as YYYY-MM-DD. @param {number} back days before today */
export function dayBack(back) {
  return new Date(Date.now() + SHOP_OFFSET - back * DAY).toISOString().slice(0, 10);
}

/** Whether the address narrows the figures down, beyond the period. */
export function isFiltered() {
  const address = readAddress();
  return FILTERS.some((name) => address[name]);
}

/** @returns {Record<string, string>} period and filters, as the server reads them */
export function question() {
  const address = readAddress();
  const given = Object.fromEntries(KEPT.filter((name) => address[name]).map((name) => [name, address[name]]));
  const { days, ...rest } = given;
  if (rest.from || rest.to) return rest;
  return { ...rest, from: dayBack(Number(days ?? 7) - 1), to: dayBack(0) };
}

/** Ask a report for the period and filters of the address. @param {string} report @param {Record<string, any>} [more] */
export function report(report, more = {}) {
  return get(`/api/reports/${report}`, { ...question(), ...more });
}

/** @typedef {'clocks' | 'chats' | 'promises' | 'causes'} Kind what is listed */

/**
 * An address at which the cases behind a figure are listed; it keeps period and filters.
 * `n` is the figure, so that whoever opens the list later sees whether it has changed since.
 * @param {Record<string, any>} choice @param {number} n @param {Kind} [of]
 */
export function casesHref(choice, n, of = 'clocks') {
  const query = new URLSearchParams(location.search);
  const given = Object.entries({ ...choice, n }).filter(([, value]) => value !== null && value !== undefined && value !== '');
  query.set('cases', new URLSearchParams([['of', of], ...given.map(([name, value]) => [name, String(value)])]).toString());
  return `/dashboard?${query}`;
}

/** @param {Record<string, string | number | null | undefined>} change */
export function go(change) {
  writeAddress(change, { step: true });
  dispatchEvent(new PopStateEvent('popstate'));
}

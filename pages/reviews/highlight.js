/** A customer's text with the words that say something marked: complaint or praise, and about what. */

import { el } from '../shared/elements.js';
import { aspectName } from './words.js';

/**
 * @typedef {{start: number, end: number, polarity: string, aspect: string}} Highlight
 * @param {string} text
 * @param {Highlight[]} highlights in order, without overlaps; places count characters as Python does
 * @param {{only?: 'negative'}} [options]
 * @returns {(string | HTMLElement)[]}
 */
export function highlighted(text, highlights, { only } = {}) {
  const characters = [...text];
  const parts = [];
  let end = 0;
  for (const one of highlights) {
    if (only && one.polarity !== only) continue;
    if (one.start >= characters.length) break;
    parts.push(characters.slice(end, one.start).join(''), marked(characters.slice(one.start, one.end).join(''), one));
    end = one.end;
  }
  parts.push(characters.slice(end).join(''));
  return parts.filter((part) => part !== '');
}

/** @param {string} words @param {Highlight} one */
function marked(words, { polarity, aspect }) {
  const says = `${polarity === 'negative' ? '抱怨' : '称赞'}${aspectName(aspect)}`;
  return el('mark', { class: polarity === 'negative' ? 'complaint' : 'praise', title: says }, words);
}

/**
 * The part of a long text that shows the first complaint, for a row of the list.
 * @param {string} text @param {Highlight[]} highlights @param {number} room characters
 */
export function excerpt(text, highlights, room) {
  const characters = [...text];
  const first = highlights.find(({ polarity }) => polarity === 'negative');
  if (characters.length <= room || !first || first.end <= room) {
    return { text: cut(characters, room), highlights };
  }
  const start = Math.max(0, first.start - 12);
  const shift = start - 1;
  const shown = highlights.filter((one) => one.start >= start).map((one) => ({ ...one, start: one.start - shift, end: one.end - shift }));
  return { text: `…${cut(characters.slice(start), room)}`, highlights: shown };
}

/** @param {string[]} characters @param {number} room */
function cut(characters, room) {
  return characters.length > room ? `${characters.slice(0, room).join('')}…` : characters.join('');
}

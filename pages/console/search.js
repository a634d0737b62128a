/** Searching everything that was said: hits with the found words marked. */

import { get, wordsOf } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { putRow } from './desk.js';

const WAIT = 250;

/** @param {{open: (id: string, seq: number) => void}} act */
export function search(act) {
  const input = /** @type {HTMLInputElement} */ (document.querySelector('.search input'));
  const panel = /** @type {HTMLElement} */ (document.querySelector('.rows'));
  const found = el('div', { class: 'found', hidden: true, role: 'region', ariaLabel: '搜索结果' });
  panel.before(found);
  let timer = 0;
  input.addEventListener('input', () => (clearTimeout(timer), (timer = window.setTimeout(run, WAIT))));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') (clear(), input.blur());
    if (event.key === 'ArrowDown') /** @type {HTMLElement | null} */ (found.querySelector('button'))?.focus();
  });
  return { focus: () => input.select(), clear };

  function clear() {
    input.value = '';
    run();
  }

  async function run() {
    const q = input.value.trim();
    found.hidden = !q;
    panel.hidden = Boolean(q);
    if (!q) return;
    try {
      const { hits } = await get('/api/desk/search', { q });
      if (q === input.value.trim()) draw(hits);
    } catch (error) {
      fill(found, el('div', { class: 'state late' }, icon('warning'), el('p', null, wordsOf(error))));
    }
  }

  /** @param {any[]} hits */
  function draw(hits) {
    if (!hits.length) return fill(found, el('div', { class: 'state' }, icon('search'), el('strong', null, '没有找到'), el('p', null, '换个词试试，或者少写几个字。')));
    return fill(found, ...hits.map((hit) => el('button', { class: 'row', type: 'button', onclick: () => (putRow(hit.row), act.open(hit.row.id, hit.seq)) },
      el('span', { class: 'line' }, el('strong', null, hit.row.customer.name || '访客'), el('span', { class: 'end' }, timeElement(hit.at, { kind: 'said', class: 'when' }))),
      el('span', { class: 'hit' }, ...marked(hit.text, hit.ranges ?? [])))));
  }
}

/** @param {string} text @param {[number, number][]} ranges */
function marked(text, ranges) {
  const parts = [];
  let end = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(end, from), el('mark', null, text.slice(from, to)));
    end = to;
  }
  return [...parts, text.slice(end)];
}

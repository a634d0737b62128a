/** The left column: which conversations there are, whose they are, and which cannot wait. */

import { readAddress, writeAddress } from '../shared/address.js';
import { get } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { keyedList } from '../shared/keyed_list.js';
import { toastError } from '../shared/toast.js';
import { putRow, store } from './desk.js';
import { promiseList } from './promises.js';
import { rowView } from './row_view.js';

export const LISTS = /** @type {const} */ ([
  { id: 'mine', name: '我的' }, { id: 'waiting', name: '等待' }, { id: 'all', name: '全部' },
  { id: 'closed', name: '已结束' }, { id: 'promises', name: '承诺' },
]);
const NOTHING = {
  mine: ['chat', '手上没有会话', '有客户在等时，按 N 接最前面的一位。'],
  waiting: ['check', '没有客户在等', '都接住了，做得好。'],
  all: ['check', '没有进行中的会话', '有客户来了会出现在这里。'],
  closed: ['archive', '还没有结束的会话', '结束的会话会留在这里，随时可以重新打开。'],
};

/** @typedef {import('./desk.js').Row} Row */

/** The rows of a list, in the order in which they want attention. @param {string} list @param {any} state @returns {Row[]} */
export function rowsOf(list, { rows, me }) {
  const all = /** @type {Row[]} */ (Object.values(rows));
  const due = (/** @type {Row} */ { clock }) => (clock ? new Date(clock.due_at).getTime() : Infinity);
  const newest = (/** @type {Row} */ a, /** @type {Row} */ b) => b.updated_at.localeCompare(a.updated_at);
  if (list === 'mine') return all.filter(({ owner, agent }) => owner === 'agent' && agent?.id === me?.id).sort((a, b) => due(a) - due(b) || newest(a, b));
  if (list === 'waiting') return all.filter(({ owner }) => owner === 'queued').sort((a, b) => (a.place ?? 1e9) - (b.place ?? 1e9));
  if (list === 'closed') return all.filter(({ owner }) => owner === 'closed').sort(newest);
  return all.filter(({ owner }) => owner !== 'closed').sort((a, b) => due(a) - due(b) || newest(a, b));
}

/** The list that the address names. */
export function currentList() {
  const { list } = readAddress();
  return LISTS.some(({ id }) => id === list) ? list : 'mine';
}

/** @param {{open: (id: string) => void}} act @returns {{show: (list: string) => void, rows: () => Row[]}} */
export function lists(act) {
  const tabs = /** @type {HTMLElement} */ (document.querySelector('.tabs'));
  const panel = /** @type {HTMLElement} */ (document.querySelector('.rows'));
  const list = el('div', { class: 'row-list' });
  const foot = el('div', { class: 'row-foot' });
  const show = keyedList(list, { key: ({ row }) => row.id, build: (item) => rowView(item, act.open) });
  /** @type {Map<string, any>} */
  let before = new Map();
  let cursor = /** @type {string | null | undefined} */ (undefined);
  const buttons = LISTS.map(({ id, name }) => tab(id, name));
  tabs.append(...buttons);
  tabs.addEventListener('keydown', step);

  store.watch((state) => [state.rows, state.me, state.chosen, state.listed, state.counts], draw);
  return { show: go, rows: () => rowsOf(currentList(), store.state) };

  /** @param {string} id */
  function go(id) {
    writeAddress({ list: id }, { step: true });
    panel.scrollTop = 0;
    draw();
  }

  function draw() {
    const at = currentList();
    for (const button of buttons) mark(button, at);
    if (at === 'promises') {
      if (panel.dataset.list !== at) fill(panel, promiseList(act.open));
      panel.dataset.list = at;
      return;
    }
    if (panel.dataset.list !== at) fill(panel, list, foot);
    panel.dataset.list = at;
    const items = rowsOf(at, store.state).map((row) => item(row, row.id === store.state.chosen, at));
    before = new Map(items.map((one) => [one.row.id, one]));
    show(items);
    fill(foot, ...under(at, items.length));
  }

  /** @param {Row} row @param {boolean} isChosen @param {string} at */
  function item(row, isChosen, at) {
    const old = before.get(row.id);
    return old && old.row === row && old.isChosen === isChosen && old.at === at ? old : { row, isChosen, at };
  }

  /** @param {string} at @param {number} length */
  function under(at, length) {
    if (!store.state.listed) return [el('div', { class: 'loading', ariaLabel: '正在加载' }, el('i'), el('i'), el('i'), el('i'), el('i'))];
    const rest = at === 'closed' && cursor !== null && (store.state.counts.closed ?? 0) > length;
    if (rest) return [el('button', { class: 'plain more', type: 'button', onclick: older }, '更早的会话')];
    if (length) return [];
    const [picture, title, text] = NOTHING[/** @type {'mine'} */ (at)];
    return [el('div', { class: 'state' }, icon(/** @type {'chat'} */ (picture)), el('strong', null, title), el('p', null, text))];
  }

  async function older() {
    try {
      const answer = await get('/api/desk/conversations', { list: 'closed', cursor });
      cursor = answer.next;
      answer.rows.forEach(putRow);
    } catch (error) {
      toastError(error);
    }
  }

  /** @param {string} id @param {string} name */
  function tab(id, name) {
    const button = el('button', { type: 'button', role: 'tab', dataset: { id }, onclick: () => go(id) }, el('span', null, name), el('b'));
    return button;
  }

  /** @param {HTMLElement} button @param {string} at */
  function mark(button, at) {
    const id = button.dataset.id ?? '';
    const count = store.state.counts[id];
    const badge = /** @type {HTMLElement} */ (button.lastElementChild);
    badge.textContent = count === undefined ? '' : String(count);
    badge.hidden = !count || id === 'closed';
    badge.className = (id === 'waiting' || id === 'promises') && count ? 'loud' : '';
    button.setAttribute('aria-selected', String(id === at));
    button.tabIndex = id === at ? 0 : -1;
  }

  /** Arrow keys walk the tabs, as a tab list promises. @param {KeyboardEvent} event */
  function step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[/** @type {'ArrowRight'} */ (event.key)];
    if (!move) return;
    const next = buttons[(LISTS.findIndex(({ id }) => id === currentList()) + move + LISTS.length) % LISTS.length];
    go(next.dataset.id);
    next.focus();
    event.preventDefault();
  }
}

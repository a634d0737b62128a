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

const HUMAN = 'human';

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

/** Whether only chats are wanted that a person had, or that one was asked for. */
const wantsHuman = () => readAddress().closed === HUMAN;

/** The rows that the list shows under its filter. @param {string} list @returns {Row[]} */
function shownOf(list) {
  const rows = rowsOf(list, store.state);
  return list === 'closed' && wantsHuman() ? rows.filter(({ agent, reason }) => agent || reason) : rows;
}

/** The list that the address names. */
export function currentList() {
  const { list } = readAddress();
  return LISTS.some(({ id }) => id === list) ? list : 'mine';
}

/** @param {{open: (id: string) => void, next: () => void}} act @returns {{show: (list: string) => void, rows: () => Row[]}} */
export function lists(act) {
  const tabs = /** @type {HTMLElement} */ (document.querySelector('.tabs'));
  const panel = /** @type {HTMLElement} */ (document.querySelector('.rows'));
  const list = el('div', { class: 'row-list' });
  const foot = el('div', { class: 'row-foot' });
  const show = keyedList(list, { key: ({ row }) => row.id, build: (item) => rowView(item, act.open, store.state.me?.id) });
  /** @type {Map<string, any>} */
  let before = new Map();
  /** @type {ReturnType<typeof promiseList> | undefined} */
  let promises;
  let promisesThen = '';
  /** Where each reading of closed chats goes on; null at its end. @type {Record<string, string | null | undefined>} */
  const cursors = {};
  const human = el('input', { type: 'checkbox', onchange: () => filter(human.checked) });
  const head = el('label', { class: 'row-filter' }, human, '只看有人工的');
  const buttons = LISTS.map(({ id, name }) => tab(id, name));
  tabs.append(...buttons);
  tabs.addEventListener('keydown', step);

  store.watch((state) => [state.rows, state.me, state.chosen, state.listed, state.counts], draw);
  return { show: go, rows: () => shownOf(currentList()) };

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
      drawPromises();
      return;
    }
    if (panel.dataset.list !== at) fill(panel, at === 'closed' && head, list, foot);
    panel.dataset.list = at;
    human.checked = wantsHuman();
    const items = shownOf(at).map((row) => item(row, row.id === store.state.chosen, at));
    before = new Map(items.map((one) => [one.row.id, one]));
    show(items);
    fill(foot, ...under(at, items.length));
  }

  /** Reads them anew when their number changes: a colleague may have kept or made one. */
  function drawPromises() {
    const { promises: due, promises_open: open } = store.state.counts;
    const now = `${due} ${open}`;
    if (panel.dataset.list !== 'promises') {
      promises = promiseList(act.open);
      fill(panel, promises.box);
    } else if (now !== promisesThen) promises?.load();
    promisesThen = now;
    panel.dataset.list = 'promises';
  }

  /** @param {Row} row @param {boolean} isChosen @param {string} at */
  function item(row, isChosen, at) {
    const old = before.get(row.id);
    return old && old.row === row && old.isChosen === isChosen && old.at === at ? old : { row, isChosen, at };
  }

  /** @param {string} at @param {number} length */
  function under(at, length) {
    if (!store.state.listed) return [el('div', { class: 'loading', ariaLabel: '正在加载' }, el('i'), el('i'), el('i'), el('i'), el('i'))];
    const rest = at === 'closed' && cursors[wantsHuman() ? HUMAN : ''] !== null && (store.state.counts.closed ?? 0) > length;
    if (rest) return [el('button', { class: 'plain more', type: 'button', onclick: older }, '更早的会话')];
    if (length) return [];
    const [picture, title, text] = NOTHING[/** @type {'mine'} */ (at)];
    const isWaitedFor = at === 'mine' && (store.state.counts.waiting ?? 0) > 0;
    return [el('div', { class: 'state' }, icon(/** @type {'chat'} */ (picture)), el('strong', null, title), el('p', { class: isWaitedFor ? 'wide-only' : '' }, text),
      isWaitedFor && el('button', { class: 'button solid phone-only', type: 'button', onclick: act.next }, `${store.state.counts.waiting} 位在等，接最前面的一位`))];
  }

  /** @param {boolean} on */
  function filter(on) {
    writeAddress({ closed: on ? HUMAN : null });
    draw();
    if (on && cursors[HUMAN] === undefined) older(); // the newest fifty may all be the bot's
  }

  async function older() {
    const only = wantsHuman() ? HUMAN : '';
    try {
      const answer = await get('/api/desk/conversations', { list: 'closed', ...(only && { human: 1 }), cursor: cursors[only] });
      cursors[only] = answer.next;
      answer.rows.forEach(putRow);
      draw();
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

/** The operators' page: what to answer first, what is known, three drafts, one key to approve. */

import { readAddress, watchAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { useKeys } from '../shared/keys.js';
import { toastError, undoLast } from '../shared/toast.js';
import { topbar } from '../shared/topbar.js';
import { load, neighbour, open, store } from './book.js';
import * as commands from './commands.js';
import { filterBar } from './filters.js';
import { importing } from './importing.js';
import { insights } from './insights.js';
import { VIEWS, list } from './list.js';
import { opened } from './opened.js';
import { toolsView } from './tools.js';

const AGAIN = 60_000;
const book = /** @type {HTMLElement} */ (document.querySelector('.book'));
const offline = /** @type {HTMLElement} */ (document.querySelector('.offline-bar'));

const left = list({ open: show });
const bar = filterBar();
const right = opened({ back: () => view('list'), ...commands, save: () => {}, step });
const importer = importing();
const saying = insights();
const bulk = /** @type {HTMLElement} */ (document.querySelector('.bulk'));

store.watch(({ picked, rows, counts, me, sending }) => [picked, rows, counts, me, sending], () => {
  const parts = toolsView(store.state);
  bulk.hidden = !parts;
  if (parts) fill(bulk, ...parts);
});
store.watch(({ chosen }) => chosen, (chosen) => view(chosen ? 'opened' : 'list'));

topbar(/** @type {Element} */ (document.querySelector('.topbar')), saying.button(), importer.button(), helpButton())
  .then((me) => {
    store.set({ me });
    importer.allow(me);
    saying.read();
    return load();
  })
  .then(() => {
    const { review } = readAddress();
    if (review) return open(review);
    if (matchMedia('(min-width: 900px)').matches && store.state.rows.length) return open(store.state.rows[0].id, { step: false });
    return undefined;
  })
  .catch(toastError);

watchAddress(({ review }) => {
  saying.read();
  bar.read();
  load();
  if ((review ?? null) !== store.state.chosen) open(review ?? null).catch(toastError);
});

addEventListener('online', lost);
addEventListener('offline', lost);
setInterval(() => document.visibilityState === 'visible' && navigator.onLine && load({ quiet: true }), AGAIN);

useKeys([
  { key: 'j', says: '下一条', group: '看', run: () => step(1) },
  { key: 'k', says: '上一条', group: '看', run: () => step(-1) },
  { key: '/', says: '搜索', group: '看', run: () => (view('list'), bar.focus()) },
  { key: 'Escape', says: '离开输入框', group: '看', whileTyping: true, run: () => /** @type {HTMLElement} */ (document.activeElement).blur() },
  { key: '1', says: '选草稿 1', group: '回', run: () => right.choose(0) },
  { key: '2', says: '选草稿 2', group: '回', run: () => right.choose(1) },
  { key: '3', says: '选草稿 3', group: '回', run: () => right.choose(2) },
  { key: 'e', says: '修改', group: '回', run: () => right.edit() },
  { key: 'a', says: '批准，打开下一条', group: '回', run: () => commands.approve(right.answer()) },
  { key: 'Mod+Enter', says: '写好了，批准', group: '回', whileTyping: true, run: () => commands.approve(right.answer()) },
  { key: 'p', says: '已发布', group: '回', run: () => commands.publish() },
  { key: 'r', says: '没发成的再发一次', group: '回', run: () => commands.sendAgain() },
  { key: 'z', says: '撤销上一步', group: '回', run: () => undoLast() || (['approved', 'failed'].includes(store.state.review?.state) && commands.undo()) },
  { key: 'i', says: '导入评价', group: '页面', run: () => importer.choose() },
  ...VIEWS.slice(0, 3).map(([id, name], place) => ({ key: `Alt+${place + 1}`, says: `列表：${name}`, group: '页面', run: () => left.go(id) })),
]);

/** @param {string} id */
function show(id) {
  open(id).catch(toastError);
  view('opened');
}

/** @param {number} move */
function step(move) {
  const { chosen } = store.state;
  const next = chosen ? neighbour(chosen, move) : store.state.rows[0];
  if (next && next.id !== chosen) {
    show(next.id);
    document.querySelector(`.row[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  }
}

/** On a phone one column is in sight at a time. @param {'list' | 'opened'} column */
function view(column) {
  book.dataset.show = column;
}

function lost() {
  offline.hidden = navigator.onLine;
  fill(offline, icon('offline'), '连接断开了。列表可能不是最新的，批准会在恢复后再试。');
  if (navigator.onLine) load({ quiet: true });
}

function helpButton() {
  const press = () => dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
  return el('button', { class: 'plain bare wide-only', type: 'button', ariaLabel: '快捷键', title: '快捷键（?）', onclick: press }, icon('keyboard'));
}


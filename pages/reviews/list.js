/** The left column: which lists there are, what is in this one, and how many want attention first. */

import { writeAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { keyedList } from '../shared/keyed_list.js';
import { toastError } from '../shared/toast.js';
import { FILTERS, filters, load, loadMore, store } from './book.js';
import { rowView } from './row_view.js';

export const VIEWS = /** @type {const} */ ([
  ['todo', '待回复'], ['approved', '待发布'], ['published', '已回复'], ['good', '好评'], ['all', '全部'],
]);
const NOTHING = {
  todo: ['check', '差评都回完了', '做得好。新的差评进来时会排在这里。'],
  approved: ['send', '没有等着发布的回复', '批准过的回复会先到这里，再导出或发布。'],
  published: ['chat', '还没有发布过回复', '发布之后会留在这里，可以随时查。'],
  good: ['star', '还没有好评', '导入评价后，不需要回复的会放在这里。'],
  all: ['star', '还没有评价', '把平台导出的表格拖到这个页面上，就能导入。'],
};

/** @param {{open: (id: string) => void}} act */
export function list(act) {
  const tabs = /** @type {HTMLElement} */ (document.querySelector('.tabs'));
  const panel = /** @type {HTMLElement} */ (document.querySelector('.rows'));
  const rows = el('div', { class: 'row-list' });
  const foot = el('div', { class: 'row-foot' });
  const standing = /** @type {HTMLElement} */ (document.querySelector('.standing'));
  const buttons = VIEWS.map(([id, name]) => el('button', { type: 'button', role: 'tab', id: `view-${id}`, dataset: { id }, onclick: () => go(id) }, el('span', null, name), el('b')));
  const show = keyedList(rows, { key: ({ row }) => row.id, build: (item) => rowView(item, { open: act.open, pick }) });
  /** @type {Map<string, any>} */
  let before = new Map();

  tabs.append(...buttons);
  tabs.addEventListener('keydown', step);
  panel.append(rows, foot);
  new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && loadMore().catch(toastError), { root: panel, rootMargin: '400px' }).observe(foot);
  store.watch(({ rows: all, chosen, picked, state, counts, me, more }) => [all, chosen, picked, state, counts, me, more], draw);
  store.watch(({ urgent, state }) => [urgent, state], () => fill(standing, ...standingView(store.state.urgent)));
  return { go };

  /** @param {string} id */
  function go(id) {
    writeAddress({ view: id === 'todo' ? null : id }, { step: true });
    panel.scrollTop = 0;
    load();
  }

  function draw() {
    const { view } = filters();
    const { rows: all, chosen, picked, state, me } = store.state;
    for (const button of buttons) mark(button, view);
    const may = view === 'todo' && me?.permissions.includes('write_reviews');
    const items = (state === 'loading' ? [] : all).map((row) => same({ row, isChosen: row.id === chosen, isPicked: picked.has(row.id), mayPick: may && isClean(row) }));
    before = new Map(items.map((item) => [item.row.id, item]));
    show(items);
    fill(foot, ...under(view, items.length));
    panel.setAttribute('aria-labelledby', `view-${view}`);
  }

  /** @param {any} item */
  function same(item) {
    const old = before.get(item.row.id);
    return old && Object.keys(item).every((name) => old[name] === item[name]) ? old : item;
  }

  /** @param {string} id @param {boolean} on */
  function pick(id, on) {
    const picked = new Set(store.state.picked);
    if (on) picked.add(id);
    else picked.delete(id);
    store.set({ picked });
  }

  /** @param {HTMLElement} button @param {string} view */
  function mark(button, view) {
    const { id = '' } = button.dataset;
    const count = store.state.counts[id];
    const badge = /** @type {HTMLElement} */ (button.lastElementChild);
    badge.textContent = count === undefined ? '' : count > 9999 ? '9999+' : String(count);
    badge.hidden = !count;
    badge.className = id === 'todo' && store.state.urgent.late ? 'loud' : '';
    button.setAttribute('aria-selected', String(id === view));
    button.tabIndex = id === view ? 0 : -1;
  }

  /** Arrow keys walk the tabs, as a tab list promises. @param {KeyboardEvent} event */
  function step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[/** @type {'ArrowRight'} */ (event.key)];
    if (!move) return;
    const at = VIEWS.findIndex(([id]) => id === filters().view);
    const next = buttons[(at + move + VIEWS.length) % VIEWS.length];
    go(next.dataset.id);
    next.focus();
    event.preventDefault();
  }
}

/** Whether a row's draft may be approved together with others. @param {any} row */
export function isClean(row) {
  return Boolean(row.reply?.clean && row.reply.approver === 'agent' && row.state === 'open' && !row.flags.some((flag) => flag === 'safety' || flag === 'threat'));
}

/** @param {Record<string, number>} urgent */
function standingView({ open, late, soon, grave }) {
  if (open === undefined) return [];
  if (!open) return [el('span', { class: 'standing-good' }, icon('check'), '没有欠着的回复')];
  return [
    late ? figure(late, '条已超时', 'late', { flag: 'late' }) : el('span', { class: 'standing-good' }, icon('check'), '没有超时'),
    soon > 0 && figure(soon, '条 4 小时内到期', 'warning', {}),
    grave > 0 && figure(grave, '条涉及安全或投诉', 'late', { flag: 'safety' }),
  ];
}

/** @param {number} number @param {string} words @param {string} kind @param {Record<string, string>} filter */
function figure(number, words, kind, filter) {
  const press = () => {
    writeAddress({ view: null, ...Object.fromEntries(FILTERS.map((name) => [name, null])), ...filter }, { step: true });
    dispatchEvent(new PopStateEvent('popstate'));
  };
  return el('button', { class: `figure ${kind}`, type: 'button', onclick: press }, el('b', null, number), ` ${words}`);
}

/** @param {string} view @param {number} length */
function under(view, length) {
  const { state, error, next } = store.state;
  if (state === 'loading') return [el('div', { class: 'loading', role: 'status', ariaLabel: '正在加载' }, ...Array.from({ length: 8 }, () => el('i')))];
  if (state === 'failed') {
    return [el('div', { class: 'state late' }, icon('warning'), el('strong', null, '列表没读出来'), el('p', null, error), el('button', { class: 'button', type: 'button', onclick: () => load() }, '再试一次'))];
  }
  if (next) return [el('p', { class: 'more' }, '继续往下还有')];
  if (length) return [el('p', { class: 'more' }, `共 ${length} 条`)];
  const isFiltered = FILTERS.some((name) => filters()[/** @type {'view'} */ (name)]);
  if (isFiltered) return [el('div', { class: 'state' }, icon('search'), el('strong', null, '没有符合条件的评价'), el('p', null, '换一个条件，或清空筛选。'))];
  const [image, title, text] = NOTHING[/** @type {'todo'} */ (view)];
  return [el('div', { class: 'state' }, icon(/** @type {'check'} */ (image)), el('strong', null, title), el('p', null, text))];
}

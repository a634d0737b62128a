/** The cases behind a figure: a panel over the page, with its own address, row by row to the case. */

import { readAddress, writeAddress } from '../shared/address.js';
import { get } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { time } from './say.js';
import { question } from './view.js';

/** @typedef {import('./view.js').Kind} Kind */

const PATHS = { clocks: 'cases', chats: 'chat-cases', promises: 'promise-cases', causes: 'cause-cases' };
const COLUMNS = {
  clocks: { head: ['个案', '时限', '开始', '用时', '结果', '客服'], cells: clockCells },
  chats: { head: ['个案', '开始', '结果', '客服', '平台', '评分'], cells: chatCells },
  promises: { head: ['承诺', '许下', '期限', '结果', '负责人'], cells: promiseCells },
};
const PROMISE_LOOKS = { kept: 'good', broken: 'late', open: 'calm', withdrawn: '' };
const STATE_LOOKS = { met: 'good', late: 'late', missed: 'late', closed_unanswered: 'late', open: 'calm' };

const box = el('dialog', { class: 'dialog wide cases', ariaLabel: '对应的个案' });
const title = el('h2', null, '对应的个案');
const list = el('div', { class: 'dialog-body' });
box.append(
  el('header', null, title, el('button', { class: 'plain bare', type: 'button', ariaLabel: '关闭', onclick: () => box.close() }, icon('close'))),
  list,
);
box.addEventListener('close', () => writeAddress({ cases: null }));
box.addEventListener('click', (/** @type {MouseEvent} */ event) => event.target === box && box.close());
document.body.append(box);

/** Show what the address asks for, or nothing. */
export async function showCases() {
  const asked = readAddress().cases;
  if (!asked) {
    if (box.open) box.close();
    return;
  }
  if (!box.open) box.showModal();
  await load(asked, 0);
}

/** @param {string} asked @param {number} page */
async function load(asked, page) {
  const { of = 'clocks', n, ...choice } = Object.fromEntries(new URLSearchParams(asked));
  // What stands open now is counted whatever period and filters are chosen, and so it is listed.
  const around = choice.always ? {} : question();
  fill(list, el('div', { class: 'loading' }, el('i'), el('i'), el('i')));
  try {
    const found = await get(`/api/reports/${PATHS[/** @type {Kind} */ (of)] ?? PATHS.clocks}`, { ...around, ...choice, page });
    title.textContent = `对应的个案（${found.total.toLocaleString('zh-CN')} 个）`;
    fill(list,
      n !== undefined && Number(n) !== found.total && el('p', { class: 'fine' }, `图上是 ${n} 个，之后有了变化。`),
      found.cases.length ? table(found.cases, /** @type {Kind} */ (of)) : nothing(), pager(asked, found));
  } catch (error) {
    fill(list, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '没能读出个案'), el('p', null, error instanceof Error ? error.message : '')));
  }
}

/** @param {any[]} cases @param {Kind} of */
function table(cases, of) {
  const { head, cells } = COLUMNS[of === 'chats' || of === 'promises' ? of : 'clocks'];
  return el('div', { class: 'scroll', tabIndex: 0, role: 'region', ariaLabel: '个案列表' },
    el('table', { class: 'table' },
      el('thead', null, el('tr', null, ...head.map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', null, ...cases.map((row) => el('tr', null, ...named(cells(row), head))))));
}

/** Each cell knows its column, for where there is no room for a head. @param {HTMLElement[]} cells @param {readonly string[]} head */
function named(cells, head) {
  cells.forEach((cell, place) => (cell.dataset.name = head[place]));
  return cells;
}

/** @param {any} row */
function clockCells(row) {
  return [
    el('th', { scope: 'row' }, el('a', { href: row.href }, row.title), el('small', null, row.kind_text)),
    el('td', null, row.clock),
    el('td', null, timeElement(row.started_at, { kind: 'said' })),
    el('td', null, row.waited_seconds === null ? timeElement(row.due_at, { kind: 'left', from: row.started_at }) : time(row.waited_seconds)),
    el('td', null, el('span', { class: `chip ${STATE_LOOKS[/** @type {'met'} */ (row.state)]}` }, row.state_text), row.late_seconds ? el('small', null, `超 ${time(row.late_seconds)}`) : null),
    el('td', null, row.agent ?? '—'),
  ];
}

/** @param {any} row */
function chatCells(row) {
  return [
    el('th', { scope: 'row' }, el('a', { href: row.href }, row.title), row.reason && el('small', null, row.reason)),
    el('td', null, timeElement(row.started_at, { kind: 'said' })),
    el('td', null, row.outcome ?? '—'),
    el('td', null, row.agent ?? '—'),
    el('td', null, row.platform ?? '—'),
    el('td', null, row.rating ? `${row.rating} 分` : '—'),
  ];
}

/** @param {any} row */
function promiseCells(row) {
  return [
    el('th', { scope: 'row' }, row.href ? el('a', { href: row.href }, row.title) : row.title, el('small', null, row.kind_text)),
    el('td', null, timeElement(row.started_at, { kind: 'said' })),
    el('td', null, timeElement(row.due_at, { kind: 'said' })),
    el('td', null, el('span', { class: `chip ${PROMISE_LOOKS[/** @type {'kept'} */ (row.state)]}` }, row.state_text), row.ended_at && el('small', null, timeElement(row.ended_at, { kind: 'said' }))),
    el('td', null, row.agent ?? '—'),
  ];
}

/** @param {string} asked @param {{page: number, pages: number}} found */
function pager(asked, { page, pages }) {
  if (pages < 2) return null;
  const turn = (/** @type {number} */ to, /** @type {string} */ name) =>
    el('button', { class: 'button small', type: 'button', disabled: to < 0 || to >= pages, onclick: () => load(asked, to) }, name);
  return el('nav', { class: 'pager', ariaLabel: '翻页' }, turn(page - 1, '上一页'), el('span', null, `第 ${page + 1} / ${pages} 页`), turn(page + 1, '下一页'));
}

function nothing() {
  return el('div', { class: 'state' }, icon('check'), el('strong', null, '没有这样的个案'));
}

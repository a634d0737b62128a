/** The agents' console: three columns round one store, and the keyboard for all of it. */

import { readAddress, watchAddress, writeAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { useKeys } from '../shared/keys.js';
import { toast, toastError, undoLast } from '../shared/toast.js';
import { topbar } from '../shared/topbar.js';
import { card } from './card.js';
import * as commands from './commands.js';
import { conversation } from './conversation.js';
import { choose, command, start, store } from './desk.js';
import { LISTS, lists, rowsOf } from './lists.js';
import { bell, notify } from './notify.js';
import { search } from './search.js';

const STATUS = [['accepting', '自动接待'], ['manual', '手动接待'], ['away', '离开']];
const desk = /** @type {HTMLElement} */ (document.querySelector('.desk'));
const offline = /** @type {HTMLElement} */ (document.querySelector('.offline-bar'));

const left = lists({ open, next: takeNext });
const middle = conversation({ back: () => show('list'), card: () => show('card'), next: takeNext });
card({ open, back: () => show('conversation') });
const finder = search({ open });
notify(open);

const status = el('select', { class: 'status', ariaLabel: '接待状态', onchange: setStatus }, ...STATUS.map(([value, name]) => el('option', { value }, name)));
store.watch((state) => [state.status, state.state], () => {
  status.value = store.state.status;
  status.dataset.status = store.state.status;
  status.disabled = store.state.state !== 'open';
});
store.watch(({ state, listed }) => [state, listed], () => {
  const { state, listed } = store.state;
  offline.hidden = state === 'open' || !listed;
  fill(offline, icon('offline'), state === 'connecting' ? '正在重新连接…写下的回复会在恢复后发出' : '连接断开，正在重试…写下的回复会在恢复后发出');
});

topbar(/** @type {Element} */ (document.querySelector('.topbar')), status, bell(), helpButton())
  .then((me) => {
    start(me);
    const { conversation: id } = readAddress();
    if (id) open(id);
  })
  .catch(toastError);

watchAddress(({ conversation: id }) => {
  choose(id ?? null);
  show(id ? 'conversation' : 'list');
  left.show(readAddress().list ?? 'mine');
});

useKeys([
  ...LISTS.map(({ id, name }, place) => ({ key: String(place + 1), says: `列表：${name}`, group: '找会话', run: () => left.show(id) })),
  { key: 'j', says: '下一个会话', group: '找会话', run: () => step(1) },
  { key: 'k', says: '上一个会话', group: '找会话', run: () => step(-1) },
  { key: 'n', says: '接最前面的一位', group: '找会话', run: takeNext },
  { key: '/', says: '搜索', group: '找会话', run: () => (show('list'), finder.focus()) },
  { key: 'i', says: '回复客户', group: '写', run: () => middle.box.focus('answer') },
  { key: 'm', says: '写内部备注', group: '写', run: () => middle.box.focus('note') },
  { key: 'c', says: '快捷回复', group: '写', run: () => middle.box.canned() },
  { key: 'Escape', says: '离开输入框', group: '写', whileTyping: true, run: () => /** @type {HTMLElement} */ (document.activeElement).blur() },
  { key: 't', says: '接待 / 接手', group: '处理', run: withRow(commands.take, ({ owner }) => owner !== 'closed') },
  { key: 'x', says: '转给同事', group: '处理', run: withRow(commands.transfer, isMine) },
  { key: 'b', says: '交回机器人', group: '处理', run: withRow(commands.handBack, isMine) },
  { key: 'd', says: '这句不用回复', group: '处理', run: withRow(commands.dismissClock, (row) => isMine(row) && row.clock !== null) },
  { key: 'e', says: '结束会话', group: '处理', run: withRow(commands.close, isMine) },
  { key: 'o', says: '重新打开', group: '处理', run: withRow(commands.reopen, ({ owner }) => owner === 'closed') },
  { key: 'z', says: '撤销上一步', group: '处理', run: undoLast },
]);

/** @param {string} id @param {number} [seq] the message to show, where one was looked for */
function open(id, seq) {
  if (id !== store.state.chosen) writeAddress({ conversation: id }, { step: true });
  choose(id);
  if (seq) middle.goTo(id, seq);
  show('conversation');
}

/** On a phone one column is in sight at a time. @param {'list' | 'conversation' | 'card'} column */
function show(column) {
  desk.dataset.show = column;
}

/** @param {number} move */
function step(move) {
  const rows = left.rows();
  const at = rows.findIndex(({ id }) => id === store.state.chosen);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + move))];
  if (next) open(next.id);
}

async function takeNext() {
  const [first] = rowsOf('waiting', store.state);
  if (!first) return toast('没有客户在等', { kind: 'calm' });
  open(first.id);
  if (await commands.take(first.id)) middle.box.focus('answer');
  return undefined;
}

/** @param {import('./desk.js').Row} row */
function isMine({ owner, agent }) {
  return owner === 'agent' && agent?.id === store.state.me?.id;
}

/** @param {(id: string) => any} run @param {(row: import('./desk.js').Row) => boolean} fits */
function withRow(run, fits) {
  return () => {
    const row = store.state.rows[store.state.chosen ?? ''];
    if (row && fits(row)) run(row.id);
  };
}

async function setStatus() {
  try {
    await command('status', { status: status.value });
    store.set({ status: status.value });
  } catch (error) {
    status.value = store.state.status;
    toastError(error);
  }
}

function helpButton() {
  const press = () => dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
  return el('button', { class: 'plain bare wide-only', type: 'button', ariaLabel: '快捷键', title: '快捷键（?）', onclick: press }, icon('keyboard'));
}

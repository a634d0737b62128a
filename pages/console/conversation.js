/** The middle column: one conversation, what can be done with it, and the box to answer in. */

import { get } from '../shared/api.js';
import { keepAtEnd } from '../shared/at_end.js';
import { el, fill, say } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { keyedList } from '../shared/keyed_list.js';
import { toastError } from '../shared/toast.js';
import { answerBox } from './answer.js';
import * as commands from './commands.js';
import { addOlder, dropUnsent, read, store, write } from './desk.js';
import { messageView } from './message_view.js';
import { clockView, closeText, tier } from './row_view.js';

const NEAR = 120;
const MOST_OLDER = 200;
const PAUSE = 10 * 60_000;

/** @param {{back: () => void, card: () => void, next: () => void}} act */
export function conversation(act) {
  const column = /** @type {HTMLElement} */ (document.querySelector('.conversation'));
  const head = el('header', { class: 'conversation-head' });
  const older = el('button', { class: 'plain more', type: 'button', onclick: () => loadOlder() }, '更早的消息');
  const list = el('div', { class: 'messages' });
  const typing = el('p', { class: 'typing', role: 'status' });
  const log = el('div', { class: 'log', role: 'log', ariaLabel: '对话内容', tabIndex: 0 }, older, list, typing);
  const end = keepAtEnd(log, NEAR);
  const turn = el('div', { class: 'turn' });
  const box = answerBox();
  const empty = el('div', { class: 'state' });
  const show = keyedList(list, { key: ({ key }) => key, build: (item) => messageView(item, { drop: dropUnsent, again }) });
  let before = new Map();
  let shown = /** @type {string | null} */ (null);
  let tail = '';
  let loading = false;
  let wanted = /** @type {{id: string, seq: number} | null} */ (null);

  store.watch((state) => [state.chosen, state.rows[state.chosen ?? ''], state.me, state.counts], drawAround);
  store.watch((state) => [state.chosen, state.talks[state.chosen ?? ''], state.unsent], drawMessages);
  document.addEventListener('visibilitychange', markRead);
  return { box, goTo };

  function drawAround() {
    const { chosen, me } = store.state;
    const row = store.state.rows[chosen ?? ''];
    if (!chosen || !row) {
      shown = null;
      fill(empty, ...nothing());
      if (column.firstChild !== empty) fill(column, empty);
      return;
    }
    fill(head, ...heading(row));
    const isMine = row.owner === 'agent' && row.agent?.id === me?.id;
    fill(turn, ...whoseTurn(row, isMine));
    turn.hidden = isMine;
    box.show(row, isMine);
    if (shown !== chosen) fill(column, head, log, turn, box.element);
    if (shown !== chosen) tail = '';
    shown = chosen;
  }

  function nothing() {
    const waiting = store.state.counts.waiting ?? 0;
    if (!waiting) return [icon('check'), el('strong', null, '没有客户在等'), el('p', null, '从左边选一个会话，或者歇一歇。按 ? 看快捷键。')];
    return [icon('queue'), el('strong', null, `${waiting} 位客户在等人工`),
      el('button', { class: 'button solid', type: 'button', onclick: act.next }, '接最前面的一位', el('kbd', null, 'N'))];
  }

  /** @param {import('./desk.js').Row} row */
  function heading(row) {
    return [
      el('button', { class: 'plain bare phone-only', type: 'button', ariaLabel: '回到列表', onclick: act.back }, icon('arrowLeft')),
      el('div', { class: 'whom' },
        el('h2', null, row.customer.name || '访客'), tier(row.customer),
        row.reason_text && el('span', { class: 'chip' }, row.reason_text),
        row.clock && clockView(row.clock)),
      el('div', { class: 'commands' }, ...buttons(row)),
      el('button', { class: 'plain bare narrow-only', type: 'button', ariaLabel: '客户与订单', onclick: act.card }, icon('info')),
    ];
  }

  /** @param {import('./desk.js').Row} row */
  function buttons(row) {
    if (row.owner !== 'agent' || row.agent?.id !== store.state.me?.id) return [];
    return [
      row.clock && el('button', { class: 'plain small', type: 'button', title: '这句不用回复，停止计时（D）', onclick: () => commands.dismissClock(row.id) }, '不用回复'),
      button('转给同事', 'transfer', 'X', () => commands.transfer(row.id)),
      button('交回机器人', 'bot', 'B', () => commands.handBack(row.id)),
      button('结束', 'check', 'E', () => commands.close(row.id)),
    ];
  }

  /** Whoever's turn it is, the next thing to do stands here in sight. @param {import('./desk.js').Row} row @param {boolean} isMine */
  function whoseTurn(row, isMine) {
    if (isMine) return [];
    const isLead = ['lead', 'manager', 'admin'].includes(store.state.me?.role);
    if (row.owner === 'queued') return [el('p', null, el('strong', null, '客户在等人工'), row.reason_text ? `：${row.reason_text}` : ''), big('接待', 'T', () => commands.take(row.id))];
    if (row.owner === 'bot') return [el('p', null, '机器人正在接待。'), big('我来接手', 'T', () => commands.take(row.id))];
    if (row.owner === 'closed') {
      return [el('p', null, `已结束${row.close_reason ? `：${closeText(row)}` : ''}`), big('重新打开', 'O', () => commands.reopen(row.id))];
    }
    return [el('p', null, `${row.agent?.name ?? '同事'}正在接待。您可以写备注。`), isLead && big('接过来', 'T', () => commands.take(row.id))];
  }

  function drawMessages() {
    const { chosen, talks, unsent } = store.state;
    const talk = talks[chosen ?? ''];
    if (!chosen) return;
    const items = rows(talk, unsent.filter(({ conversation: id }) => id === chosen)).map(kept);
    before = new Map(items.map((item) => [item.key, item]));
    show(items);
    older.hidden = talk?.more === false || (talk?.messages[0]?.seq ?? 1) <= 1;
    say(typing, talk?.typing ? `${talk.typing}正在输入…` : '');
    const last = `${chosen} ${items.at(-1)?.key}`;
    const isOwn = items.at(-1)?.isOwn;
    if (last !== tail && (isOwn || !tail)) end.go();
    tail = last;
    markRead();
    showWanted();
  }

  /** Bring one message into sight, as soon as it is here. @param {string} id @param {number} seq */
  function goTo(id, seq) {
    wanted = { id, seq };
    showWanted();
  }

  async function showWanted() {
    const { chosen, talks, rows: all } = store.state;
    const messages = talks[chosen ?? '']?.messages ?? [];
    const [first] = messages;
    const isHere = first && messages[messages.length - 1].seq >= (all[chosen ?? '']?.last?.seq ?? 0);
    if (!wanted || wanted.id !== chosen || !isHere) return;
    const found = list.querySelector(`[data-seq="${wanted.seq}"]`);
    if (!found && first.seq > wanted.seq) {
      await loadOlder(MOST_OLDER); // draws, and so looks again
      return;
    }
    if (!found) return;
    wanted = null;
    requestAnimationFrame(() => {
      end.leave();
      found.scrollIntoView({ block: 'center' });
    });
    found.classList.add('looked-for');
    found.addEventListener('animationend', () => found.classList.remove('looked-for'), { once: true });
  }

  /** @param {any} item */
  function kept(item) {
    const old = before.get(item.key);
    return old && Object.keys(item).every((name) => Object.is(item[name], old[name])) ? old : item;
  }

  function markRead() {
    const { chosen, talks, rows: all, me } = store.state;
    const last = talks[chosen ?? '']?.messages.at(-1);
    if (!chosen || !last || document.visibilityState !== 'visible') return;
    if (all[chosen]?.unread && all[chosen]?.agent?.id === me?.id) read(chosen, last.seq);
  }

  async function loadOlder(limit = 50) {
    const { chosen, talks } = store.state;
    if (!chosen || loading) return;
    const height = log.scrollHeight;
    loading = true;
    try {
      const { messages, more } = await get(`/api/desk/conversations/${chosen}/messages`, { before: talks[chosen].messages[0]?.seq ?? 0, limit });
      loading = false;
      addOlder(chosen, messages, more);
      requestAnimationFrame(() => (log.scrollTop += log.scrollHeight - height));
    } catch (error) {
      wanted = null;
      toastError(error);
    } finally {
      loading = false;
    }
  }

  /** Send a refused one again, as it is: the check only warned. @param {any} refused */
  function again(refused) {
    dropUnsent(refused.client_id);
    const row = store.state.rows[refused.conversation];
    const { type, conversation: id, text, attachment } = refused;
    write({ type, conversation: id, ...(text && { text }), ...(attachment && { attachment }), ...(type === 'answer' && { epoch: row.epoch, despite_warning: true }) });
  }
}

/** Every message with all that decides how it looks. @param {import('./desk.js').Talk | undefined} talk @param {readonly any[]} unsent */
function rows(talk, unsent) {
  const messages = talk?.messages ?? [];
  const lastRead = messages.filter(({ sender, internal, seq }) => sender === 'agent' && !internal && seq <= (talk?.customerRead ?? 0)).at(-1);
  let previous = /** @type {any} */ (null);
  const stored = messages.map((message) => {
    const pause = !previous || new Date(message.at).getTime() - new Date(previous.at).getTime() > PAUSE;
    const named = pause || previous.sender !== message.sender || previous.internal !== message.internal || previous.name !== message.name;
    previous = message;
    return { key: message.client_id ?? `#${message.seq}`, message, pause, named, isOwn: false, mark: message === lastRead ? '客户已读' : '' };
  });
  const known = new Set(messages.map(({ client_id }) => client_id));
  const local = unsent.filter(({ client_id }) => !known.has(client_id)).map((message) => ({
    key: message.client_id, message, pause: false, named: false, isOwn: true, mark: message.error ? '' : '发送中…',
  }));
  return [...stored, ...local];
}

/** @param {string} name @param {'transfer' | 'bot' | 'check'} mark @param {string} key @param {() => void} run */
function button(name, mark, key, run) {
  return el('button', { class: 'button small', type: 'button', title: `${name}（${key}）`, onclick: run }, icon(mark), el('span', null, name));
}

/** @param {string} name @param {string} key @param {() => void} run */
function big(name, key, run) {
  return el('button', { class: 'button solid', type: 'button', onclick: run }, name, el('kbd', null, key));
}


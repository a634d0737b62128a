/** The conversation on the screen: greeting, messages, what is still on its way, who is typing, the rating. */

import { keepAtEnd } from '../shared/at_end.js';
import { el, fill } from '../shared/elements.js';
import { keyedList } from '../shared/keyed_list.js';
import { messageView } from './message_view.js';
import { rating } from './rating.js';

const NEAR = 80;
const PAUSE = 10 * 60_000;
const CHOICES = ['我的订单到哪了', '退换货怎么办', '退款到账了吗', '商品咨询'];

/** @param {any} act */
export function logView(act) {
  const box = /** @type {HTMLElement} */ (document.querySelector('.log'));
  const older = el('button', { class: 'older', type: 'button', onclick: act.older }, '查看更早的消息');
  const greeting = el('div', { class: 'greeting' });
  const list = el('div', { class: 'messages' });
  const typing = el('div', { class: 'msg typing', ariaHidden: 'true' }, el('i'), el('i'), el('i'));
  const stars = rating(act);
  box.append(older, greeting, list, typing, stars.element);
  const end = keepAtEnd(box, NEAR);
  const show = keyedList(list, { key: ({ key }) => key, build: (item) => messageView(item, act) });
  /** @type {Map<string, any>} */
  let before = new Map();
  let choices = '';
  let tail = '';

  return (/** @type {any} */ now) => {
    older.hidden = now.more === false || (now.messages[0]?.seq ?? 1) <= 1;
    greet(now);
    const items = rows(now).map(kept);
    before = new Map(items.map((item) => [item.key, item]));
    show(items);
    typing.hidden = !now.typing;
    typing.dataset.by = now.typing ?? '';
    stars.update(now.rating, now.messages.at(-1)?.seq ?? 0);
    const last = items.at(-1);
    if (last && last.key !== tail && last.sender === 'customer') end.go();
    tail = last?.key ?? '';
  };

  /** @param {any} item the one shown before, when it says the same */
  function kept(item) {
    const old = before.get(item.key);
    return old && Object.keys(item).every((name) => Object.is(item[name], old[name])) ? old : item;
  }

  /** @param {any} now */
  function greet(now) {
    const wanted = now.choices.length ? now.choices.map((/** @type {any} */ { title }) => title).slice(0, 4) : CHOICES;
    const key = wanted.join();
    const isStarted = now.messages.some((/** @type {any} */ { sender }) => sender === 'customer') || now.waiting.length;
    greeting.classList.toggle('started', Boolean(isStarted));
    if (key === choices) return;
    choices = key;
    fill(
      greeting,
      el('p', null, '这里由 AI 自动回复。订单、物流、退换货直接问；想找真人，随时点右上角「转人工」。'),
      el('div', { class: 'choices' }, ...wanted.map((/** @type {string} */ title) =>
        el('button', { type: 'button', onclick: () => act.say(title) }, title))),
    );
  }
}

/** Every row with all that decides how it looks. @param {any} now */
function rows({ messages, waiting, uploads, agentRead, state }) {
  const known = new Set(messages.map((/** @type {any} */ { client_id }) => client_id));
  const local = waiting.filter((/** @type {any} */ { type, client_id }) =>
    (type === 'message' || type === 'leave_message') && !known.has(client_id));
  const lastRead = messages.filter((/** @type {any} */ { sender, seq }) => sender === 'customer' && seq <= agentRead).at(-1);
  let previous = /** @type {any} */ (null);
  const stored = messages.map((/** @type {any} */ message, /** @type {number} */ place) => {
    const pause = !previous || new Date(message.at).getTime() - new Date(previous.at).getTime() > PAUSE;
    const named = pause || previous.sender !== message.sender || previous.name !== message.name;
    previous = message;
    const isLast = place === messages.length - 1 && !local.length;
    const mark = message === lastRead ? '已读' : '';
    return { key: message.client_id ?? `#${message.seq}`, message, sender: message.sender, pause, named, isLast, mark };
  });
  const sending = local.map((/** @type {any} */ message) => ({
    key: message.client_id, message, sender: 'customer', pause: false, named: false, isLast: false,
    mark: message.error ? '' : state === 'open' ? '发送中…' : '等待网络，恢复后自动发送', error: message.error ?? '',
  }));
  const pictures = uploads.map((/** @type {any} */ upload) => ({
    key: upload.id, message: upload, sender: 'customer', pause: false, named: false, isLast: false,
    mark: upload.error ? '' : '图片上传中…', error: upload.error, upload,
  }));
  return [...stored, ...sending, ...pictures];
}

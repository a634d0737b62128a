/** One message as an element: text with links, picture, cards, buttons, and how its sending went. */

import { el } from '../shared/elements.js';
import { withLinks } from '../shared/links.js';
import { timeElement } from '../shared/ticking.js';
import { cardView } from './cards.js';

const NAMES = { bot: '智能客服', agent: '人工客服', customer: '我', system: '' };

/** @param {any} item a row of log_view @param {any} act */
export function messageView(item, act) {
  const { message, sender, pause, named, isLast, mark, error } = item;
  const name = (sender === 'agent' && message.name) || NAMES[/** @type {'bot'} */ (sender)];
  const body = content(message);
  return el(
    'div',
    { class: 'row' },
    pause && el('p', { class: 'moment' }, timeElement(message.at, { kind: 'said' })),
    el(
      'div',
      { class: `msg ${sender}` },
      name && el('span', { class: named && sender !== 'customer' ? 'name' : 'unseen' }, `${name}：`.slice(0, named && sender !== 'customer' ? -1 : undefined)),
      body && el('div', { class: message.image ? 'bubble picture' : 'bubble' }, ...body),
      ...(message.cards ?? []).map(cardView),
      isLast && message.buttons?.length > 0 && el('div', { class: 'buttons' }, ...message.buttons.map(
        (/** @type {any} */ { title }, /** @type {number} */ index) =>
          el('button', { type: 'button', onclick: () => act.tap(message.seq, index, title) }, title))),
      mark && el('span', { class: 'mark' }, mark),
      error && failure(item, act),
    ),
  );
}

/** @param {any} message */
function content(message) {
  if (message.image) return [picture(message.image)];
  if (message.kind === 'image') return ['[图片]'];
  if (message.name && message.file) return [message.name];
  return message.text ? withLinks(message.text) : null;
}

/** @param {{url: string, width: number, height: number}} image its size is known ahead, so nothing jumps */
function picture({ url, width, height }) {
  const image = el('img', { src: url, width, height, alt: '聊天图片，点开看原图', loading: 'lazy' });
  return el('a', { href: url, target: '_blank', rel: 'noopener' }, image);
}

/** @param {any} item @param {any} act */
function failure({ message, error, upload }, act) {
  const id = upload ? upload.id : message.client_id;
  const again = () => (upload ? act.image(upload.file, upload.id) : act.again(id));
  return el('span', { class: 'mark failed' }, `未发送：${error} `,
    !upload?.isUnfit && el('button', { type: 'button', onclick: again }, '重试'),
    el('button', { type: 'button', onclick: () => act.drop(id) }, '删除'));
}

/** One message as an agent sees it: who said it to whom, notes apart, and how its sending went. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { withLinks } from '../shared/links.js';
import { timeElement } from '../shared/ticking.js';
import { store } from './desk.js';
import { reveal, revealed } from './reveal.js';
import { infoCard } from './info_card.js';

const NAMES = { customer: '客户', bot: '智能客服', agent: '客服', system: '' };

/** @param {any} item @param {{drop: (id: string) => void, again: (kept: any) => void}} act */
export function messageView({ message, pause, named, mark }, act) {
  const isLocal = !message.seq;
  const isNote = message.internal || message.type === 'note';
  const side = isNote ? 'note' : isLocal ? 'agent' : message.sender;
  const name = isNote ? `备注${message.author ? ` · ${message.author.name}` : ''}` : (side === 'agent' && (message.author?.name ?? message.name)) || NAMES[/** @type {'bot'} */ (side)];
  const body = content(message);
  return el(
    'div',
    { class: 'message-row', dataset: { seq: String(message.seq ?? '') } },
    pause && el('p', { class: 'moment' }, timeElement(message.at, { kind: 'said' })),
    el('div', { class: `message ${side}` },
      name && el('span', { class: named ? 'name' : 'unseen' }, isNote && icon('note'), name),
      body && el('div', { class: message.image ? 'bubble picture' : 'bubble' }, ...body),
      ...(message.cards ?? []).map(infoCard),
      message.buttons?.length > 0 && el('span', { class: 'offered' }, ...message.buttons.map((/** @type {any} */ { title }) => el('span', { class: 'chip' }, title))),
      message.masked && el('button', { class: 'plain small', type: 'button', onclick: (/** @type {any} */ event) => unmask(event.currentTarget, message.seq) }, icon('lock'), '显示被隐藏的内容'),
      mark && el('span', { class: 'mark' }, mark),
      message.error && failure(message, act)),
  );
}

/** @param {any} message */
function content(message) {
  if (message.image) {
    const { url, width, height } = message.image;
    return [el('a', { href: url, target: '_blank', rel: 'noopener' }, el('img', { src: url, width, height, alt: '聊天图片，点开看原图' }))];
  }
  if (message.attachment) return ['[图片]'];
  return message.text ? withLinks(message.text) : null;
}

/** @param {any} message @param {{drop: (id: string) => void, again: (kept: any) => void}} act */
function failure(message, act) {
  const mayInsist = message.code !== 'wording' || message.verdict?.level !== 'block';
  return el('div', { class: 'failure' },
    el('p', null, icon('warning'), `没有发出：${message.error}`),
    message.verdict?.findings?.length > 0 && el('ul', null, ...message.verdict.findings.map((/** @type {any} */ finding) =>
      el('li', null, el('q', null, finding.text), ` → ${finding.advice || '删去'}`, finding.basis && el('small', null, `（${finding.basis}）`)))),
    message.verdict?.rewrite && el('p', null, `可以改成：${message.verdict.rewrite}`),
    el('p', { class: 'actions' },
      message.verdict?.rewrite && el('button', { class: 'button small', type: 'button', onclick: () => edit(message, message.verdict.rewrite, act) }, '用改写'),
      message.text && el('button', { class: 'button small', type: 'button', onclick: () => edit(message, message.text, act) }, '修改'),
      mayInsist && el('button', { class: 'plain', type: 'button', onclick: () => act.again(message) }, message.code === 'wording' ? '仍然发送（会记录）' : '重试'),
      el('button', { class: 'plain', type: 'button', onclick: () => act.drop(message.client_id) }, '删除')));
}

/** @param {HTMLElement} button @param {number} seq */
async function unmask(button, seq) {
  const value = await reveal(store.state.chosen ?? '', { what: 'message', seq });
  if (value !== null) button.replaceWith(revealed(value));
}

/** Back into the answer box. @param {any} message @param {string} text @param {{drop: (id: string) => void}} act */
function edit(message, text, act) {
  act.drop(message.client_id);
  document.dispatchEvent(new CustomEvent('kefu-draft', { detail: text }));
}

/** Order, parcel, refund and the like as the agent needs them: number to copy, state, next step. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { yuan } from '../shared/money.js';
import { timeElement } from '../shared/ticking.js';
import { toast } from '../shared/toast.js';

const PICTURES = /** @type {const} */ ({ order: 'box', parcel: 'truck', refund: 'refund', coupon: 'coupon', product: 'box', return: 'returned' });

/** @param {any} card @returns {HTMLElement} */
export function infoCard(card) {
  const events = card.events ?? [];
  return el('article', { class: 'info' },
    el('span', { class: 'thumb' }, card.image ? el('img', { src: card.image, alt: '', width: 48, height: 48 }) : icon(PICTURES[/** @type {'order'} */ (card.type)] ?? 'info')),
    el('div', null,
      el('p', null, el('strong', null, card.state_text ?? card.title ?? ''), amount(card)),
      card.state_text && card.title && el('p', null, card.title),
      card.items?.length > 1 && el('ul', { class: 'soft' }, ...card.items.map((/** @type {any} */ item) =>
        el('li', null, `${item.name} ${item.option ?? ''} × ${item.quantity}`))),
      card.text && el('p', null, card.text),
      card.number && el('p', null, copied(card.number, card.carrier)),
      card.eta && el('p', { class: 'soft' }, '预计 ', when(card.eta), ' 送达'),
      card.latest && el('p', { class: 'soft' }, when(card.latest.at), ` ${card.latest.text}`),
      events.length > 1 && el('details', null, el('summary', null, `全部物流（${events.length} 条）`),
        el('ol', null, ...events.map((/** @type {any} */ event) => el('li', null, when(event.at), ` ${event.text}`)))),
      card.next_step && el('p', { class: 'soft' }, `下一步：${card.next_step}`),
      card.due_at && el('p', { class: 'soft' }, '最晚 ', when(card.due_at)),
      card.deadline_at && el('p', { class: 'soft' }, when(card.deadline_at), ' 前申请'),
      card.basis && el('p', { class: 'soft' }, `依据：${[card.basis].flat().join('、')}`)));
}

/** @param {any} card */
function amount(card) {
  const fen = card.amount_fen ?? card.price_fen;
  return fen === undefined || fen === null ? null : el('b', null, yuan(fen));
}

/** A number that one click copies. @param {string} number @param {string} [carrier] */
function copied(number, carrier) {
  const copy = async () => {
    await navigator.clipboard.writeText(number);
    toast(`已复制 ${number}`, { kind: 'calm' });
  };
  return el('button', { class: 'plain number', type: 'button', title: '点一下复制', onclick: copy }, carrier ? `${carrier} ${number}` : number);
}

/** @param {string} at a moment, or a day as YYYY-MM-DD */
function when(at) {
  if (/^\d{4}-\d\d-\d\d$/.test(at)) return `${Number(at.slice(5, 7))}月${Number(at.slice(8))}日`;
  return timeElement(at, { kind: 'said' });
}

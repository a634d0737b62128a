/** Order, parcel, refund and the like as cards: picture, state, next step. */

import { el } from '../shared/elements.js';
import { yuan } from '../shared/money.js';
import { timeElement } from '../shared/ticking.js';
import { icons } from './icons.js';

/** @param {any} card @returns {HTMLElement} */
export function cardView(card) {
  const build = { order, parcel, refund, coupon, product, return: returned }[/** @type {'order'} */ (card.type)] ?? plain;
  return el('article', { class: `card ${card.type}` }, ...build(card));
}

/** @param {any} card */
function order(card) {
  return [
    top(card.image, icons.box, card.state_text, card.title, `订单 ${card.number}`, yuan(card.amount_fen)),
    next(card.next_step),
  ];
}

/** @param {any} card */
function parcel(card) {
  const events = card.events ?? [];
  return [
    top(null, icons.truck, card.state_text, card.eta && ['预计 ', when(card.eta), ' 送达'], `${card.carrier} ${card.number}`),
    card.latest && el('p', { class: 'latest' }, ...event(card.latest)),
    events.length > 1 && el('details', null, el('summary', null, `全部物流（${events.length} 条）`),
      el('ol', null, ...events.map((/** @type {any} */ one) => el('li', null, ...event(one))))),
  ];
}

/** @param {any} card */
function refund(card) {
  return [
    top(null, icons.refund, card.state_text, `退款 ${yuan(card.amount_fen)}`, `订单 ${card.number}`),
    card.due_at && next(['最晚 ', when(card.due_at), ' 到账']),
  ];
}

/** @param {any} card */
function coupon(card) {
  return [
    top(null, icons.coupon, card.condition ?? '优惠券', card.title, card.valid_until && ['有效期至 ', when(card.valid_until)], yuan(card.amount_fen)),
  ];
}

/** @param {any} card */
function product(card) {
  return [
    top(card.image, icons.box, null, card.title, null, yuan(card.price_fen)),
    card.url && el('a', { class: 'more', href: card.url, target: '_blank', rel: 'noopener' }, '查看商品'),
  ];
}

/** @param {any} card */
function returned(card) {
  const verdict = card.verdict_text ?? { yes: '可以退', no: '不能无理由退', ask: '需要核实' }[/** @type {'yes'} */ (card.verdict)];
  return [
    top(null, icons.refund, verdict, card.text, card.basis && `依据：${[card.basis].flat().join('、')}`),
    card.deadline_at && next([when(card.deadline_at), ' 前申请']),
  ];
}

/** A card that this page does not know yet. @param {any} card */
function plain(card) {
  return [top(null, icons.box, null, card.title ?? '', card.text ?? '')];
}

/** @param {string | null} image @param {() => Node} fallback @param {any} state @param {any} title @param {any} small @param {any} [amount] */
function top(image, fallback, state, title, small, amount) {
  return el('div', { class: 'top' },
    el('span', { class: 'thumb' }, image ? el('img', { src: image, alt: '', width: 56, height: 56 }) : fallback()),
    el('div', null,
      state && el('strong', null, state),
      title && el('span', { class: 'title' }, ...[title].flat()),
      el('small', null, ...[small].flat(), amount && el('b', null, amount))));
}

/** @param {any} words what happens next */
function next(words) {
  return words && el('p', { class: 'next' }, icons.next(), el('span', null, ...[words].flat()));
}

/** @param {any} one */
function event({ at, text, place }) {
  return [when(at), el('span', null, place && !text.includes(place) ? `${place} ${text}` : text)];
}

/** @param {string} at a moment, or a day as YYYY-MM-DD */
function when(at) {
  if (/^\d{4}-\d\d-\d\d$/.test(at)) return `${Number(at.slice(5, 7))}月${Number(at.slice(8))}日`;
  return timeElement(at, { kind: 'said' });
}

/** The right column: everything known about this customer and case, so that nobody is asked twice. */

import { get, wordsOf } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { store } from './desk.js';
import { infoCard } from './info_card.js';
import { doAction, promiseSomething } from './order_actions.js';
import { orderFinder } from './order_finder.js';
import { promiseView } from './promises.js';
import { reveal, revealed } from './reveal.js';
import { closeText, tier } from './row_view.js';

const FRESH = 400;
const SEGMENTS = {
  high_value: '高价值', promising: '有潜力', keep: '重点保持', win_back: '重点挽留', regular: '常客',
  occasional: '偶尔购买', fading: '快要流失', sleeping: '沉睡', no_purchase: '还没有买过',
};
const PLATFORMS = { house: '自有商城', taobao: '淘宝', tmall: '天猫', jd: '京东', pdd: '拼多多', douyin: '抖店', kuaishou: '快手' };
/** What this page was shown of hidden data, as long as it is open. @type {Map<string, string>} */
const unmasked = new Map();

/** @param {{open: (id: string) => void, back: () => void}} act */
export function card(act) {
  const column = /** @type {HTMLElement} */ (document.querySelector('.card-column'));
  const back = el('button', { class: 'button small phone-only', type: 'button', onclick: act.back }, icon('arrowLeft'), '回到会话');
  const body = el('div', { class: 'card-body' });
  column.append(back, body);
  let shown = /** @type {string | null} */ (null);
  let seen = -2;
  let timer = 0;
  let drawn = '';

  store.watch((state) => [state.chosen, state.rows[state.chosen ?? '']?.revision, state.rows[state.chosen ?? '']?.owner], () => {
    const { chosen, rows } = store.state;
    const revision = rows[chosen ?? '']?.revision ?? -1;
    if (chosen === shown && revision === seen) return;
    const isOther = chosen !== shown;
    [shown, seen] = [chosen, revision];
    clearTimeout(timer);
    if (!chosen) return fill(body, el('div', { class: 'state' }, icon('person'), el('p', null, '选一个会话，这里显示客户、订单和处理记录。')));
    if (isOther) drawn = '';
    if (isOther) fill(body, el('div', { class: 'loading', ariaLabel: '正在加载' }, el('i'), el('i'), el('i'), el('i'), el('i'), el('i')));
    timer = window.setTimeout(() => load(chosen), isOther ? 0 : FRESH);
    return undefined;
  });

  /** @param {string} id */
  async function load(id) {
    try {
      const [known, { actions }] = await Promise.all([
        get(`/api/desk/conversations/${id}`), get(`/api/desk/conversations/${id}/actions`).catch(() => ({ actions: [] })),
      ]);
      const said = JSON.stringify([id, known, actions]);
      if (id !== store.state.chosen || said === drawn) return;
      drawn = said; // the same again would only lose the focus
      draw(id, known, actions);
    } catch (error) {
      if (id !== store.state.chosen) return;
      fill(body, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '资料没有加载出来'),
        el('p', null, wordsOf(error)), el('button', { class: 'button', type: 'button', onclick: () => load(id) }, '再试一次')));
    }
  }

  /** @param {string} id @param {any} known @param {any[]} actions */
  function draw(id, known, actions) {
    const isMine = known.row.owner === 'agent' && known.row.agent?.id === store.state.me?.id;
    const again = () => load(id);
    fill(body,
      wish(known.card),
      orders(known.card),
      isMine && asksForOrder(known) && section('订单', orderFinder(id, again)),
      isMine && deeds(id, actions, ordersOf(known), again),
      bought(known),
      promises(known.promises ?? [], id, again),
      tried(known.card),
      person(known.customer, id),
      known.rating && section('评分', el('p', null, ratingText(known.rating))),
      earlier(known.earlier ?? [], act.open),
      reviews(known.reviews ?? []));
  }
}

/** Nobody signed in and no order proved: the agent asks once, and looks it up here. @param {any} known */
function asksForOrder({ card: handed, customer }) {
  return !handed?.order || !customer?.known;
}

/** @param {{state: string, score: number | null, comment: string | null}} rating */
function ratingText({ state, score, comment }) {
  if (state === 'asked') return '已请客户评价，还没有回答。';
  if (score === null) return '客户没有评价。';
  return `${score} 分${comment ? `：${comment}` : ''}`;
}

/** @param {any} known */
function wish(known) {
  if (!known?.wish && !known?.summary && !known?.reason_text) return null;
  return section('客户想要', el('p', { class: 'wish' }, known.wish || '还没有说清楚'),
    known.reason_text && el('p', null, el('span', { class: 'chip warning' }, `转人工原因：${known.reason_text}`)),
    known.summary && el('p', { class: 'soft' }, known.summary),
    ...facts(known.facts),
    ...photos(known.photos));
}

/** What the customer sent to look at; a tap opens it whole. @param {string[] | undefined} all */
function photos(all) {
  if (!Array.isArray(all) || !all.length) return [];
  return [el('p', { class: 'photos' }, ...all.map((url, index) =>
    el('a', { href: url, target: '_blank', rel: 'noopener' },
      el('img', { src: url, alt: `客户发来的照片 ${index + 1}`, width: 56, height: 56, loading: 'lazy' }))))];
}

/** @param {{label: string, value: string}[] | undefined} all */
function facts(all) {
  if (!Array.isArray(all) || !all.length) return [];
  return [el('dl', { class: 'facts' }, ...all.map(({ label, value }) => el('div', null, el('dt', null, label), el('dd', null, value))))];
}

/** @param {any} known */
function orders(known) {
  if (!known?.order && !known?.parcel && !known?.verdict) return null;
  const verdict = known.verdict;
  return section('订单与物流',
    known.order && infoCard({ type: 'order', ...known.order }),
    known.parcel && infoCard({ type: 'parcel', ...known.parcel }),
    verdict && el('div', { class: 'verdict', dataset: { right: verdict.right ?? '' } }, el('p', null, icon(verdict.right === 'granted' ? 'shield' : 'info'), el('strong', null, verdict.text)),
      verdict.basis?.length > 0 && el('ul', null, ...verdict.basis.map((/** @type {string} */ one) => el('li', null, one)))));
}

/** The customer's orders, the one in question first. @param {any} known @returns {any[]} */
function ordersOf({ card: handed, customer }) {
  const all = [handed?.order, ...(customer?.orders ?? [])].filter(Boolean);
  return [...new Map(all.map((order) => [order.number, order])).values()];
}

/** The other orders, folded: most questions are about the first. @param {any} known */
function bought(known) {
  const others = ordersOf(known).filter(({ number }) => number !== known.card?.order?.number);
  return others.length > 0 && section('其他订单', el('details', { class: 'bought' }, el('summary', null, `最近 ${others.length} 笔`),
    ...others.map((order) => infoCard({ type: 'order', ...order }))));
}

/** @param {string} id @param {any[]} actions @param {any[]} orders @param {() => void} again */
function deeds(id, actions, orders, again) {
  return section('可以做的',
    el('div', { class: 'deeds' },
      ...(orders.length ? actions : []).map((action) => el('button', {
        class: 'button small', type: 'button', disabled: !action.allowed, title: action.why_not ?? '', onclick: () => doAction(id, action, orders, again),
      }, action.title)),
      el('button', { class: 'button small', type: 'button', onclick: () => promiseSomething(id, again) }, icon('promise'), '记一个承诺')),
    ...actions.filter(({ allowed, why_not: why }) => !allowed && why).map(({ title, why_not: why }) => el('p', { class: 'soft' }, `${title}：${why}`)));
}

/** @param {any[]} all @param {string} id @param {() => void} again */
function promises(all, id, again) {
  return all.length > 0 && section('承诺', ...all.map((promise) => promiseView({ conversation: id, ...promise }, { changed: again })));
}

/** @param {any} known */
function tried(known) {
  return known?.tried?.length > 0 && section('机器人已经答过', el('ul', { class: 'tried' }, ...known.tried.map((/** @type {string} */ one) => el('li', null, one))));
}

/** @param {any} customer @param {string} id */
function person(customer, id) {
  if (!customer?.known) return section('客户', el('p', { class: 'soft' }, '没有登录的访客，姓名和订单要请客户提供。'));
  return section('客户',
    el('p', null, el('strong', null, customer.name), ' ', tier(customer), ' ', customer.birthday && el('span', { class: 'chip warning' }, '今天生日')),
    el('dl', { class: 'facts' },
      fact('电话', customer.phone && hidden('phone', id, customer.phone)),
      fact('地址', hidden('address', id, customer.city ?? '')),
      fact('注册', customer.since && timeElement(customer.since, { kind: 'said' })),
      fact('分层', SEGMENTS[/** @type {'keep'} */ (customer.segment)] ?? customer.segment)));
}

/** @param {string} label @param {any} value */
function fact(label, value) {
  return value && el('div', null, el('dt', null, label), el('dd', null, value));
}

/** @param {'phone' | 'address'} what @param {string} id @param {string} masked what may be seen without asking */
function hidden(what, id, masked) {
  const key = `${id} ${what}`;
  const place = el('span', { dataset: { hidden: key } });
  const ask = async () => {
    const value = await reveal(id, { what });
    if (value === null) return;
    unmasked.set(key, value);
    // the card may have been drawn anew while the question was open
    for (const one of document.querySelectorAll(`[data-hidden="${key}"]`)) fill(one, revealed(value));
  };
  const value = unmasked.get(key);
  if (value) fill(place, revealed(value));
  else fill(place, masked, el('button', { class: 'plain small', type: 'button', ariaLabel: `查看${what === 'phone' ? '电话' : '地址'}`, onclick: ask }, icon('lock'), '查看'));
  return place;
}

/** @param {any[]} all @param {(id: string) => void} open */
function earlier(all, open) {
  return all.length > 0 && section('以前的会话', el('ul', { class: 'earlier' }, ...all.map((row) =>
    el('li', null, el('button', { class: 'plain', type: 'button', onclick: () => open(row.id) },
      timeElement(row.updated_at, { kind: 'said' }), ` ${row.last?.text ?? ''}`, row.close_reason && el('span', { class: 'chip' }, closeText(row)))))));
}

/** @param {any[]} all */
function reviews(all) {
  return all.length > 0 && section('写过的评价', el('ul', { class: 'earlier' }, ...all.map(({ id, stars, text, at, platform, product }) =>
    el('li', null, el('p', null, stars !== null && el('span', { class: `chip ${stars <= 2 ? 'late' : stars === 3 ? 'warning' : 'good'}` }, `${stars} 星`), ' ', timeElement(at, { kind: 'said' }), ` ${PLATFORMS[/** @type {'jd'} */ (platform)] ?? platform ?? ''}`),
      product && el('p', { class: 'soft' }, product),
      el('p', { class: 'soft' }, text || '（没有文字）'),
      id && el('a', { href: `/reviews?view=all&review=${id}` }, '看这条评价')))));
}

/** @param {string} title @param {...any} children */
function section(title, ...children) {
  return el('section', null, el('h2', null, title), ...children);
}

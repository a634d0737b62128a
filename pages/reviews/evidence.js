/** What is known round a review: order, parcel, customer, return right, and what happened to it. */

import { get, post } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { yuan } from '../shared/money.js';
import { timeElement } from '../shared/ticking.js';
import { toast, toastError } from '../shared/toast.js';
import { store } from './book.js';
import { download } from './download.js';
import { EVENTS, REMEDIES, actorName } from './words.js';

const RIGHTS = { granted: ['可以退', 'good'], refused: ['不能退', 'late'], check: ['要人工核实', 'warning'] };

/** On a phone the drafts come first and this is a tap away; who unfolds it keeps it so. */
const wide = matchMedia('(min-width: 900px)');
let isUnfolded = false;
wide.addEventListener('change', () => {
  for (const box of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll('.evidence-box'))) box.open = wide.matches || isUnfolded;
});

/** @param {any} review */
export function evidence(review) {
  const box = el('details', { class: 'evidence-box', open: wide.matches || isUnfolded, ontoggle: () => !wide.matches && (isUnfolded = box.open) },
    el('summary', null, '订单和依据', el('small', null, inShort(review))),
    el('section', { class: 'evidence', ariaLabel: '依据' },
      el('dl', null, ...order(review), ...customer(review), ...verdict(review), ...offer(review), ...terms(review)),
      promises(review),
      signals(review),
      history(review.history)));
  return box;
}

/** What a reply turns on, in a few words. @param {any} review */
function inShort({ order: known, verdict: right, draft }) {
  const remedy = draft.compensation?.remedy;
  return [
    known ? known.state_text : '没有订单',
    right && RIGHTS[/** @type {'check'} */ (right.right)][0],
    remedy && (REMEDIES[/** @type {'reship'} */ (remedy)] ?? remedy),
  ].filter(Boolean).join(' · ');
}

/** What the published reply promised, until it is kept. @param {any} review */
function promises(review) {
  if (!review.promises.length) return null;
  const may = store.state.me?.permissions.includes('write_reviews');
  return el('div', { class: 'promised' }, el('h3', null, '答应的事'), el('ul', null, ...review.promises.map((/** @type {any} */ one) => el('li', null,
    el('span', null, one.text),
    one.state === 'kept' ? el('span', { class: 'chip good' }, icon('check'), '已兑现')
      : el('span', { class: 'left' }, timeElement(one.due_at, { kind: 'left' })),
    may && ['open', 'broken'].includes(one.state) && el('button', { class: 'button small', type: 'button', onclick: () => keep(one.id) }, '兑现了')))));
}

/** @param {string} id */
async function keep(id) {
  try {
    const review = await post(`/api/reviews/promises/${id}/keep`);
    store.set({ review });
    toast('记下了');
  } catch (error) {
    toastError(error);
  }
}

/** Asked for when it is wanted: most reviews are what they say they are. @param {any} review */
function signals(review) {
  const body = el('div', { class: 'signals' });
  const box = el('details', { class: 'history', ontoggle: () => box.open && look() }, el('summary', null, '可疑信号与证据'), body);
  return box;

  async function look() {
    if (body.childElementCount) return;
    try {
      const found = await get(`/api/reviews/${review.id}/signals`);
      const isEnough = found.outcome === 'suspected';
      fill(body,
        el('p', null, el('span', { class: `chip ${isEnough ? 'late' : 'good'}` }, found.outcome_text), found.has_order ? ' 评价对应真实订单' : ' 没有对应的订单记录'),
        found.signals.length ? el('ul', null, ...found.signals.map((/** @type {any} */ one) => el('li', null, one.says))) : el('p', null, '没有发现可疑信号，请按普通差评答复。'),
        el('button', { class: 'button small', type: 'button', onclick: pack }, icon('archive'), '下载证据包'));
    } catch (error) {
      toastError(error);
    }
  }

  async function pack() {
    try {
      await download(`/api/reviews/${review.id}/evidence`, {}, `证据-${review.external_id ?? review.id}.zip`);
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {any} review @returns {any[]} */
function order({ order: known, order_number: number }) {
  if (!known) return [line('box', '订单', number ? `${number}（本店系统里没有）` : '评价没有带订单号')];
  const item = known.item && [known.item.option, `×${known.item.quantity}`, yuan(known.item.paid_fen)].filter(Boolean).join(' · ');
  const parcel = known.parcels.find((/** @type {any} */ one) => one.direction === 'outbound');
  return [
    line('box', '订单', el('span', { class: 'number' }, known.number), el('small', null, `${known.state_text} · 实付 ${yuan(known.paid_fen)}`)),
    item ? line('list', '购买', item) : null,
    known.signed_at ? line('check', '签收', timeElement(known.signed_at)) : null,
    parcel ? line('truck', '物流', parcel.latest || parcel.carrier, parcel.latest_at && el('small', null, parcel.carrier, ' ', timeElement(parcel.latest_at))) : null,
  ];
}

/** @param {any} review */
function customer({ customer: known }) {
  if (!known) return [];
  const complaints = known.earlier_complaints;
  return [line('person', '买家', known.tier_text ?? '普通买家', complaints > 0 && el('small', { class: 'warning' }, `之前有过 ${complaints} 条差评`))];
}

/** @param {any} review */
function verdict({ verdict: known }) {
  if (!known) return [];
  const [name, kind] = RIGHTS[/** @type {'check'} */ (known.right)];
  return [line('returned', '退货', el('span', { class: `chip ${kind}` }, name), el('small', { title: known.basis.join('\n') }, known.why))];
}

/** @param {any} review */
function offer({ draft }) {
  const known = draft.compensation;
  if (!known?.remedy) return [];
  const coupon = known.coupon_fen ? `，${yuan(known.coupon_fen)} 券` : '，不发券';
  return [line('coupon', '补偿', `${REMEDIES[/** @type {'reship'} */ (known.remedy)] ?? known.remedy}${coupon}`, el('small', null, '按补偿规则算出，与改评无关'))];
}

/** @param {any} review */
function terms({ terms: known }) {
  const until = known.until ? el('small', null, '最晚 ', timeElement(known.until, { kind: 'said' })) : el('small', null, '不限时间');
  return [line('info', '平台', el('span', { title: known.source }, `最多 ${known.max_characters} 字${known.editable ? '' : '，发布后不能改'}`), until)];
}

/** @param {any[]} events */
function history(events) {
  const rows = [...events].reverse().map((one) => el('li', null, timeElement(one.at), el('span', null, EVENTS[/** @type {'edited'} */ (one.type)] ?? one.type), el('small', null, actorName(one.actor), one.detail.why ? `：${one.detail.why}` : '')));
  return el('details', { class: 'history' }, el('summary', null, `经过（${events.length}）`), el('ol', null, ...rows));
}

/** @param {string} mark @param {string} title @param {...any} facts */
function line(mark, title, ...facts) {
  return el('div', null, el('dt', null, icon(/** @type {'box'} */ (mark)), title), el('dd', null, ...facts));
}

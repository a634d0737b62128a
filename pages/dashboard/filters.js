/** The bar of period and filters: what is chosen lives in the address, so that a link brings it back. */

import { readAddress, watchAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast, toastError } from '../shared/toast.js';
import { FILTERS, dayBack, go } from './view.js';

const SPANS = /** @type {const} */ ([['1', '今天'], ['7', '近 7 天'], ['30', '近 30 天'], ['90', '近 90 天']]);
const NAMES = { agent: '客服', platform: '平台', category: '类目', sku: '商品', aspect: '评价方面', reason: '转人工原因' };

/** @type {Record<string, {value: string, name: string}[]>} */
let known = {};

/** @param {HTMLFormElement} form */
export function filters(form) {
  form.addEventListener('submit', (event) => event.preventDefault());
  watchAddress(() => draw(form));
  draw(form);
}

/** Offer these values from now on. @param {HTMLFormElement} form @param {typeof known} values by dimension */
export function offer(form, values) {
  known = { ...known, ...values };
  if (!form.contains(document.activeElement)) draw(form);
}

/** @param {HTMLFormElement} form */
function draw(form) {
  const address = readAddress();
  const own = Boolean(address.from || address.to);
  const span = own ? 'own' : (address.days ?? '7');
  fill(form,
    el('span', { class: 'pick' },
      el('select', { ariaLabel: '时间段', onchange: (/** @type {any} */ event) => chooseSpan(event.target.value) },
        ...SPANS.map(([value, name]) => el('option', { value, selected: value === span }, name)),
        el('option', { value: 'own', selected: own }, '自选日期'))),
    own && date('from', '从', address.from), own && date('to', '到', address.to),
    ...FILTERS.filter((name) => known[name]?.length || address[name]).map((name) => select(name, address[name])),
    FILTERS.some((name) => address[name]) && el('button', { class: 'plain', type: 'button', onclick: clear }, icon('close'), el('span', null, '清除筛选')),
    el('button', { class: 'button small', type: 'button', onclick: copyLink }, '复制链接'),
    el('button', { class: 'button small', type: 'button', onclick: () => print() }, '打印'));
}

/** @param {typeof FILTERS[number]} name @param {string | undefined} chosen */
function select(name, chosen) {
  const values = known[name] ?? [];
  const missing = chosen && !values.some(({ value }) => value === chosen) ? [{ value: chosen, name: chosen }] : [];
  return el('span', { class: 'pick' },
    el('select', { ariaLabel: NAMES[name], class: chosen ? 'chosen' : '', onchange: (/** @type {any} */ event) => go({ [name]: event.target.value }) },
      el('option', { value: '' }, `全部${NAMES[name]}`),
      ...[...missing, ...values].map((one) => el('option', { value: one.value, selected: one.value === chosen }, one.name))));
}

/** @param {'from' | 'to'} name @param {string} says @param {string | undefined} value */
function date(name, says, value) {
  return el('label', { class: 'pick' }, el('span', null, says),
    el('input', { type: 'date', value: value ?? dayBack(0), max: dayBack(0), onchange: (/** @type {any} */ event) => event.target.value && go({ [name]: event.target.value }) }));
}

/** @param {string} value */
function chooseSpan(value) {
  if (value === 'own') go({ days: null, from: dayBack(6), to: dayBack(0) });
  else go({ days: value === '7' ? null : value, from: null, to: null });
}

function clear() {
  go(Object.fromEntries(FILTERS.map((name) => [name, null])));
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast('链接已复制，打开即是同样的时间和筛选');
  } catch {
    toastError('浏览器不允许复制，请直接复制地址栏');
  }
}

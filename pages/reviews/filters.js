/** The filters above the list; they live in the address. */

import { readAddress, writeAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { FILTERS, filters, load, store } from './book.js';
import { ASPECTS, FLAG_FILTERS, PLATFORMS, SENTIMENTS } from './words.js';

const WAIT = 300;
/** Conditions that another page set: they have no field of their own, and must not narrow the list unseen. */
const HELD = /** @type {[string, (value: string) => string][]} */ ([
  ['sku', (sku) => `商品：${store.state.rows.find((row) => row.product?.sku === sku)?.product.name ?? sku}`],
  ['since', (day) => `${day} 起`],
  ['sentiment', (mood) => `情绪：${SENTIMENTS[/** @type {'mixed'} */ (mood)] ?? mood}`],
  ['import_id', () => '这次导入的'],
]);

/** @returns {{focus: () => void, read: () => void}} */
export function filterBar() {
  const form = /** @type {HTMLFormElement} */ (document.querySelector('.filters'));
  const search = el('input', { class: 'input', type: 'search', name: 'search', placeholder: '搜评价、订单号，按 /', ariaLabel: '搜索评价' });
  const clear = el('button', { class: 'plain bare', type: 'button', ariaLabel: '清空筛选', title: '清空筛选', onclick: reset }, icon('close'));
  const choices = [
    choice('platform', '平台', PLATFORMS),
    choice('stars', '星级', { 1: '1 星', 2: '2 星', 3: '3 星', 4: '4 星', 5: '5 星' }),
    choice('aspect', '抱怨', ASPECTS),
    choice('flag', '标记', FLAG_FILTERS),
  ];
  const table = el('a', { class: 'plain bare wide-only', href: '#', download: '', ariaLabel: '把这张列表下载成 Excel', title: '把这张列表下载成 Excel', onclick: aim }, icon('download'));
  const held = el('div', { class: 'held' });
  form.append(search, el('div', { class: 'choices' }, ...choices, clear, table), held);
  store.watch(({ rows }) => rows, mark);
  let timer = 0;
  form.addEventListener('submit', (event) => (event.preventDefault(), apply()));
  form.addEventListener('change', (event) => event.target !== search && apply());
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(apply, WAIT);
  });
  read();
  return { focus: () => search.focus(), read };

  function apply() {
    clearTimeout(timer);
    const data = new FormData(form);
    const change = Object.fromEntries(['search', 'platform', 'stars', 'aspect', 'flag'].map((name) => [name, String(data.get(name) ?? '').trim()]));
    writeAddress(change);
    mark();
    load();
  }

  function read() {
    const address = readAddress();
    for (const control of [search, ...choices.map((label) => label.querySelector('select'))]) control.value = address[control.name] ?? '';
    mark();
  }

  /** The table holds what the list shows at the moment of the click. */
  function aim() {
    const asked = Object.entries(filters()).filter(([, value]) => value);
    table.setAttribute('href', `/api/reviews/list.xlsx?${new URLSearchParams(asked)}`);
  }

  function reset() {
    writeAddress(Object.fromEntries(FILTERS.map((name) => [name, null])), { step: true });
    read();
    load();
  }

  /** @param {string} name */
  function drop(name) {
    writeAddress({ [name]: null });
    read();
    load();
  }

  function mark() {
    const address = readAddress();
    clear.hidden = !FILTERS.some((name) => address[name]);
    fill(held, ...HELD.filter(([name]) => address[name]).map(([name, says]) => el('button', { class: 'chip calm', type: 'button', title: '去掉这个条件', onclick: () => drop(name) }, says(address[name] ?? ''), icon('close'))));
    held.hidden = !held.childElementCount;
    for (const label of choices) label.classList.toggle('set', Boolean(label.querySelector('select').value));
  }
}

/** @param {string} name @param {string} title @param {Record<string, string>} values */
function choice(name, title, values) {
  return el('label', { class: 'choice' },
    el('span', { class: 'unseen' }, title),
    el('select', { name }, el('option', { value: '' }, title), ...Object.entries(values).map(([value, text]) => el('option', { value }, text))));
}

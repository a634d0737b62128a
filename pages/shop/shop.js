/** The demo shop's page: its goods, and who is looking at them. */

import { readAddress, watchAddress, writeAddress } from '../shared/address.js';
import { get, wordsOf } from '../shared/api.js';
import { dialog } from '../shared/dialog.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { yuan } from '../shared/money.js';

/** @typedef {{sku: string, name: string, category: string, price_fen: number, stock: number, spec: string,
 *   options: string, size_chart: string, warranty_months: number, exclusion_ground: string | null,
 *   picture: string | null}} Product
 * @typedef {{id: string, name: string, about?: string}} Customer */

const CATEGORIES = {
  clothing: '服装', shoes: '鞋靴', bags: '箱包', jewelry: '首饰', toys: '玩具', home: '家居', electronics: '小电器',
  cosmetics: '美妆个护', food: '食品', fresh: '生鲜', medical: '健康护理', books: '图书文具', software: '数字商品', other: '宠物园艺',
};
const EXCEPTIONS = '这件商品不适用七天无理由退货（下单时会再次请您确认），质量问题照常售后';

const goods = /** @type {HTMLElement} */ (document.querySelector('.goods'));
const nav = /** @type {HTMLElement} */ (document.querySelector('.categories'));
const select = /** @type {HTMLSelectElement} */ (document.querySelector('.visitor select'));
const notice = /** @type {HTMLElement} */ (document.querySelector('.as'));
/** @type {{products: Product[], customers: Customer[]}} */
let shop = { products: [], customers: [] };

open();

async function open() {
  fill(goods, el('div', { class: 'loading' }, el('i'), el('i'), el('i')));
  try {
    shop = await get('/api/shop/demo');
  } catch (error) {
    goods.setAttribute('aria-busy', 'false');
    fill(goods, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '商品暂时没有加载出来'),
      el('p', null, wordsOf(error)), el('button', { class: 'button', type: 'button', onclick: open }, '再试一次')));
    return;
  }
  goods.setAttribute('aria-busy', 'false');
  offerVisitors();
  show();
  watchAddress(show);
}

function show() {
  const { category = '' } = readAddress();
  const present = Object.entries(CATEGORIES).filter(([id]) => shop.products.some((product) => product.category === id));
  fill(nav, ...[['', '全部'], ...present].map(([id, name]) => {
    const button = el('button', { type: 'button', onclick: () => (writeAddress({ category: id }, { step: true }), show()) }, name);
    button.setAttribute('aria-pressed', String(id === category));
    return button;
  }));
  fill(goods, ...shop.products.filter((product) => !category || product.category === category).map(card));
}

/** @param {Product} product */
function card(product) {
  return el('button', { class: 'good', type: 'button', onclick: () => detail(product) },
    el('img', { src: picture(product), alt: '', width: 240, height: 240, loading: 'lazy' }),
    el('span', null,
      el('span', { class: 'name' }, product.name),
      el('span', { class: 'bottom' }, el('span', { class: 'price' }, yuan(product.price_fen)),
        el('span', null, product.stock === 0 ? '已售罄' : product.stock < 20 ? `仅剩 ${product.stock} 件` : ''))));
}

/** @param {Product} product */
async function detail(product) {
  const facts = [
    ['规格', product.spec], ['可选', product.options.replaceAll(':', '：').replaceAll(';', '　')], ['尺码', product.size_chart],
    ['质保', product.warranty_months ? `${product.warranty_months} 个月` : ''],
    ['退换', product.exclusion_ground ? EXCEPTIONS : '签收后七天内可无理由退换'],
  ].filter(([, value]) => value);
  const answer = await dialog({
    title: product.name, wide: true, confirm: '问问客服',
    body: [el('div', { class: 'detail' },
      el('img', { src: picture(product), alt: '', width: 240, height: 240 }),
      el('div', null, el('p', { class: 'price' }, yuan(product.price_fen)),
        el('dl', null, ...facts.map(([name, value]) => el('div', null, el('dt', null, name), el('dd', null, value))))))],
  });
  if (answer) chat()?.open();
}

function offerVisitors() {
  select.append(...shop.customers.map(({ id, name }) => el('option', { value: id }, name)));
  select.disabled = false;
  select.value = shop.customers.some(({ id }) => id === readAddress().customer) ? readAddress().customer : '';
  select.addEventListener('change', become);
  if (select.value) become();
}

/** The shop tells the widget who is logged in by a ticket that its server signed. */
async function become() {
  const id = select.value;
  writeAddress({ customer: id });
  try {
    const { identity } = id ? await get('/api/shop/demo/ticket', { customer: id }) : { identity: null };
    if (id !== select.value) return;
    tell(identity, id);
    const about = shop.customers.find((customer) => customer.id === id)?.about;
    notice.hidden = !id;
    notice.textContent = id ? `您正以 ${select.selectedOptions[0].textContent} 的身份浏览${about ? `：${about}` : ''}。点右下角问问「我的订单到哪了」。` : '';
  } catch (error) {
    notice.hidden = false;
    notice.textContent = `没能切换顾客：${wordsOf(error)}`;
    select.value = '';
  }
}

/** @param {string | null} identity @param {string} customer */
async function tell(identity, customer) {
  await customElements.whenDefined('kefu-chat');
  const element = chat();
  if (!element) return;
  element.setAttribute('customer', customer);
  if (identity) element.setAttribute('identity', identity);
  else element.removeAttribute('identity');
}

/** @returns {any} the widget's element */
function chat() {
  return document.querySelector('kefu-chat');
}

/** @param {Product} product */
function picture({ picture: file }) {
  return file ? `/assets/shared/products/${file.split('/').at(-1)}` : '/assets/shop/leaf.svg';
}

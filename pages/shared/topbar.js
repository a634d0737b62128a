/** The bar above every staff page: where one is, where one may go, who one is. */

import { get, post, useCsrf } from './api.js';
import { el } from './elements.js';
import { icon } from './icons.js';
import { toastError } from './toast.js';

const ROLES = { agent: '客服', operator: '运营', lead: '组长', manager: '经理', admin: '管理员' };
const PLACES = /** @type {const} */ ([
  { path: '/console', name: '会话', icon: 'chat', permission: 'chat' },
  { path: '/reviews', name: '评价', icon: 'star', permission: 'read_reviews' },
  { path: '/dashboard', name: '数据', icon: 'chart', permission: 'read_reports' },
]);

/**
 * @typedef {{id: string, login: string, name: string, role: keyof typeof ROLES,
 *   permissions: string[], csrf: string}} Me
 */

/**
 * Ask who is logged in, arm the API with their CSRF token, and put the bar on the page.
 * @param {Element} place the `<header class="topbar">` of the page
 * @param {...Node} own what this page adds at its right end
 * @returns {Promise<Me>}
 */
export async function topbar(place, ...own) {
  /** @type {Me} */
  const me = await get('/api/me');
  useCsrf(me.csrf, me.id);
  const places = PLACES.filter(({ permission }) => me.permissions.includes(permission));
  place.replaceChildren(
    el('a', { class: 'brand', href: places[0]?.path ?? '/', ariaLabel: 'kefu 首页' }, icon('spark'), el('span', null, 'kefu')),
    el('nav', { ariaLabel: '页面' }, ...places.map(link)),
    el(
      'div',
      { class: 'end' },
      ...own,
      el('span', { class: 'wide-only' }, `${me.name} · ${ROLES[me.role]}`),
      el('button', { class: 'plain bare', type: 'button', ariaLabel: '退出登录', title: '退出登录', onclick: logOut }, icon('logout')),
    ),
  );
  return me;
}

/** @param {typeof PLACES[number]} place */
function link({ path, name }) {
  const isHere = location.pathname === path;
  const anchor = el('a', { href: path }, name);
  if (isHere) anchor.setAttribute('aria-current', 'page');
  return anchor;
}

async function logOut() {
  try {
    await post('/api/logout');
    location.assign('/login');
  } catch (error) {
    toastError(error);
  }
}

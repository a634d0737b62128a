/** Which column holds what: the guess, samples beside it, and what the first rows become under it. */

import { post } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { exact } from '../shared/times.js';
import { starsView } from './stars.js';
import { PLATFORMS } from './words.js';

/** @param {any} seen @returns {{element: HTMLElement, mapping: () => Record<string, string>, platform: () => string}} */
export function mappingView(seen) {
  const fieldOf = Object.fromEntries(Object.entries(seen.mapping).map(([name, header]) => [header, name]));
  const platformSelect = el('select', { ariaLabel: '平台', onchange: tryIt }, ...seen.platforms.map((/** @type {any} */ one) => el('option', { value: one.name, selected: one.name === (seen.platform ?? 'house') }, one.title)));
  const selects = seen.columns.map((/** @type {any} */ column) => el('select', { ariaLabel: `“${column.header}”是`, dataset: { header: column.header }, onchange: settle },
    el('option', { value: '' }, column.private ? '不保存（个人信息）' : '原样保留'),
    ...seen.fields.map((/** @type {any} */ one) => el('option', { value: one.name, selected: fieldOf[column.header] === one.name }, one.title))));
  const result = el('div', { class: 'tried', ariaLive: 'polite' });
  const element = el('div', { class: 'mapping' },
    el('label', { class: 'platform-line' }, '没有写平台的行算作 ', platformSelect),
    el('div', { class: 'mapping-table' },
      el('table', { class: 'table' },
        el('thead', null, el('tr', null, el('th', null, '文件里的列'), el('th', null, '当作'), el('th', null, '前几行'))),
        el('tbody', null, ...seen.columns.map((/** @type {any} */ column, /** @type {number} */ place) => el('tr', null,
          el('th', { scope: 'row' }, column.header), el('td', null, selects[place]), el('td', { class: 'samples' }, samplesOf(column))))))),
    result);
  queueMicrotask(tryIt); // once it stands in its dialog
  return { element, mapping, platform: () => platformSelect.value };

  function mapping() {
    return Object.fromEntries(selects.filter((one) => one.value).map((one) => [one.value, one.dataset.header]));
  }

  /** @param {boolean} on */
  function may(on) {
    const start = /** @type {HTMLButtonElement | null | undefined} */ (element.closest('dialog')?.querySelector('footer .solid'));
    if (start) start.disabled = !on;
  }

  /** A field is held by one column: choosing it here takes it from the other. @param {Event} event */
  function settle(event) {
    const changed = /** @type {HTMLSelectElement} */ (event.target);
    for (const other of selects) {
      if (other !== changed && changed.value && other.value === changed.value) other.value = '';
    }
    tryIt();
  }

  /** Nothing can be imported under a mapping that cannot be read: the answer waits until it can. */
  async function tryIt() {
    if (!mapping().text) {
      may(false);
      fill(result, el('p', { class: 'late' }, icon('warning'), '先在上面指出哪一列是“评价内容”，再开始导入。'));
      return;
    }
    try {
      const { rows } = await post(`/api/reviews/uploads/${seen.upload}/try`, { platform: platformSelect.value, mapping: mapping() });
      may(true);
      fill(result, el('h3', null, '导入后是这样'), el('ul', null, ...rows.map(row)));
    } catch (error) {
      may(false);
      fill(result, el('p', { class: 'late' }, icon('warning'), error instanceof Error ? error.message : String(error)));
    }
  }
}

/** @param {any} one */
function row(one) {
  if (one.problem) return el('li', { class: 'late' }, icon('warning'), `第 ${one.line} 行：${one.problem}`);
  return el('li', null, starsView(one.stars), el('span', { class: 'tried-text' }, one.text || '（没有文字）'), el('small', null, `${PLATFORMS[/** @type {'jd'} */ (one.platform)]} ${exact(one.posted_at).replace(' 北京时间', '')}`));
}

/** @param {{samples: string[]}} column */
function samplesOf({ samples }) {
  return samples.filter(Boolean).slice(0, 2).join(' ｜ ') || '（前几行是空的）';
}

/** Why it was late: every late minute under its cause, adding up exactly, with the worst cases. */

import { barChart } from '../shared/charts.js';
import { el } from '../shared/elements.js';
import { exportable } from './exporting.js';
import { percentPlain, time, unitFor } from './say.js';
import { casesHref, report } from './view.js';

const WORST = 5;

/** @param {string} key @param {{title: string}} clock @returns {Promise<Node | null>} */
export async function anatomy(key, { title }) {
  const found = await report('anatomy', { key });
  if (!found.of) return el('p', { class: 'well-done' }, '这段时间没有超时，也就没有原因可拆。');
  const unit = unitFor(found.late_seconds);
  const share = (/** @type {number} */ seconds) => (found.late_seconds ? (seconds / found.late_seconds) * 100 : 0);
  return el('div', { class: 'chart-card' },
    exportable(barChart({
      title: `${title}：超时的时间花在了哪里`,
      unit: unit.name,
      note: `${found.explained} 个未达成的个案共超时 ${time(found.late_seconds)}，每一秒归入一个原因，合计正好相等${found.of > found.explained ? `；未达成共 ${found.of} 个，只拆最近的 ${found.explained} 个` : ''}`,
      format: (value) => value.toLocaleString('zh-CN', { maximumFractionDigits: 1 }),
      bars: found.causes.map((/** @type {any} */ { cause, name, seconds, n }) => ({ label: name, value: seconds / unit.seconds, n, colour: 'late', href: casesHref({ key, cause }, n, 'causes') })),
    }), `超时原因-${title}`),
    el('div', { class: 'causes' }, ...found.causes.map((/** @type {any} */ { name, seconds, n, cases }) => el('details', null,
      el('summary', null, `${name}：${time(seconds)}（${percentPlain(Math.round(share(seconds) * 10) / 10)}，${n} 个个案）`),
      el('ul', { class: 'due' }, ...cases.slice(0, WORST * 4).map((/** @type {any} */ one) => el('li', null, el('a', { href: one.href }, el('span', { class: 'name' }, one.title)), el('span', { class: 'left' }, time(one.seconds)))))))));
}

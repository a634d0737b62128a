/** Bad reviews and their 24 hours: how many were answered in time, how fast, which stand open or late. */

import { get } from '../shared/api.js';
import { barChart, stackedBarChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { exportable } from './exporting.js';
import { count, difference, interval, percent, shortDate, time } from './say.js';
import { casesHref, report } from './view.js';

export const REVIEW_KEY = 'house_review_reply/review_reply';
const PARTS = [['met', '按时', 'good'], ['late', '迟答', 'warning'], ['missed', '未答已超时', 'late'], ['open', '进行中', 'calm']];
const LEFT_COLOURS = ['late', 'warning', 'warning', 'calm', 'calm', 'calm'];

/** @param {Element} body */
export async function reviews(body) {
  const [clock, backlog] = await Promise.all([report('clock', { key: REVIEW_KEY }), get('/api/reports/backlog')]);
  const open = backlog.clocks.find((/** @type {any} */ { key }) => key === REVIEW_KEY);
  if (!clock.now && !open) {
    fill(body, el('div', { class: 'state' }, icon('star'), el('strong', null, '这段时间没有差评'), el('p', null, '导入评价后，每条差评从出现起计 24 小时。')));
    return;
  }
  fill(body, clock.now ? sentence(clock) : null, el('div', { class: 'charts' },
    clock.now && el('div', { class: 'chart-card' }, exportable(stackedBarChart({
      title: '每天的差评答得怎样',
      unit: '条',
      note: '按差评出现的日期',
      parts: PARTS.map(([, name, colour]) => ({ name, colour })),
      rows: clock.days.filter((/** @type {any} */ day) => clock.days.length <= 31 || day.n + day.open).map((/** @type {any} */ day) => ({
        label: shortDate(day.date),
        values: PARTS.map(([state]) => day[state]),
        href: casesHref({ key: REVIEW_KEY, from: day.date, to: day.date }, day.n + day.open),
      })),
    }), '每天差评')),
    el('div', { class: 'chart-card' }, exportable(barChart({
      title: '未答差评还剩多少时间',
      unit: '条',
      note: open ? `此刻全店共 ${open.n} 条未答` : '此刻没有未答的差评',
      bars: (open?.left ?? []).map((/** @type {any} */ bin, /** @type {number} */ place) => ({
        label: bin.name,
        value: bin.n,
        colour: LEFT_COLOURS[place],
        href: bin.n ? casesHref({ key: REVIEW_KEY, state: 'waiting', left_from: bin.from, left_to: bin.to, always: true }, bin.n) : undefined,
      })),
    }), '未答差评')),
    ...groups(clock)));
}

/** @param {any} clock */
function sentence({ now, before }) {
  const change = difference(now.share, before?.share);
  return el('p', { class: 'sentence' },
    '已有结果的 ', el('a', { href: casesHref({ key: REVIEW_KEY, state: 'decided' }, now.n) }, `${now.n} 条`), '差评里，',
    el('a', { href: casesHref({ key: REVIEW_KEY, state: 'met' }, now.met) }, `${now.met} 条`), '在 24 小时内回复，达成率 ',
    el('strong', null, percent(now.share)), `（${[count(now.n), interval(now)].filter(Boolean).join('，')}），${change.text}。`,
    `一半差评在 ${time(now.p50)}内得到回复，${now.p90 === null ? '未答的还太多，九成要多久还算不出' : `九成在 ${time(now.p90)}内`}；未答的按仍在等计算。`);
}

/** @param {any} clock */
function groups(clock) {
  if (!clock.now) return [];
  return /** @type {const} */ ([['platform', '各平台'], ['aspect', '各评价方面'], ['category', '各类目']]).filter(([by]) => clock.by[by].length > 0).map(([by, name]) =>
    el('div', { class: 'chart-card' }, exportable(stackedBarChart({
      title: `差评回复：${name}`,
      unit: '条',
      parts: PARTS.map(([, part, colour]) => ({ name: part, colour })),
      rows: clock.by[by].slice(0, 10).map((/** @type {any} */ group) => ({
        label: group.name,
        values: PARTS.map(([state]) => group[state]),
        href: casesHref({ key: REVIEW_KEY, [by]: group.value ?? 'unknown' }, group.n + group.open),
      })),
    }), `差评-${name}`)));
}

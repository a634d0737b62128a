/** One clock in depth: by day, by hour of the week, how long it took, by whom and what, why late. */

import { readAddress } from '../shared/address.js';
import { barChart, distribution, heatMap, lineChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { anatomy } from './anatomy.js';
import { exportable } from './exporting.js';
import { count, interval, percent, percentPlain, shortDate, time, unitFor } from './say.js';
import { casesHref, go, report } from './view.js';

const WEEK = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];
const BY = /** @type {const} */ ([['agent', '各客服'], ['platform', '各平台'], ['category', '各类目'], ['sku', '各商品'], ['aspect', '各评价方面'], ['reason', '各转人工原因']]);
const MOST_GROUPS = 12;

/** @param {Element} body @param {any[]} clocks of /api/reports/clocks */
export async function clock(body, clocks) {
  if (!clocks.length) {
    fill(body, el('p', { class: 'fine' }, '这段时间没有数据'));
    return;
  }
  const chosen = clocks.find(({ key }) => key === readAddress().clock)?.key ?? worst(clocks);
  const picker = el('label', { class: 'pick' }, el('span', null, '看哪一项'),
    el('select', { onchange: (/** @type {any} */ event) => go({ clock: event.target.value }) },
      ...clocks.map(({ key, title }) => el('option', { value: key, selected: key === chosen }, title))));
  const found = await report('clock', { key: chosen });
  if (!found.now) {
    fill(body, picker, el('p', { class: 'fine' }, '这段时间没有数据'));
    return;
  }
  fill(body, picker, summary(found), el('div', { class: 'charts' },
    ...[...courses(found), ...groups(found)].map(([figure, wide]) => el('div', { class: wide ? 'chart-card wide' : 'chart-card' }, figure))),
  await anatomy(chosen, found));
}

/** The clock with the most cases among those that miss their goal. @param {any[]} clocks */
function worst(clocks) {
  const below = clocks.filter(({ goal, now }) => goal !== null && now.share !== null && now.share < goal);
  return (below.length ? below : clocks).reduce((most, one) => (one.now.n > most.now.n ? one : most)).key;
}

/** @param {any} found */
function summary({ now, target_seconds: target, goal, source }) {
  return el('p', { class: 'sentence' }, `时限 ${time(target)}${goal === null ? '' : `，目标 ${percentPlain(goal * 100)}`}；达成率 `, el('strong', null, percent(now.share)),
    `（${[count(now.n), interval(now)].filter(Boolean).join('，')}），中位 ${time(now.p50)}，90 分位 ${time(now.p90)}，95 分位 ${time(now.p95)}。`,
    /[\u4e00-\u9fff]/.test(source ?? '') && el('small', { class: 'source' }, `依据：${source}`));
}

/** @param {any} found @returns {[HTMLElement, boolean][]} */
function courses({ key, title, days, slots, waits, target_seconds: target, goal }) {
  const unit = unitFor(target);
  const bins = waits.bins.map((/** @type {any} */ bin) => ({
    from: bin.from / unit.seconds,
    to: (bin.to ?? bin.from + (waits.bins[0].to - waits.bins[0].from)) / unit.seconds,
    n: bin.n,
    href: bin.n ? casesHref({ key, wait_from: bin.from, wait_to: bin.to }, bin.n) : undefined,
  }));
  const shares = days.map((/** @type {any} */ day) => (day.share === null ? null : day.share * 100));
  return [
    [exportable(lineChart({
      title: `${title}：每天的达成率`,
      unit: '%',
      format: percentPlain,
      x: days.map((/** @type {any} */ { date }) => shortDate(date)),
      series: [{ name: '达成率', values: shares }],
      ...(goal === null ? {} : { target: { value: goal * 100, text: `目标 ${percentPlain(goal * 100)}` } }),
      href: (x) => casesHref({ key, state: 'decided', from: days[x].date, to: days[x].date }, days[x].n),
    }), `达成率-${title}`), false],
    [exportable(distribution({
      title: `${title}：回应用了多久`,
      unit: unit.name,
      counts: '个',
      note: `超出最右一格的并入最后；进行中 ${waits.still_waiting} 个不在图中`,
      bins,
      limit: target / unit.seconds,
    }), `用时分布-${title}`), false],
    [exportable(heatMap({
      title: `${title}：未达成集中在什么时候`,
      unit: '个',
      note: '按开始的时刻；空格是没有个案',
      columns: [...Array(24).keys()].map((hour) => `${hour} 点`),
      rows: WEEK.map((label, day) => ({ label, values: slots.slice(day * 24, day * 24 + 24).map((/** @type {any} */ slot) => (slot.n ? slot.failed : null)) })),
      colour: 'late',
      href: (row, column) => casesHref({ key, slot: row * 24 + column, state: 'failed' }, slots[row * 24 + column].failed),
    }), `热力图-${title}`), true],
  ];
}

/** @param {any} found @returns {[HTMLElement, boolean][]} */
function groups({ key, title, by, goal }) {
  return BY.filter(([name]) => by[name].some((/** @type {any} */ group) => group.value !== null && group.n)).map(([name, says]) => [
    exportable(barChart({
      title: `${title}：${says}的达成率`,
      unit: '%',
      format: percentPlain,
      note: by[name].length > MOST_GROUPS ? `个案最多的 ${MOST_GROUPS} 个，共 ${by[name].length} 个` : '',
      bars: by[name].filter((/** @type {any} */ { n }) => n).slice(0, MOST_GROUPS).map((/** @type {any} */ group) => ({
        label: group.name,
        value: Math.round(group.share * 1000) / 10,
        n: group.n,
        colour: goal === null || group.share >= goal ? 'calm' : 'late',
        href: casesHref({ key, state: 'decided', [name]: group.value ?? 'unknown' }, group.n),
      })),
      ...(goal === null ? {} : { target: { value: goal * 100, text: `目标 ${percentPlain(goal * 100)}` } }),
    }), `${title}-${says}`), false,
  ]);
}

/** A state for a part that could not be read. @param {Element} body @param {unknown} error @param {() => void} again */
export function failed(body, error, again) {
  fill(body, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '这部分没有读出来'),
    el('p', null, error instanceof Error ? error.message : ''), el('button', { class: 'button', type: 'button', onclick: again }, '再试一次')));
}

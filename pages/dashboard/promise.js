/** First line: are we keeping our word? One card a clock, against the period before. */

import { barChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { exportable } from './exporting.js';
import { count, difference, interval, percent, percentPlain, time } from './say.js';
import { casesHref, go } from './view.js';

/** @param {Element} body @param {any} report of /api/reports/clocks */
export function promise(body, report) {
  if (!report.clocks.length) {
    fill(body, el('div', { class: 'state' }, icon('chart'), el('strong', null, '这段时间没有数据'), el('p', null, '有了会话或差评之后，这里会出现每一项承诺的达成率。')));
    return;
  }
  const counted = report.clocks.filter((/** @type {any} */ { now }) => now.n > 0);
  fill(body,
    el('div', { class: 'cards' }, ...report.clocks.map(card)),
    counted.length > 0 && el('div', { class: 'chart-card' }, exportable(barChart({
      title: '各项承诺的达成率',
      unit: '%',
      note: '按时的占已有结果的；未答已超时和未答即关闭都算未达成',
      format: percentPlain,
      bars: counted.map((/** @type {any} */ { key, title, now, goal }) => ({
        label: title,
        value: Math.round(now.share * 1000) / 10,
        n: now.n,
        colour: goal === null ? 'calm' : now.share >= goal ? 'good' : 'late',
        href: casesHref({ key, state: 'decided' }, now.n),
      })),
    }), '达成率')));
}

/** @param {any} clock */
function card({ key, title, goal, now, before, target_seconds: target }) {
  const failed = now.late + now.missed + now.closed_unanswered;
  const change = difference(now.share, before?.share);
  const verdict = goal === null || now.share === null ? null : now.share >= goal;
  return el('article', { class: `figure-card ${verdict === false ? 'below' : ''}` },
    el('h3', null, title),
    el('p', { class: 'big' },
      now.n ? el('a', { href: casesHref({ key, state: 'decided' }, now.n), title: '看这些个案' }, percent(now.share)) : el('span', { class: 'none' }, '没有数据'),
      verdict !== null && el('span', { class: `chip ${verdict ? 'good' : 'late'}` }, icon(verdict ? 'check' : 'warning'), `目标 ${percentPlain(goal * 100)} ${verdict ? '达到' : '未达到'}`)),
    el('p', { class: 'fine' }, [count(now.n), interval(now)].filter(Boolean).join('，')),
    el('p', { class: `change ${change.way}` }, change.text),
    el('dl', { class: 'facts' },
      fact('未达成', failed ? el('a', { href: casesHref({ key, state: 'failed' }, failed) }, `${failed} 个`) : '0 个'),
      fact('进行中', now.open ? el('a', { href: casesHref({ key, state: 'open' }, now.open) }, `${now.open} 个`) : '0 个'),
      fact('中位用时', wait(now.p50)),
      fact('90 分位', wait(now.p90)),
      fact('95 分位', wait(now.p95)),
      fact('时限', time(target))),
    el('button', { class: 'plain', type: 'button', onclick: () => look(key) }, '细看', icon('chevronRight')));
}

/** @param {string} name @param {Node | string} value */
function fact(name, value) {
  return el('div', null, el('dt', null, name), el('dd', null, value));
}

/** @param {number | null} seconds */
function wait(seconds) {
  return seconds === null ? el('span', { title: '未答的还太多，这个分位算不出来' }, '—') : time(seconds);
}

/** @param {string} key */
function look(key) {
  go({ clock: key });
  document.querySelector('[data-part="clock"]')?.scrollIntoView({ behavior: 'smooth' });
}

/** What wants somebody now: what breaches next, what is late and open, whom to answer to keep a goal. */

import { get } from '../shared/api.js';
import { barChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { exportable } from './exporting.js';
import { percent, percentPlain } from './say.js';
import { casesHref, isFiltered } from './view.js';

const HOURS = 4;
const SHOWN = 8;

/** @param {Element} body */
export async function standing(body) {
  const [risk, rescue, backlog] = await Promise.all([
    get('/api/reports/risk', { hours: HOURS }), get('/api/reports/rescue'), get('/api/reports/backlog'),
  ]);
  fill(body, isFiltered() && el('p', { class: 'fine' }, '这一部分是此刻全店的情况，不随时间和筛选变。'), el('div', { class: 'columns' },
    el('section', { class: 'panel', ariaLabel: '即将超时' },
      el('h3', null, `${HOURS} 小时内到期`, el('span', { class: 'chip' }, String(risk.soon.length))),
      risk.soon.length ? rows(risk.soon) : done(`${HOURS} 小时内没有到期的，做得好`),
      el('h3', null, '已超时仍未答', el('span', { class: `chip ${risk.late.length ? 'late' : ''}` }, String(risk.late.length))),
      risk.late.length ? rows(risk.late) : done('没有拖着的')),
    el('section', { class: 'panel', ariaLabel: '今天守线清单' },
      el('h3', null, '今天守线：还要答哪些'),
      el('p', { class: 'fine' }, '按每个平台和本店的目标线，算出今天还必须按时答完几个。'),
      rescue.lists.length ? el('ul', { class: 'rescue' }, ...rescue.lists.map(goal)) : done('今天还没有带目标线的时限开始'))),
  backlogCharts(backlog.clocks.filter(isOwn)));
}

/** First and final resolution of an open chat are the same cases: one of them is enough here. @param {any} list */
function isOwn({ clock }) {
  return clock !== 'total_resolution';
}

/** @param {any[]} clocks */
function rows(clocks) {
  const all = clocks.map((row) => el('li', null,
    el('a', { href: row.href }, el('span', { class: 'kind' }, row.kind_text), el('span', { class: 'name' }, row.title)),
    el('span', { class: 'fine' }, [row.clock, row.agent].filter(Boolean).join(' · ')),
    el('span', { class: 'left' }, timeElement(row.due_at, { kind: 'left', from: row.started_at }))));
  const rest = all.slice(SHOWN);
  return el('div', null,
    el('ul', { class: 'due' }, ...all.slice(0, SHOWN)),
    rest.length > 0 && el('details', { class: 'more' }, el('summary', null, `还有 ${rest.length} 个`), el('ul', { class: 'due' }, ...rest)));
}

/** @param {any} list */
function goal({ title, goal: line, met, n, pending, needed, share, cases, key }) {
  const lost = needed === null;
  const look = lost ? 'late' : needed ? 'warning' : 'good';
  const words = lost ? '今天已守不住' : needed ? `还须按时答 ${needed} 个` : '已守住';
  return el('li', null,
    el('div', { class: 'rescue-head' },
      el('strong', null, title),
      el('span', { class: `chip ${look}` }, icon(lost ? 'warning' : needed ? 'clock' : 'check'), words)),
    el('p', { class: 'fine' }, `目标 ${percentPlain(line * 100)}，今天 `, n ? el('a', { href: casesHref({ key, state: 'decided', today: true, always: true }, n) }, `${met}/${n}`) : '还没有结果', n ? `（${percent(share)}）` : '', '，进行中 ', pending ? el('a', { href: casesHref({ key, state: 'open', today: true, always: true }, pending) }, `${pending} 个`) : '0 个'),
    cases.length > 0 && needed !== 0 && el('ul', { class: 'due' }, ...cases.slice(0, 5).map((/** @type {any} */ row) =>
      el('li', null, el('a', { href: row.href }, el('span', { class: 'name' }, row.title)), el('span', { class: 'left' }, timeElement(row.due_at, { kind: 'left', from: row.started_at }))))));
}

/** @param {any[]} clocks */
function backlogCharts(clocks) {
  if (!clocks.length) return done('没有未完结的时限');
  return el('div', { class: 'charts' }, ...clocks.flatMap(({ title, key, n, age }) => [
    el('div', { class: 'chart-card' }, exportable(barChart({
      title: `${title}：未完结的已等了多久`,
      unit: '个',
      note: `此刻全店共 ${n} 个`,
      bars: age.map((/** @type {any} */ bin) => ({ label: bin.name, value: bin.n, href: bin.n ? casesHref({ key, state: 'waiting', age_from: bin.from, age_to: bin.to, always: true }, bin.n) : undefined })),
    }), `积压-${title}`)),
  ]));
}

/** @param {string} words */
function done(words) {
  return el('p', { class: 'well-done' }, icon('check'), words);
}

/** Chats: what the bot answered and what people did, handoffs by reason, satisfaction, promises kept. */

import { barChart, heatMap, stackedBarChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { exportable } from './exporting.js';
import { count, difference, interval, percent, shortDate } from './say.js';
import { casesHref, report } from './view.js';

const WEEK = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];
const COLOURS = { running: 'bot', confirmed: 'good', assumed: 'bot', came_back: 'warning', left_line: 'late', human: 'agent' };

/** @param {Element} body */
export async function chats(body) {
  const [chats, promises] = await Promise.all([report('chats'), report('promises')]);
  if (!chats.n) {
    fill(body, el('div', { class: 'state' }, icon('chat'), el('strong', null, '这段时间没有会话')));
    return;
  }
  fill(body,
    el('div', { class: 'cards' }, ...figures(chats, promises)),
    el('div', { class: 'charts' }, ...charts(chats)));
}

/** @param {any} chats @param {any} promises */
function figures(chats, promises) {
  const { bot, bot_before: before, satisfaction: content } = chats;
  return [
    figure('机器人独立办结', bot.closed_by_bot, difference(bot.closed_by_bot.share, before.closed_by_bot.share),
      [['顾客已确认 ', percent(bot.confirmed.share), '（', opened(bot.confirmed.count, { outcome: 'confirmed' }), '）'], ['推定 ', percent(bot.assumed.share), '（', opened(bot.assumed.count, { outcome: 'assumed' }), '）'], ['办结后又回来（不计入）', percent(bot.came_back.share), '（', opened(bot.came_back.count, { outcome: 'came_back' }), '）']], { choice: { by: 'solved' } }),
    figure('需要人工', bot.human, difference(bot.human.share, before.human.share), [['含排队中离开的']], { choice: { by: 'human' } }),
    figure('满意（4–5 分）', content.satisfied, difference(content.satisfied.share, chats.satisfaction_before.satisfied.share),
      [[`平均 ${content.mean === null ? '—' : content.mean.toFixed(2)} 分`], ['回评率 ', percent(content.response.share), '（', opened(content.response.count, { rating: 'given' }), '/', opened(content.asked, { rating: 'asked' }), '）']], { choice: { rating: 'satisfied' } }),
    figure('承诺兑现', promises.now.kept, difference(promises.now.kept.share, promises.before.kept.share),
      [['未兑现 ', opened(promises.now.broken, { state: 'broken' }, 'promises'), ' 个'], ['未到期 ', opened(promises.now.open, { state: 'open' }, 'promises'), ' 个'], ['撤回 ', opened(promises.now.withdrawn, { state: 'withdrawn' }, 'promises'), ' 个']], { choice: { state: 'kept' }, kind: 'promises' }),
  ];
}

/**
 * @param {string} name @param {any} share @param {{text: string, way: string}} change @param {any[][]} more
 * @param {{choice: Record<string, any>, kind?: import('./view.js').Kind}} link to the cases that the share counts as hits
 */
function figure(name, share, change, more, { choice, kind = 'chats' }) {
  return el('article', { class: 'figure-card' },
    el('h3', null, name),
    el('p', { class: 'big' }, share.share === null ? el('span', { class: 'none' }, '没有数据') : el('a', { href: casesHref(choice, share.count, kind), title: `看这 ${share.count} 个` }, percent(share.share))),
    el('p', { class: 'fine' }, [count(share.n), interval(share)].filter(Boolean).join('，')),
    el('p', { class: `change ${change.way}` }, change.text),
    el('ul', { class: 'fine' }, ...more.map((line) => el('li', null, ...line))));
}

/** A number that opens to its cases. @param {number} n @param {Record<string, any>} choice @param {import('./view.js').Kind} [kind] */
function opened(n, choice, kind = 'chats') {
  return n ? el('a', { href: casesHref(choice, n, kind) }, n.toLocaleString('zh-CN')) : '0';
}

/** @param {any} chats */
function charts(chats) {
  const days = chats.days.filter((/** @type {any} */ day) => chats.days.length <= 31 || day.bot + day.human);
  return [
    exportable(stackedBarChart({
      title: '每天的会话由谁接待',
      unit: '个',
      note: `共 ${chats.n} 个会话；上期 ${chats.before_n} 个`,
      parts: [{ name: '机器人', colour: 'bot' }, { name: '人工', colour: 'agent' }],
      rows: days.map((/** @type {any} */ day) => ({ label: shortDate(day.date), values: [day.bot, day.human], href: casesHref({ from: day.date, to: day.date }, day.bot + day.human, 'chats') })),
    }), '会话由谁接待'),
    exportable(barChart({
      title: '会话怎样结束',
      unit: '个',
      bars: chats.outcomes.filter((/** @type {any} */ { n }) => n).map((/** @type {any} */ { outcome, name, n }) => ({ label: name, value: n, colour: COLOURS[/** @type {'human'} */ (outcome)], href: casesHref({ outcome }, n, 'chats') })),
    }), '会话结果'),
    exportable(barChart({
      title: '为什么转人工',
      unit: '个',
      bars: chats.reasons.map((/** @type {any} */ { reason, name, n }) => ({ label: name, value: n, colour: 'agent', href: casesHref({ reason }, n, 'chats') })),
    }), '转人工原因'),
    exportable(barChart({
      title: '顾客打了几分',
      unit: '个',
      note: `请 ${chats.satisfaction.asked} 位评分，${chats.satisfaction.response.count} 位回答`,
      bars: chats.satisfaction.response.count ? [5, 4, 3, 2, 1].map((score) => ({ label: `${score} 分`, value: chats.satisfaction.scores[score - 1], colour: score > 3 ? 'good' : score === 3 ? 'warning' : 'late', href: casesHref({ score }, chats.satisfaction.scores[score - 1], 'chats') })) : [],
    }), '满意度'),
    exportable(heatMap({
      title: '会话集中在什么时候',
      unit: '个',
      columns: [...Array(24).keys()].map((hour) => `${hour} 点`),
      rows: WEEK.map((label, day) => ({ label, values: chats.hours.slice(day * 24, day * 24 + 24) })),
      colour: 'bot',
      href: (row, column) => casesHref({ slot: row * 24 + column }, chats.hours[row * 24 + column], 'chats'),
    }), '会话热力图'),
  ].map((figure, place) => el('div', { class: place === 4 ? 'chart-card wide' : 'chart-card' }, figure));
}

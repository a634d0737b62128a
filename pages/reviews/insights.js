/** What reviews say: product x aspect with returns beside it, weeks, rising words, and what was mended. */

import { readAddress, writeAddress } from '../shared/address.js';
import { ask, get, post } from '../shared/api.js';
import { heatMap, lineChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast, toastError } from '../shared/toast.js';
import { store } from './book.js';
import { save } from './download.js';
import { improvements, percent } from './improvements.js';
import { ASPECTS, SHORT_ASPECTS, aspectName } from './words.js';

const DAYS = [[7, '近 7 天'], [30, '近 30 天'], [90, '近 90 天']];
const BY = [['product', '商品'], ['supplier', '供应商'], ['carrier', '快递']];
const SHOWN = 12;

/** @returns {{button: () => HTMLElement, read: () => void}} */
export function insights() {
  const book = /** @type {HTMLElement} */ (document.querySelector('.book'));
  const place = el('main', { class: 'insights', hidden: true, tabIndex: -1, ariaLabel: '评价说了什么' });
  const button = el('button', { class: 'button small', type: 'button', ariaPressed: 'false', ariaLabel: '评价说了什么', onclick: () => go(place.hidden) }, icon('chart'), el('span', null, '评价说了什么'));
  book.after(place);
  return { button: () => button, read };

  /** @param {boolean} on */
  function go(on) {
    writeAddress({ show: on ? 'insights' : null }, { step: true });
    read();
  }

  function read() {
    const on = readAddress().show === 'insights';
    if (on === !place.hidden) return;
    place.hidden = !on;
    book.hidden = on;
    button.setAttribute('aria-pressed', String(on));
    if (on) draw();
  }

  async function draw() {
    const { days = '30', by = 'product' } = readAddress();
    fill(place, el('div', { class: 'loading', role: 'status', ariaLabel: '正在加载' }, ...Array.from({ length: 9 }, () => el('i'))));
    const from = day(-(Number(days) - 1));
    try {
      const [said, mended] = await Promise.all([get('/api/reviews/insights', { from, by }), get('/api/reviews/improvements')]);
      const [words, charts, rows] = told(said, by, from);
      fill(place, head(days, by, from), words, charts, rows, improvements(mended.improvements, draw), await invitations(draw));
    } catch (error) {
      fill(place, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '没读出来'), el('p', null, error instanceof Error ? error.message : ''), el('button', { class: 'button', type: 'button', onclick: draw }, '再试一次')));
    }
  }

  /** @param {string} days @param {string} by @param {string} from */
  function head(days, by, from) {
    const set = (/** @type {Record<string, string>} */ change) => (writeAddress(change), draw());
    return el('header', { class: 'insights-head' },
      el('h1', null, '评价说了什么'),
      choice('时间', DAYS, days, (value) => set({ days: value })),
      choice('按', BY, by, (value) => set({ by: value })),
      el('a', { class: 'button small', href: `/api/reviews/insights.xlsx?from=${from}`, download: '' }, icon('download'), '导出 Excel'),
      el('a', { class: 'button small', href: `/api/reviews/insights.csv?from=${from}&by=${by}`, download: '' }, 'CSV'),
      el('button', { class: 'button small', type: 'button', onclick: () => go(false) }, icon('arrowLeft'), '回到评价'));
  }
}

/** @param {any} said @param {string} by @param {string} from */
function told(said, by, from) {
  if (!said.lines.length) return [el('div', { class: 'state' }, icon('star'), el('strong', null, '这段时间没有评价'), el('p', null, '换一段时间，或先导入评价。'))];
  const lines = said.lines.slice(0, SHOWN);
  const aspects = said.aspects.filter((/** @type {string} */ aspect) => lines.some((/** @type {any} */ line) => line.complaints[aspect]));
  const weeks = said.weeks;
  return [
    rising(said),
    el('div', { class: 'insight-charts' },
      aspects.length > 0 && el('div', { class: 'chart-card' }, heatMap({
        title: '谁在被抱怨什么', unit: '条', note: `差评最多的 ${lines.length} 个`,
        columns: aspects.map((/** @type {'price'} */ aspect) => SHORT_ASPECTS[aspect] ?? aspectName(aspect)),
        rows: lines.map((/** @type {any} */ line) => ({ label: line.name, values: aspects.map((/** @type {string} */ aspect) => line.complaints[aspect] ?? 0) })),
        ...(by === 'product' && { href: (/** @type {number} */ row, /** @type {number} */ column) => lines[row].sku && cases({ sku: lines[row].sku, aspect: aspects[column], since: from }) }),
      })),
      weeks.length > 1 && el('div', { class: 'chart-card' }, lineChart({
        title: '每周差评率', unit: '%', note: '从周一算起，最早和最近一周可能不满七天', x: weeks.map((/** @type {any} */ week) => week.week.slice(5)),
        series: [{ name: '差评率', values: weeks.map((/** @type {any} */ week) => Math.round((week.bad_share ?? 0) * 1000) / 10), colour: 'late' }],
      }))),
    table(said.lines, by, from),
  ];
}

/** @param {any} said */
function rising({ rising: words, rising_aspects: aspects, bad_reviews: n }) {
  const chip = (/** @type {any} */ one, /** @type {string} */ name, /** @type {Record<string, string>} */ filter) => el('a', {
    class: 'chip late', href: `/reviews?${new URLSearchParams({ view: 'all', flag: 'bad', since: n.since, ...filter })}`, title: `近 7 天 ${one.now} 条，此前四周 ${one.before} 条。点开看这些评价`,
  }, name, ' ', el('b', { class: 'number' }, one.now));
  return el('section', { class: 'rising' },
    el('h2', null, '这周多起来的抱怨', el('small', null, ` 近 7 天 ${n.now} 条差评，此前四周 ${n.before} 条`)),
    aspects.length > 0 && el('p', null, el('span', { class: 'rising-of' }, '方面'), ...aspects.map((/** @type {any} */ one) => chip(one, aspectName(one.word), { aspect: one.word }))),
    words.length > 0 && el('p', null, el('span', { class: 'rising-of' }, '说法'), ...words.map((/** @type {any} */ one) => chip(one, one.word, { search: one.word }))),
    !words.length && !aspects.length && el('p', { class: 'quiet' }, n.before ? '和此前四周相比，没有哪个方面或说法明显多起来。' : '此前四周没有差评可比，下周再看。'),
    (words.length > 0 || aspects.length > 0) && el('p', { class: 'quiet' }, '只列比此前明显多的（按多重检验控制，十个里至多约一个是巧合）。'));
}

/** The reviews behind a figure. @param {Record<string, string>} filter */
function cases(filter) {
  return `/reviews?${new URLSearchParams({ view: 'all', ...filter })}`;
}

/** @param {any[]} lines @param {string} by @param {string} from */
function table(lines, by, from) {
  const to = (/** @type {any} */ line, /** @type {any} */ words, /** @type {Record<string, string>} */ filter) => (line.sku ? el('a', { href: cases({ sku: line.sku, since: from, ...filter }) }, words) : words);
  const titles = ['名称', ...(by === 'product' ? ['供应商'] : []), '评价', by === 'carrier' ? '抱怨物流' : '差评', '差评率', '星级', '退货率', '主要抱怨'];
  return el('div', { class: 'insight-table', role: 'region', ariaLabel: '每一行的评价和退货', tabIndex: 0 }, el('table', { class: 'table' },
    el('caption', { class: 'unseen' }, '每一行的评价、差评、退货和主要抱怨'),
    el('thead', null, el('tr', null, ...titles.map((title) => el('th', { scope: 'col' }, title)))),
    el('tbody', null, ...lines.map((line) => el('tr', null,
      el('th', { scope: 'row' }, to(line, line.name, {})),
      by === 'product' && el('td', null, line.supplier || '—'),
      el('td', { class: 'number' }, line.reviews),
      el('td', { class: 'number' }, to(line, line.bad, { flag: 'bad' })),
      el('td', { class: 'number', title: line.bad_interval ? `95% 区间 ${percent(line.bad_interval[0])}–${percent(line.bad_interval[1])}` : '' }, percent(line.bad_share)),
      el('td', { class: 'number' }, line.stars === null ? '—' : line.stars.toFixed(1)),
      el('td', { class: 'number', title: `${line.returned} / ${line.sold} 件` }, percent(line.return_rate)),
      el('td', null, ...complaintsOf(line, to)))))));
}

/** @param {any} line @param {(line: any, words: any, filter: Record<string, string>) => any} to */
function complaintsOf(line, to) {
  const most = Object.entries(line.complaints).slice(0, 3);
  return most.length ? most.flatMap(([aspect, count], place) => [place ? '，' : '', to(line, `${ASPECTS[/** @type {'price'} */ (aspect)] ?? aspect} ${count}`, { aspect })]) : ['—'];
}

/** How the invitations to review stand, and those that were given up. */
async function invitations(/** @type {() => void} */ again) {
  const { invitations: stand } = await get('/api/reviews/sending');
  const asked = stand.sent + stand.answered;
  const figures = [['等着发', stand.planned + stand.sending], ['已发出', asked], ['已评价', stand.answered], ['没有发', stand.stopped]];
  const may = store.state.me?.permissions.includes('write_reviews');
  return el('section', { class: 'invited' },
    el('h2', null, '邀请评价', el('small', null, stand.pushed ? ' 签收三天后自动发出' : ' 写成表格，由短信或站内信发出；链接里写评价')),
    el('p', { class: 'figures' }, ...figures.map(([name, number]) => el('span', null, el('b', { class: 'number' }, number), ` ${name}`)),
      asked > 0 && el('span', null, `评价率 ${percent(stand.answered / asked)}`)),
    !stand.pushed && may && el('button', { class: 'button small', type: 'button', onclick: () => handOut(again) }, icon('download'), '写好该发的邀请并下载'),
    stand.failed > 0 && el('p', null, el('span', { class: 'chip late' }, icon('warning'), `${stand.failed} 条没有发成：${stand.why}`), ' ',
      may && el('button', { class: 'button small', type: 'button', onclick: sendInvitationsAgain }, icon('redo'), '再发一次')));
}

/** @param {() => void} again */
async function handOut(again) {
  try {
    const table = await ask('POST', '/api/reviews/invitations/export');
    save(new Blob(['\ufeff', table.replace(/^\ufeff/, '')], { type: 'text/csv' }), '评价邀请.csv');
    toast('表格已下载，每单只写一次，请交给发短信的人');
    again();
  } catch (error) {
    toastError(error);
  }
}

/** @param {Event} event */
async function sendInvitationsAgain({ target }) {
  /** @type {HTMLButtonElement} */ (target).disabled = true;
  try {
    const { sent } = await post('/api/reviews/invitations/send-again', {});
    toast(`${sent} 条重新排队发送`);
  } catch (error) {
    toastError(error);
  }
}

/** @param {string} title @param {any[][]} values @param {string} chosen @param {(value: string) => void} react */
function choice(title, values, chosen, react) {
  return el('label', { class: 'choice' }, el('span', { class: 'unseen' }, title),
    el('select', { onchange: (event) => react(event.target.value) }, ...values.map(([value, name]) => el('option', { value: String(value), selected: String(value) === chosen }, name))));
}

/** @param {number} shift days from today, in China */
function day(shift) {
  return new Date(Date.now() + 8 * 3_600_000 + shift * 86_400_000).toISOString().slice(0, 10);
}

/** What was promised to be mended: who owns it, how it stands, and what the numbers before and after prove. */

import { patch } from '../shared/api.js';
import { shape } from '../shared/charts/frame.js';
import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { toast, toastError } from '../shared/toast.js';
import { store } from './book.js';
import { aspectName } from './words.js';

const STATES = { open: ['待处理', 'warning'], under_way: ['进行中', 'calm'], done: ['已生效', 'good'], dropped: ['不做了', ''] };
const PROOFS = {
  better: ['数据证明有效', 'good'], worse: ['比之前更差', 'late'], no_difference: ['看不出差别', ''], not_enough: ['评价太少，还不能下结论', 'warning'],
};
const FEW = 6;
const WIDTH = 200;

/** @param {any[]} items @param {() => void} again */
export function improvements(items, again) {
  return el('section', { class: 'mended' },
    el('h2', null, '答应过的改进'),
    items.length
      ? el('ul', null, ...items.slice(0, FEW).map((item) => improvement(item, again)))
      : el('p', { class: 'quiet' }, '还没有。回复发布后，里面答应的改进会列在这里，由负责人跟进。'),
    items.length > FEW && rest(items.slice(FEW), again));
}

/** The others are a click away: a shop promises more than one screen holds. @param {any[]} items @param {() => void} again */
function rest(items, again) {
  const more = el('details', { class: 'rest', ontoggle: () => more.open && more.childElementCount < 2 && more.append(el('ul', null, ...items.map((item) => improvement(item, again)))) }, el('summary', null, `还有 ${items.length} 项`));
  return more;
}

/** @param {any} item @param {() => void} again */
function improvement(item, again) {
  const [name, kind] = STATES[/** @type {'open'} */ (item.state)];
  const [proof, colour] = PROOFS[/** @type {'better'} */ (item.proof)];
  const may = store.state.me?.permissions.includes('write_reviews');
  const isLive = ['open', 'under_way'].includes(item.state);
  const isLate = isLive && item.due_at && Date.parse(item.due_at) < Date.now();
  const button = (/** @type {string} */ words, /** @type {() => void} */ run) => el('button', { class: 'button small', type: 'button', onclick: run }, words);
  return el('li', null,
    el('div', null, el('span', { class: `chip ${kind}` }, name), el('a', { href: casesOf(item) }, el('strong', null, item.product ?? '全店'), ' ', aspectName(item.aspect)), el('small', null, `${item.owner} · 答应过 ${item.promised} 次`),
      isLate && el('span', { class: 'chip late' }, icon('warning'), '过了答应的日子')),
    el('p', null, item.plan),
    item.note && el('p', { class: 'quiet' }, `说明：${item.note}`),
    rates(item),
    item.effective_at && el('p', { class: 'rates' },
      item.interval && `差 ${percent(item.difference)}（95% 区间 ${percent(item.interval[0])} 到 ${percent(item.interval[1])}）`, el('span', { class: `chip ${colour}` }, proof)),
    el('div', { class: 'chips' }, item.due_at && isLive && el('small', null, isLate ? '本应在 ' : '应在 ', timeElement(item.due_at, { kind: 'said' }), ' 前'),
      may && item.state === 'open' && button('开始做', () => move(item, { state: 'under_way' }, again)),
      may && isLive && el('button', { class: 'button small', type: 'button', onclick: () => finish(item, again) }, icon('check'), '改好了'),
      may && item.state === 'done' && button('改生效日期', () => finish(item, again)),
      may && isLive && button('换负责人', () => handOver(item, again)),
      may && isLive && button('不做了', () => drop(item, again)),
      may && item.state === 'dropped' && button('重新打开', () => move(item, { state: 'open' }, again))));
}

/** The reviews of the product that complain of this. @param {any} item */
function casesOf(item) {
  return `/reviews?${new URLSearchParams({ view: 'all', aspect: item.aspect, ...(item.sku && { sku: item.sku }) })}`;
}

/** A line each for before and after: the rate as a dot on its 95 % interval. @param {any} item */
function rates(item) {
  const lines = item.effective_at ? [['之前', item.before], ['之后', item.after]] : [['近 60 天', item.before]];
  return el('dl', { class: 'before-after' }, ...lines.map(([name, one]) => el('div', null,
    el('dt', null, name),
    el('dd', null, one.reviews ? interval(one) : null, el('span', null, rate(one))))));
}

/** From 0 to 100 %, so that every item can be compared with every other. @param {any} one */
function interval(one) {
  const at = (/** @type {number} */ share) => 6 + share * (WIDTH - 12);
  const [low, high] = one.interval;
  return shape('svg', { class: 'interval', width: WIDTH, height: 16, viewBox: `0 0 ${WIDTH} 16`, role: 'img', 'aria-label': `抱怨率 ${percent(one.share)}，95% 区间 ${percent(low)} 到 ${percent(high)}` },
    shape('line', { x1: 6, x2: WIDTH - 6, y1: 8, y2: 8, class: 'scale' }),
    shape('line', { x1: at(low), x2: at(high), y1: 8, y2: 8, class: 'span' }),
    shape('circle', { cx: at(one.share), cy: 8, r: 5 }));
}

/** @param {any} one */
function rate(one) {
  return one.reviews ? `${percent(one.share)}（${one.reviews} 条评价里 ${one.complaints} 条抱怨）` : '没有评价';
}

/** @param {any} item @param {() => void} again */
async function finish(item, again) {
  const today = dayOf(Date.now());
  const since = el('input', { class: 'input', type: 'date', name: 'since', required: true, max: today, value: item.effective_at ? dayOf(Date.parse(item.effective_at)) : today });
  const note = el('textarea', { name: 'note', rows: 2, maxLength: 500, value: item.note, placeholder: '改了什么，从哪个批次开始' });
  const form = await dialog({ title: '从哪天起，买家收到的就是改好的？', body: [el('p', null, '会用这天前后的抱怨率对比，数据证明了，回复里才能说“已改进”。'), field('生效日期', since), field('说明', note)], confirm: '已生效' });
  if (!form) return;
  const day = String(form.get('since'));
  await move(item, { state: 'done', note: String(form.get('note') ?? ''), ...(day !== today && { effective_at: `${day}T00:00:00+08:00` }) }, again);
}

/** @param {any} item @param {() => void} again */
async function handOver(item, again) {
  const owner = el('input', { class: 'input', name: 'owner', required: true, maxLength: 60, value: item.owner });
  const form = await dialog({ title: '换谁负责？', body: [field('负责人', owner)], confirm: '换' });
  const name = String(form?.get('owner') ?? '').trim();
  if (name) await move(item, { owner: name }, again);
}

/** @param {any} item @param {() => void} again */
async function drop(item, again) {
  const note = el('textarea', { name: 'note', required: true, rows: 2, maxLength: 500, value: item.note, placeholder: '为什么不做' });
  const form = await dialog({ title: '不做这项改进了？', body: [el('p', null, `已经在 ${item.promised} 条公开回复里答应过买家，请写明原因。`), field('原因', note)], confirm: '不做了', kind: 'late' });
  const why = String(form?.get('note') ?? '').trim();
  if (why) await move(item, { state: 'dropped', note: why }, again);
}

/** @param {any} item @param {any} change @param {() => void} again */
async function move(item, change, again) {
  try {
    await patch(`/api/reviews/improvements/${item.id}`, { revision: item.revision, ...change });
    toast('记下了');
  } catch (error) {
    toastError(error);
  }
  again();
}

/** @param {number | null} share */
export function percent(share) {
  return share === null || share === undefined ? '—' : `${(share * 100).toFixed(1)}%`;
}

/** The day in China, as a field of dates has it. @param {number} moment */
function dayOf(moment) {
  return new Date(moment + 8 * 3_600_000).toISOString().slice(0, 10);
}

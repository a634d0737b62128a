/** What if: other people, room, load, bot or target, replayed over what was recorded; a simulation. */

import { barChart } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toastError } from '../shared/toast.js';
import { exportable } from './exporting.js';
import { count, interval, percent, percentPlain, time } from './say.js';
import { report } from './view.js';

const HANDOFF = 'handoff_response';
const PLAYED = [HANDOFF, 'human_next_response', 'first_resolution', 'total_resolution'];

/** @param {Element} body @param {any[]} clocks of /api/reports/clocks */
export function whatIf(body, clocks) {
  const able = clocks.filter(({ now }) => now.n);
  if (!able.length) {
    fill(body, el('p', { class: 'fine' }, '这段时间没有数据可供模拟'));
    return;
  }
  let draft = {};
  addEventListener('kefu-roster-draft', (event) => {
    if (!form.isConnected) return;
    draft = /** @type {CustomEvent} */ (event).detail;
    const people = form.elements.people;
    if (people.options.length < 3) people.append(el('option', { value: 'draft' }, '按上面改动后的排班'));
    people.value = 'draft';
  });
  const chosen = able.find(({ clock }) => clock === HANDOFF) ?? able[0];
  const result = el('div', { class: 'charts', ariaLive: 'polite' });
  const form = el('form', { class: 'what-if', onsubmit: run },
    el('label', { class: 'field' }, el('span', null, '看哪一项'), el('select', { name: 'key', onchange: follow }, ...able.map(({ key, title }) => el('option', { value: key, selected: key === chosen.key }, title)))),
    number('target', '时限（秒）', { min: 1, placeholder: '不变' }),
    number('load', '咨询量（倍）', { min: 0.1, max: 10, step: 0.1, value: 1 }),
    el('label', { class: 'field' }, el('span', null, '谁在岗'), el('select', { name: 'people' }, el('option', { value: 'recorded' }, '当时真正在岗的人'), el('option', { value: 'planned' }, '全按排班到岗'))),
    number('extra', '多排几个人', { min: 0, max: 50, value: 0 }),
    el('label', { class: 'field' }, el('span', null, '他们几点到'), el('input', { type: 'time', name: 'extra_from', value: '19:00' })),
    el('label', { class: 'field' }, el('span', null, '几点走'), el('input', { type: 'time', name: 'extra_to', value: '23:00' })),
    number('capacity', '每人同时接待', { min: 1, max: 50, placeholder: '不变' }),
    number('bot_keeps', '机器人多留住（%）', { min: 0, max: 100, value: 0 }, '原因为“机器人没答好”的'),
    el('button', { class: 'button solid' }, '模拟'));
  fill(body, el('p', { class: 'fine' }, el('strong', { class: 'chip warning' }, icon('info'), '模拟'),
    ' 用记录下来的转人工时刻、顾客后来的每句追问、客服每次回复花的工夫和在岗时间重演一遍：转人工后首答、后续响应和解决都会随人手和接待数变化。排队一律先来先接，客服一句一句地答，不计技能、等级和顾客的耐心。机器人和评价的时限只能换时限重算。'), form, result);
  follow();

  function follow() {
    const plays = PLAYED.includes(able.find(({ key }) => key === form.elements.key.value)?.clock);
    for (const field of form.querySelectorAll('input:not([name="target"]), select[name="people"]')) field.disabled = !plays;
  }

  /** @param {SubmitEvent} event */
  async function run(event) {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
    if (given.bot_keeps) given.bot_keeps = String(Number(given.bot_keeps) / 100);
    if (given.people === 'draft') Object.assign(given, { people: 'planned', draft: JSON.stringify(draft) });
    try {
      show(result, await report('what-if', given));
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {HTMLElement} place @param {any} found */
function show(place, found) {
  const runs = [['实际', found.actual, 'agent'], ['模拟：照原样重演', found.replayed, 'calm'], ['模拟：改变后', found.changed, 'warning']].filter(([, figure]) => figure && figure.n);
  fill(place,
    el('div', { class: 'chart-card' }, exportable(barChart({
      title: `模拟：${found.title}的达成率`,
      unit: '%',
      note: `${found.simulation}；改变后的时限 ${time(found.target)}`,
      format: percentPlain,
      bars: runs.map(([label, figure, colour]) => ({ label, value: Math.round(figure.share * 1000) / 10, n: figure.n, colour })),
    }), `模拟-${found.title}`)),
    el('div', { class: 'chart-card' }, el('h3', null, '怎么读'), el('ul', { class: 'plain-list' },
      ...runs.map(([label, figure]) => el('li', null, `${label}：${percent(figure.share)}（${[count(figure.n), interval(figure)].join('，')}）`)),
      found.replayed && el('li', null, '“照原样重演”与“实际”的差距，就是这个模型本身的误差；比较“改变后”与“照原样重演”才公平。'))));
}

/** @param {string} name @param {string} says @param {Record<string, any>} options @param {string} [hint] */
function number(name, says, options, hint) {
  return el('label', { class: 'field' }, el('span', null, says), el('input', { type: 'number', name, inputMode: 'decimal', ...options }), hint && el('small', null, hint));
}

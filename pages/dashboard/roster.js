/** The roster: who is planned when, how many ask for a human at those hours, and changing the plan. */

import { put, Told } from '../shared/api.js';
import { heatMap } from '../shared/charts.js';
import { el, fill } from '../shared/elements.js';
import { toast, toastError } from '../shared/toast.js';
import { exportable } from './exporting.js';
import { dayBack, report } from './view.js';

const DAYS = /** @type {const} */ ([['mon', '周一'], ['tue', '周二'], ['wed', '周三'], ['thu', '周四'], ['fri', '周五'], ['sat', '周六'], ['sun', '周日']]);
const HOURS = [...Array(24).keys()].map((hour) => `${hour} 点`);
const SHIFT = /^([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** @param {Element} body */
export async function roster(body) {
  const found = await report('roster');
  if (!found.agents.length) {
    fill(body, el('p', { class: 'fine' }, '还没有客服账号，先到设置里添加。'));
    return;
  }
  const busy = found.handoffs.some((/** @type {number} */ n) => n > 0);
  const rows = found.agents.map((/** @type {any} */ agent) => row(agent, () => roster(body)));
  fill(body,
    el('p', { class: 'fine' }, '写法：08:00-12:00 13:00-17:00，几段之间空一格；空着是休息，夜班写成当天到 24:00 和第二天 00:00 起。改动从所选日期起生效，之前的报表仍按原来的排班算；没有排班的客服，在线即算在岗。'),
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', ariaLabel: '每周排班' }, el('table', { class: 'table roster' },
      el('thead', null, el('tr', null, ...['客服', ...DAYS.map(([, name]) => name), '请假日期', '从哪天起', '保存'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', null, ...rows.map((/** @type {any} */ one) => one.element)))),
    el('p', null, el('button', { class: 'button', type: 'button', onclick: () => tryOut(rows) }, '拿改动后的排班去模拟（不保存）')),
    el('div', { class: 'charts' },
      el('div', { class: 'chart-card wide' }, exportable(week('本周每小时排了几个人', '人', 'agent', found.planned), '排班人数')),
      busy && el('div', { class: 'chart-card wide' }, exportable(week('每小时平均几位顾客要人工', '位', 'late', found.handoffs), '转人工人数'))));
}

/** Hand what stands in the cells to the simulation below. @param {ReturnType<typeof row>[]} rows */
function tryOut(rows) {
  try {
    const draft = Object.fromEntries(rows.filter((one) => one.isChanged()).map((one) => [one.id, one.shifts()]));
    dispatchEvent(new CustomEvent('kefu-roster-draft', { detail: draft }));
    document.querySelector('[data-part="what-if"]')?.scrollIntoView({ behavior: 'smooth' });
  } catch (error) {
    toastError(error);
  }
}

/** @param {string} title @param {string} unit @param {string} colour @param {number[]} values 168 of them */
function week(title, unit, colour, values) {
  return heatMap({ title, unit, colour, columns: HOURS, rows: DAYS.map(([, label], day) => ({ label, values: values.slice(day * 24, day * 24 + 24) })) });
}

/** @param {any} agent @param {() => Promise<void>} again */
function row(agent, again) {
  const cells = DAYS.map(([day, name]) => [day, el('input', { type: 'text', value: said(agent.shifts[day]), ariaLabel: `${agent.name} ${name}`, placeholder: '休息', oninput: (/** @type {any} */ event) => event.target.removeAttribute('aria-invalid') })]);
  const off = el('input', { type: 'text', value: agent.off.join(' '), ariaLabel: `${agent.name} 请假日期`, placeholder: '2026-11-25' });
  const from = el('input', { type: 'date', value: dayBack(0), ariaLabel: `${agent.name} 从哪天起` });
  const shifts = () => Object.fromEntries(cells.map(([day, input]) => [day, read(input)]).filter(([, frames]) => frames.length));
  const element = el('tr', null,
    el('th', { scope: 'row' }, agent.name, el('small', null, agent.is_planned ? (agent.from ? `${agent.from} 起` : '按排班文件') : '未排班')),
    ...cells.map(([, input]) => el('td', null, input)), el('td', null, off), el('td', null, from),
    el('td', null, el('button', { class: 'button small', type: 'button', onclick: save }, '保存')));
  return { id: agent.id, element, shifts, isChanged: () => cells.some(([day, input]) => input.value !== said(agent.shifts[day])) };

  async function save() {
    try {
      await put('/api/reports/roster', { agent: agent.id, from: from.value, shifts: shifts(), off: off.value.split(/[\s,，、]+/).filter(Boolean) });
      toast(`${agent.name}的排班已保存`);
      await again();
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {string[][] | undefined} frames */
function said(frames) {
  return (frames ?? []).map((frame) => frame.join('-')).join(' ');
}

/** Reads "08:00-12:00 13:00-17:00"; marks a cell that cannot be read. @param {HTMLInputElement} input */
function read(input) {
  const parts = input.value.replaceAll(/[－—~～至]/g, '-').replaceAll('：', ':').split(/[\s,，、]+/).filter(Boolean);
  const wrong = parts.find((part) => !SHIFT.test(part));
  if (wrong !== undefined) {
    input.setAttribute('aria-invalid', 'true');
    input.focus();
    throw new Told(`${input.ariaLabel}：“${wrong}”看不懂，请写成 08:00-17:00`);
  }
  return parts.map((part) => part.split('-'));
}

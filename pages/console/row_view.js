/** One conversation in a list: who, why, what was said last, and how long we still have. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';

const URGENT = ['safety', 'legal_threat', 'complaint'];
const ASK_HUMAN = '转人工'; // a tap that the reason tells already
const OWNERS = { bot: '机器人', queued: '等人工', closed: '已结束' };

/** @param {{row: import('./desk.js').Row, isChosen: boolean, at: string}} item @param {(id: string) => void} open @param {string | undefined} me my own id */
export function rowView({ row, isChosen, at }, open, me) {
  const button = el(
    'button',
    { class: 'row', type: 'button', dataset: { id: row.id, owner: row.owner }, onclick: () => open(row.id) },
    el('span', { class: 'line' },
      el('strong', null, row.customer.name || '访客'),
      tier(row.customer),
      row.customer.birthday && el('span', { class: 'chip warning' }, '今天生日'),
      el('span', { class: 'end' }, row.clock ? clockView(row.clock) : row.last && timeElement(row.last.at, { class: 'when' }))),
    el('span', { class: 'line' },
      words(row, me),
      row.unread > 0 && el('b', { class: 'unread', title: `${row.unread} 条未读` }, row.unread > 99 ? '99+' : row.unread, el('span', { class: 'unseen' }, ' 条未读'))),
    el('span', { class: 'line tags' }, ...tags(row, at)),
  );
  if (isChosen) button.setAttribute('aria-current', 'true');
  return button;
}

/**
 * Who waits is read by what she wants, in her own words; a talk under way by who said what last.
 * @param {import('./desk.js').Row} row @param {string | undefined} me
 */
function words({ owner, wish, last }, me) {
  if (owner === 'queued' && wish) {
    const more = last?.sender === 'customer' && last.text !== wish && last.text !== ASK_HUMAN ? last.text : '';
    return el('span', { class: 'last' }, el('span', { class: `wants ${more ? 'short' : ''}` }, wish), more && el('span', { class: 'more' }, more));
  }
  if (!last) return el('span', { class: 'last' }, '还没有消息');
  return el('span', { class: 'last' }, ownWords(last, me), last.text);
}

/** What stands before words that are not the customer's. @param {{sender: string, agent?: string | null}} last @param {string | undefined} me */
function ownWords({ sender, agent }, me) {
  const who = { bot: '机器人', agent: agent === me ? '我' : '同事' }[sender];
  return who ? el('span', { class: 'who' }, `${who}：`) : null;
}

/** The time left on the clock that runs, loud only when it matters. @param {any} clock */
export function clockView(clock) {
  return el('span', { class: 'left', title: `${clock.text}，目标 ${Math.round(clock.target_seconds / 60)} 分钟` },
    timeElement(clock.due_at, { kind: 'left', from: clock.started_at }));
}

/** @param {{tier: string | null, tier_text: string | null}} customer */
export function tier({ tier: level, tier_text: text }) {
  return text && level && level !== 'normal' && level !== 'none' ? el('span', { class: 'chip customer' }, icon('crown'), text) : null;
}

/** @param {import('./desk.js').Row} row @param {string} at the list, whose own name no row repeats */
function tags(row, at) {
  const reason = row.reason_text && row.owner !== 'closed' && row.owner !== 'bot'
    && el('span', { class: `chip ${URGENT.includes(row.reason ?? '') ? 'late' : ''}` }, row.reason_text);
  const own = { agent: 'mine', queued: 'waiting', closed: 'closed', bot: '' }[row.owner];
  const owner = own !== at && el('span', { class: `chip ${{ bot: 'bot', queued: 'warning', closed: '', agent: 'agent' }[row.owner]}` },
    row.owner === 'agent' ? row.agent?.name ?? '同事' : OWNERS[row.owner]);
  const promise = row.promises_due > 0 && el('span', { class: 'chip warning' }, icon('promise'), `${row.promises_due} 个承诺到期`);
  return [owner, reason, row.close_reason && el('span', { class: 'chip' }, closeText(row)), promise];
}

/** How it ended, in the desk's own words. @param {{close_reason: string | null, close_reason_text?: string | null}} row */
export function closeText({ close_reason: reason, close_reason_text: text }) {
  return text ?? reason ?? '';
}

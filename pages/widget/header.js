/** The head of the chat: who answers, whether the line stands, and the one tap to a human. */

import { say } from '../shared/elements.js';
import { icons } from './icons.js';
import { dayAndClock } from '../shared/times.js';

/** @param {any} act */
export function header(act) {
  const face = /** @type {HTMLElement} */ (document.querySelector('.face'));
  const name = /** @type {HTMLElement} */ (document.querySelector('h1'));
  const line = /** @type {HTMLElement} */ (document.querySelector('.who p'));
  const human = /** @type {HTMLButtonElement} */ (document.querySelector('.human'));
  const shut = /** @type {HTMLButtonElement} */ (document.querySelector('.shut'));
  shut.append(icons.down());
  human.addEventListener('click', act.askHuman);
  shut.addEventListener('click', act.close);

  return (/** @type {any} */ now) => {
    const kind = { agent: 'agent', queued: 'queue' }[/** @type {'agent'} */ (now.owner)] ?? 'bot';
    const asked = now.waiting.some((/** @type {any} */ { type }) => type === 'ask_human');
    if (face.dataset.kind !== kind) face.replaceChildren(kind === 'bot' ? icons.bot() : icons.person());
    face.dataset.kind = kind;
    say(name, kind === 'agent' ? `${now.answeredBy.name ?? '人工客服'}` : kind === 'queue' ? '人工客服' : '智能客服');
    say(line, status(now, kind, asked));
    human.hidden = kind !== 'bot';
    human.disabled = asked;
  };
}

/** @param {any} now @param {string} kind @param {boolean} asked */
function status(now, kind, asked) {
  if (now.state === 'offline' && !navigator.onLine) return '网络已断开';
  if (now.state !== 'open') return '正在连接…';
  if (asked) return '正在为您转接人工…';
  if (now.typing) return now.typing === 'bot' ? '正在查询…' : '正在输入…';
  if (kind === 'agent') return '人工客服 · 正在为您服务';
  if (kind === 'queue') return '正在排队';
  if (now.human && !now.human.open) return closed(now.human.opens_at);
  return 'AI 自动回复 · 可随时转人工';
}

/** @param {string | null} opensAt */
function closed(opensAt) {
  return opensAt ? `AI 自动回复 · 人工 ${dayAndClock(opensAt)} 上班` : 'AI 自动回复 · 人工可留言';
}

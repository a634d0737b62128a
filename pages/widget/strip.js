/** The strip above the answer box: the queue with its honest wait, leaving a message, no network. */

import { el, fill } from '../shared/elements.js';
import { dayAndClock, span } from '../shared/times.js';

/** @param {any} act */
export function strip(act) {
  const box = /** @type {HTMLElement} */ (document.querySelector('.strip'));
  let shown = '';

  return (/** @type {any} */ now) => {
    const isQueued = now.owner === 'queued';
    const unsent = now.waiting.filter((/** @type {any} */ { error }) => !error).length;
    const isCut = now.state === 'offline' && unsent > 0;
    const key = JSON.stringify([isQueued, now.queue, isCut && unsent, now.leaving]);
    if (key === shown) return;
    shown = key;
    box.hidden = !isQueued && !isCut && !now.leaving;
    if (now.leaving) open();
    else if (isCut) fill(box, el('p', { role: 'status' }, `网络断开，${unsent} 条消息会在恢复后自动发送。`));
    else fill(box, ...queue(now.queue));
  };

  /** @param {any} place the last `queue` frame */
  function queue(place) {
    return [
      el('p', { role: 'status' }, el('strong', null, headline(place)), el('span', null, wait(place))),
      el('div', { class: 'buttons' },
        (place?.may_leave_message ?? true) && el('button', { type: 'button', onclick: () => act.leaving(true) }, '不等了，留言'),
        el('button', { type: 'button', onclick: act.cancelWait }, '继续用智能客服')),
    ];
  }

  /** The keyboard goes where the customer is about to write. */
  function open() {
    fill(box, form());
    box.querySelector('textarea')?.focus();
  }

  function form() {
    const text = el('textarea', { rows: 3, required: true, maxLength: 2000, ariaLabel: '留言内容', placeholder: '请写下要解决的事，我们会在承诺的时间内回复您。' });
    const phone = el('input', { type: 'tel', maxLength: 30, autocomplete: 'tel', ariaLabel: '联系电话（选填）', placeholder: '联系电话（选填，方便回电）' });
    return el('form', { class: 'leave', onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      act.leaveMessage(text.value.trim(), phone.value.trim());
    } }, text, phone, el('div', { class: 'buttons' },
      el('button', { type: 'button', onclick: () => act.leaving(false) }, '继续等'), el('button', { class: 'solid' }, '提交留言')));
  }
}

/** @param {any} place */
function headline(place) {
  if (!place) return '正在为您转接人工客服…';
  if (!place.open) return place.opens_at ? `人工客服 ${dayAndClock(place.opens_at)} 上班` : '人工客服暂时不在线';
  if (place.staffed === false) return `您排在第 ${place.position} 位`;
  return place.position <= 1 ? '下一位就是您' : `前面还有 ${place.position - 1} 位`;
}

/** @param {any} place */
function wait(place) {
  if (!place) return '';
  if (!place.open) return '上班后按排队的先后接待，也可以留言。';
  if (place.staffed === false) return '现在没有客服在线，有人上线会马上接待，也可以留言。';
  if (place.wait_text) return place.wait_text;
  return place.wait_seconds === null ? '等待时间暂时估不准，也可以留言。' : `预计等待约 ${span(Math.max(60, place.wait_seconds) * 1000)}钟`;
}

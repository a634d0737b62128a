/** Three drafts side by side with what the check finds; one of them, or one's own words, is approved. */

import { post } from '../shared/api.js';
import { el, fill, say } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { checkedText, findingList } from './findings.js';
import { isPushed, store } from './book.js';
import { APPROVERS, WHY_TEMPLATE } from './words.js';

/**
 * @typedef {{text: string, private: string, isOwn: boolean, chosen: number | null, isDirty: boolean, revision: number,
 *   selection: [number, number] | null}} Kept
 */

const WAIT = 350;
const WRITABLE = ['open', 'quiet', 'dismissed'];

/**
 * @param {any} review
 * @param {Kept | null} kept what was written here before, and is not saved
 * @param {{approve: (answer: any) => void, save: (answer: any) => void, undo: () => void, publish: () => void, sendAgain: () => void, dismiss: () => void, step: (move: number) => void}} act
 */
export function drafts(review, kept, act) {
  const { draft, terms, may, state } = review;
  const isWritable = WRITABLE.includes(state) && store.state.me?.permissions.includes('write_reviews');
  let chosen = /** @type {number | null} */ (draft.chosen ?? (draft.variants.length && !draft.text ? 0 : null));
  let isOwn = chosen === null;
  const again = isWritable && kept && (kept.isDirty || kept.revision === review.revision) ? kept : null;
  if (again) ({ chosen, isOwn } = again);
  const box = el('textarea', { class: 'own-words', ariaLabel: '公开回复', rows: 4, value: again?.text ?? draft.text, readOnly: !isWritable, oninput: typed });
  const counter = el('span', { class: 'counter' });
  const verdict = el('div', { class: 'verdict', ariaLive: 'polite' });
  const secret = el('textarea', { ariaLabel: '私信', rows: 4, value: again?.private ?? draft.private, readOnly: !isWritable });
  const cards = draft.variants.map(card);
  const own = el('div', { class: 'own', hidden: !isOwn && isWritable }, el('h3', null, isWritable ? '自己写' : '公开回复', counter), box, verdict);
  let timer = 0;
  if (isOwn) check();
  count();

  const element = el('section', { class: 'drafts', ariaLabel: '回复' },
    isWritable && draft.variants.length > 0 && el('div', { class: 'cards', role: 'radiogroup', ariaLabel: '选一个草稿' }, ...cards),
    isWritable && !draft.variants.length && el('p', { class: 'hint' }, icon('info'), '这条没有能自动写好的草稿，请自己写。'),
    own,
    privateMessage(),
    bar());
  mark();
  return { element, edit, choose, answer, shown, kept: keep };

  /** To be called when it stands in the page: only now are sizes known. */
  function shown() {
    count();
    if (!again?.selection) return;
    box.focus({ preventScroll: true });
    box.setSelectionRange(...again.selection);
  }

  /** What a newer view of the same review begins with. @returns {Kept} */
  function keep() {
    const isDirty = isWritable && ((isOwn && box.value !== draft.text) || secret.value !== draft.private);
    const selection = document.activeElement === box ? /** @type {[number, number]} */ ([box.selectionStart, box.selectionEnd]) : null;
    return { text: box.value, private: secret.value, isOwn, chosen, isDirty, revision: review.revision, selection };
  }

  /** What would be approved now. */
  function answer() {
    const text = isOwn ? box.value : draft.variants[chosen ?? 0]?.text ?? '';
    return { text, chosen: isOwn ? null : chosen, private: secret.value === draft.private ? null : secret.value };
  }

  /** @param {number} place */
  function choose(place) {
    if (!isWritable || !draft.variants[place]) return;
    chosen = place;
    isOwn = false;
    own.hidden = true;
    mark();
    cards[place].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function edit() {
    if (!isWritable) return;
    if (!isOwn) box.value = draft.variants[chosen ?? 0]?.text ?? box.value;
    isOwn = true;
    own.hidden = false;
    mark();
    count();
    check();
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    inSight();
  }

  /** The box with what the check says of it, above the bar. */
  function inSight() {
    own.scrollIntoView({ block: 'nearest' });
  }

  /** @param {any} variant @param {number} place */
  function card(variant, place) {
    return el('div', { class: 'draft', role: 'radio', tabIndex: -1, dataset: { place }, onclick: () => choose(place), onkeydown: (event) => walk(event, place) },
      el('header', null, el('span', { class: 'draft-name' }, `草稿 ${place + 1}`, el('kbd', null, place + 1)), level(variant.findings)),
      el('p', { class: 'draft-text' }, ...checkedText(variant.text, variant.findings)),
      findingList(variant.text, variant.findings),
      el('footer', null, `${[...variant.text].length} 字`, wordedBy(variant.wording), variant.likeness > 0.4 && el('span', { class: 'chip warning' }, '与近期回复相近'), variant.improvement && el('span', { title: variant.improvement.plan }, icon('redo'), `改进：${variant.improvement.owner}`)));
  }

  /** @param {KeyboardEvent} event @param {number} place */
  function walk(event, place) {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[/** @type {'ArrowUp'} */ (event.key)];
    if (event.key === ' ' || event.key === 'Enter') choose(place);
    else if (move) {
      const next = (place + move + cards.length) % cards.length;
      choose(next);
      cards[next].focus();
    } else return;
    event.preventDefault();
  }

  function mark() {
    cards.forEach((one, place) => {
      const on = !isOwn && place === chosen;
      one.setAttribute('aria-checked', String(on));
      one.tabIndex = on || (isOwn && place === 0) ? 0 : -1;
    });
  }

  function typed() {
    count();
    clearTimeout(timer);
    timer = setTimeout(check, WAIT);
  }

  function count() {
    const length = [...box.value].length;
    say(counter, `${length} / ${terms.max_characters} 字`);
    counter.classList.toggle('over', length > terms.max_characters);
    box.style.height = 'auto';
    box.style.height = `${Math.max(96, box.scrollHeight + 2)}px`;
  }

  async function check() {
    const text = box.value;
    if (!text.trim()) return fill(verdict);
    try {
      const answered = await post('/api/reviews/check', { text, public: true });
      if (text !== box.value) return undefined;
      const lawful = answered.rewrite && answered.rewrite !== text && el('button', { class: 'button small', type: 'button', onclick: () => ((box.value = answered.rewrite), count(), check()) }, icon('check'), '改成合规的说法');
      fill(verdict, level(answered.findings), findingList(text, answered.findings), isWritable && lawful);
      if (document.activeElement === box) inSight();
    } catch {
      fill(verdict, el('span', { class: 'hint' }, '检查暂时连不上，批准时还会再查一次'));
    }
    return undefined;
  }

  function privateMessage() {
    return el('details', { class: 'private' }, el('summary', null, icon('lock'), '私信给买家', el('small', null, '可以写订单号和金额；不公开')), secret,
      el('button', { class: 'button small', type: 'button', onclick: () => navigator.clipboard.writeText(secret.value) }, '复制私信'));
  }

  function bar() {
    if (state === 'published') return el('footer', { class: 'bar done' }, icon('checks'), '已发布 ', draft.published_at && timeElement(draft.published_at, { kind: 'said' }), next());
    if (state === 'approved' || state === 'failed') {
      return el('footer', { class: 'bar' },
        el('span', { class: `why ${state === 'failed' ? 'failed' : ''}` }, ...onItsWay()),
        state === 'failed' && isPushed(review.platform) && el('button', { class: 'button', type: 'button', onclick: () => act.sendAgain() }, icon('redo'), '再发一次', el('kbd', null, 'R')),
        el('button', { class: 'button', type: 'button', onclick: () => act.undo() }, icon('undo'), '撤回', el('kbd', null, 'Z')),
        el('button', { class: 'button solid', type: 'button', onclick: () => act.publish() }, icon('checks'), '已发布', el('kbd', null, 'P')), next());
    }
    if (!isWritable) return el('footer', { class: 'bar' }, el('span', { class: 'why' }, review.state_text), next());
    return el('footer', { class: 'bar' },
      el('span', { class: 'why' }, may.why_not ?? (draft.approver !== 'agent' ? `需要${APPROVERS[/** @type {'lead'} */ (draft.approver)]}批准` : '')),
      state === 'dismissed'
        ? el('button', { class: 'button', type: 'button', onclick: () => act.undo() }, icon('undo'), '重新处理')
        : state === 'open' && el('button', { class: 'button', type: 'button', onclick: () => act.dismiss() }, '不公开回复'),
      el('button', { class: 'button', type: 'button', onclick: edit }, icon('note'), '修改', el('kbd', null, 'E')),
      el('button', { class: 'button solid', type: 'button', disabled: !may.approve, onclick: () => act.approve(answer()) }, icon('check'), '批准', el('kbd', null, 'A')),
      next());
  }

  /** How far an approved reply is on its way to the platform. @returns {any[]} */
  function onItsWay() {
    const { sending } = review;
    if (state === 'failed') return [icon('warning'), `没有发成：${draft.failure}${sending?.attempts > 1 ? `（试了 ${sending.attempts} 次）` : ''}。先到平台看一眼，再决定重发、撤回或标为已发布`];
    if (draft.exported_at) return ['已导出，贴到平台后点“已发布”'];
    if (sending?.error) return [`第 ${sending.attempts} 次没发成（${sending.error}），`, timeElement(sending.next_at, { kind: 'said' }), ' 再试'];
    if (sending) return ['正在发往平台'];
    if (isPushed(review.platform)) return ['已批准，', timeElement(draft.undo_until, { kind: 'said' }), ' 前可撤回，之后自动发布'];
    return ['已批准，等待导出或发布'];
  }

  function next() {
    return el('button', { class: 'plain bare', type: 'button', ariaLabel: '下一条', title: '下一条（J）', onclick: () => act.step(1) }, icon('arrowRight'));
  }
}

/** Who worded a draft where a language model was asked, and why it is not the model. @param {any} wording */
function wordedBy(wording) {
  if (!wording) return null;
  if (wording.source === 'model') return el('span', { class: 'chip agent', title: wording.model }, icon('spark'), 'AI 措辞');
  const why = WHY_TEMPLATE[/** @type {'timeout'} */ (wording.why)] ?? wording.why;
  return el('span', { title: `没有用 ${wording.model} 的措辞` }, icon('info'), `模板：${why}`);
}

/** @param {any[]} findings */
function level(findings) {
  if (!findings.length) return el('span', { class: 'chip good' }, icon('check'), '检查通过');
  const isBlocked = findings.some((one) => (one.severity ?? one.level) === 'block');
  return el('span', { class: `chip ${isBlocked ? 'late' : 'warning'}` }, icon('warning'), isBlocked ? `${findings.length} 处不能发` : `${findings.length} 处要留意`);
}

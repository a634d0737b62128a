/** The opened review: what was said, what is known, and the drafts below. */

import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { store } from './book.js';
import { drafts } from './drafts.js';
import { evidence } from './evidence.js';
import { highlighted } from './highlight.js';
import { flagChip, picture } from './row_view.js';
import { starsView } from './stars.js';
import { PLATFORMS, SENTIMENTS, aspectName } from './words.js';

const OWN_PHOTOS = '/api/reviews/photos/';

/**
 * @param {{back: () => void, approve: (answer: any) => void, save: (answer: any) => void, undo: () => void, publish: () => void, sendAgain: () => void,
 *   dismiss: () => void, correct: (sentiment: string) => void, step: (move: number) => void}} act
 * @returns {{edit: () => void, answer: () => any, choose: (place: number) => void}}
 */
export function opened(act) {
  const column = /** @type {HTMLElement} */ (document.querySelector('.opened'));
  /** @type {ReturnType<typeof drafts> | null} */
  let writing = null;
  /** Words that are not saved, of every review that was left with some. @type {Map<string, import('./drafts.js').Kept>} */
  const unsaved = new Map();

  store.watch(({ review, opening, chosen, state }) => [review, opening, chosen, state], draw);
  return {
    edit: () => writing?.edit(),
    answer: () => writing?.answer() ?? null,
    choose: (place) => writing?.choose(place),
  };

  function draw() {
    const { review, opening, chosen, state, rows } = store.state;
    const kept = keep();
    if (opening || !review || !chosen) writing = null;
    if (opening) return fill(column, back(), el('div', { class: 'loading', role: 'status', ariaLabel: '正在打开' }, ...Array.from({ length: 9 }, () => el('i'))));
    if (!review || !chosen) {
      return fill(column, state === 'ready' && rows.length ? nothingOpen() : null);
    }
    const scroll = column.scrollTop;
    const isSame = column.dataset.review === review.id;
    writing = drafts(review, unsaved.get(review.id) ?? (isSame ? kept : null), act);
    fill(column, back(),
      el('article', { class: 'sheet' },
        head(review),
        el('div', { class: 'facts' }, said(review), evidence(review)),
        writing.element));
    column.dataset.review = review.id;
    writing.shown();
    column.scrollTop = isSame ? scroll : 0;
    return undefined;
  }

  /** What was being written in the view that is about to go. */
  function keep() {
    const kept = writing?.kept() ?? null;
    const id = column.dataset.review ?? '';
    if (kept?.isDirty && store.state.review?.state !== 'approved') unsaved.set(id, kept);
    else if (kept) unsaved.delete(id);
    return kept;
  }

  function back() {
    return el('button', { class: 'plain back', type: 'button', onclick: act.back }, icon('arrowLeft'), '评价列表');
  }

  /** @param {any} review */
  function head(review) {
    return el('header', { class: 'sheet-head' },
      picture(review.product),
      el('div', { class: 'sheet-title' },
        el('h2', null, review.product.name),
        el('p', null, starsView(review.stars), el('span', null, PLATFORMS[/** @type {'jd'} */ (review.platform)]), el('span', null, review.nickname || '匿名买家'), timeElement(review.posted_at))),
      el('div', { class: 'sheet-clock' }, bigClock(review)));
  }

  /** @param {any} review */
  function said(review) {
    return el('section', { class: 'said', ariaLabel: '买家说的' },
      el('div', { class: 'chips' }, mood(review), ...review.flags.map(flagChip), review.version > 1 && el('span', { class: 'chip warning' }, icon('redo'), `买家改过 ${review.version - 1} 次`)),
      el('blockquote', null, ...(review.text ? highlighted(review.text, review.highlights) : [el('em', null, '买家没有写文字')])),
      review.image_urls.length > 0 && el('p', { class: 'images' }, ...review.image_urls.map(imageLink)),
      ...review.follow_ups.map(followUp),
      ...review.versions.map(version));
  }

  /** The model's judgement, which a person may put right. @param {any} review */
  function mood(review) {
    const may = store.state.me?.permissions.includes('write_reviews');
    const title = may ? '判断不对？在这里改，之后训练时会用到' : '您的账号不能改判断';
    const select = el('select', { ariaLabel: '这条评价其实是', title, disabled: !may, onchange: (event) => act.correct(event.target.value) },
      ...Object.entries(SENTIMENTS).map(([value, name]) => el('option', { value, selected: value === review.sentiment }, name)));
    return el('label', { class: 'mood', dataset: { sentiment: review.sentiment } }, select, review.depth === 'person' ? '（人工）' : null);
  }
}

/** @param {any} review */
function bigClock(review) {
  if (review.state === 'open' && review.due_at) {
    return el('span', { class: 'left big' }, timeElement(review.due_at, { kind: 'left', from: review.bad_since }));
  }
  const kind = { published: 'good', approved: 'calm', failed: 'late' }[/** @type {'failed'} */ (review.state)] ?? '';
  return el('span', { class: `chip ${kind}` }, review.state_text, review.replied_at && timeElement(review.replied_at, { kind: 'said' }));
}

/** @param {string} address @param {number} place */
function imageLink(address, place) {
  const url = address.startsWith('//') ? `https:${address}` : address;
  if (url.startsWith(OWN_PHOTOS)) {
    return el('a', { href: url, target: '_blank', rel: 'noopener' }, el('img', { class: 'own-photo', src: url, alt: `买家拍的照片 ${place + 1}`, loading: 'lazy' }));
  }
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, icon('image'), `图 ${place + 1}`);
}

/** @param {any} one */
function followUp(one) {
  return el('div', { class: 'later' }, el('h3', null, '追评 ', timeElement(one.posted_at)), el('blockquote', null, ...highlighted(one.text, one.highlights)));
}

/** @param {any} one */
function version(one) {
  return el('details', { class: 'later' }, el('summary', null, `改之前（${one.stars ?? '未评'} 星） `, timeElement(one.replaced_at)), el('blockquote', null, one.text));
}

function nothingOpen() {
  return el('div', { class: 'state' }, icon('star'), el('strong', null, '选一条评价开始'), el('p', null, '按 J 打开第一条，看过草稿按 A 批准，下一条会自己打开。'));
}

/** @param {string} aspect */
export function aspectChip(aspect) {
  return el('span', { class: 'chip' }, aspectName(aspect));
}

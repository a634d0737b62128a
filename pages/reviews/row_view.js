/** One review in the list: stars, the complaint in the customer's own words, time left, the product. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { excerpt, highlighted } from './highlight.js';
import { starsView } from './stars.js';
import { FLAGS, aspectName } from './words.js';

const ROOM = 64;

/**
 * @param {{row: any, isChosen: boolean, isPicked: boolean, mayPick: boolean}} item
 * @param {{open: (id: string) => void, pick: (id: string, on: boolean) => void}} act
 */
export function rowView({ row, isChosen, isPicked, mayPick }, act) {
  const shown = excerpt(row.text, row.highlights, ROOM);
  const bad = row.bad_since !== null;
  const button = el('button', { class: 'row', type: 'button', dataset: { id: row.id, severity: row.severity }, onclick: () => act.open(row.id) },
    picture(row.product),
    el('span', { class: 'row-body' },
      el('span', { class: 'line' }, starsView(row.stars), el('span', { class: 'end' }, clock(row))),
      el('span', { class: 'words' }, ...(row.text ? highlighted(shown.text, shown.highlights, bad ? { only: 'negative' } : {}) : [el('em', null, '没有写文字')])),
      el('span', { class: 'line tags' },
        el('span', { class: 'product-name' }, row.product.name),
        ...row.flags.filter((flag) => flag !== 'followed_up').map(flagChip),
        ...row.complaints.slice(0, 2).map((aspect) => el('span', { class: 'chip' }, aspectName(aspect))),
        row.images > 0 && el('span', { class: 'chip' }, icon('image'), row.images),
        row.reply?.failure && el('span', { class: `chip ${row.state === 'failed' ? 'late' : 'warning'}`, title: row.reply.failure }, icon('warning'), row.state === 'failed' ? '没有发成' : '重试中'),
      )),
  );
  if (isChosen) button.setAttribute('aria-current', 'true');
  const box = mayPick && el('label', { class: 'pick' },
    el('input', { type: 'checkbox', checked: isPicked, ariaLabel: `选中：${row.product.name} ${row.stars ?? ''}星`, onchange: (event) => act.pick(row.id, event.target.checked) }));
  return el('div', { class: mayPick ? 'row-box pickable' : 'row-box' }, box, button);
}

/** @param {string} flag */
export function flagChip(flag) {
  const [name, mark, kind, says] = FLAGS[/** @type {'safety'} */ (flag)];
  return el('span', { class: `chip ${kind}`, title: says }, icon(/** @type {'info'} */ (mark)), name);
}

/** What is left of the 24 hours, or what became of the review. @param {any} row */
export function clock(row) {
  if (row.state === 'open' && row.due_at) {
    return el('span', { class: 'left' }, timeElement(row.due_at, { kind: 'left', from: row.bad_since }));
  }
  if (row.state === 'published' && row.replied_at) return el('span', { class: 'left' }, '已回复 ', timeElement(row.replied_at));
  if (row.state === 'quiet' || row.state === 'history') return el('span', { class: 'left' }, timeElement(row.posted_at));
  return el('span', { class: 'left' }, row.state_text);
}

/** @param {{picture: string | null, name: string}} product */
export function picture({ picture: source }) {
  return source
    ? el('img', { class: 'picture', src: source, alt: '', width: 56, height: 56, loading: 'lazy' })
    : el('span', { class: 'picture none' }, icon('box'));
}

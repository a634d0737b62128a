/** Writing the review one was invited to write. */

import { get, post, wordsOf } from '../shared/api.js';
import { field } from '../shared/dialog.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { yuan } from '../shared/money.js';
import { toast, toastError } from '../shared/toast.js';
import { photoPicker } from './photos.js';

const place = /** @type {HTMLElement} */ (document.querySelector('.place'));
const path = `/api/invitations/${location.pathname.split('/').pop()}`;

try {
  show(await get(path));
} catch (error) {
  over('info', '这个邀请打不开了', wordsOf(error));
}

/** @param {{product: string, picture: string | null, coupon_fen: number}} asked */
function show({ product, picture, coupon_fen: coupon }) {
  const text = el('textarea', { name: 'text', rows: 6, required: true, maxLength: 2000, placeholder: '好的、不足的，都请照实说' });
  const photos = photoPicker(`${path}/photos`);
  const send = el('button', { class: 'button solid' }, '提交');
  const form = el('form', { onsubmit: submit },
    el('div', { class: 'product' }, picture && el('img', { src: picture, alt: '', width: 72, height: 72 }), el('strong', null, product)),
    el('fieldset', null, el('legend', null, '打几星'), ...[1, 2, 3, 4, 5].map((star) => el('label', null, el('input', { type: 'radio', name: 'stars', value: star, required: true, ariaLabel: `${star} 星` }), icon('star'), el('span', null, `${star} 星`)))),
    field('使用感受', text),
    photos.element,
    el('p', { class: 'disclosed' }, `提交后送您 ${yuan(coupon)} 无门槛券。券与评几星、写什么无关，人人一样；评价会如实展示。`),
    send,
    el('button', { class: 'plain stop', type: 'button', onclick: stop }, '不再邀请我'));
  fill(place, form);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (photos.isBusy()) return toast('照片还在上传，稍等一下再提交', { kind: 'warning' });
    send.disabled = true;
    try {
      const data = new FormData(form);
      const given = await post(path, { stars: Number(data.get('stars')), text: String(data.get('text')), photos: photos.ids() });
      over('check', '收到了，谢谢您', `券已放进您的账户：${given.code}（${yuan(given.amount_fen)}）`);
    } catch (error) {
      send.disabled = false;
      toastError(error);
    }
    return undefined;
  }
}

async function stop() {
  try {
    await post(`${path}/stop`);
    over('check', '记下了', '以后不会再给您发邀请，已经收到的券照常能用。');
  } catch (error) {
    toastError(error);
  }
}

/** @param {'check' | 'info'} mark @param {string} title @param {string} text */
function over(mark, title, text) {
  fill(place, el('div', { class: 'state' }, icon(mark), el('strong', null, title), el('p', null, text)));
}

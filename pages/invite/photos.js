/** The photos of a review: taken or chosen, made small on the phone (which drops where it was taken), sent. */

import { ask, wordsOf } from '../shared/api.js';
import { el, fill, say } from '../shared/elements.js';
import { icon } from '../shared/icons.js';

const MOST = 6;
const LONGEST_SIDE = 1600;
const THUMB = 72;

/** @param {string} path where photos are sent @returns {{element: HTMLElement, ids: () => string[], isBusy: () => boolean}} */
export function photoPicker(path) {
  /** @type {{id: string, view: HTMLElement}[]} */
  let kept = [];
  let sending = 0;
  const input = el('input', { type: 'file', accept: 'image/*', multiple: true, class: 'unseen', id: 'photos', onchange: () => take([...(input.files ?? [])]) });
  const shelf = el('div', { class: 'shelf' });
  const told = el('p', { class: 'hint', role: 'status' }, `最多 ${MOST} 张，可不传。照片里的拍摄地点不会上传。`);
  const add = el('label', { class: 'add-photo', htmlFor: 'photos' }, icon('image'), el('span', null, '加照片'));
  const element = el('div', { class: 'field' }, el('span', { class: 'field-name' }, '使用场景的照片'), el('div', { class: 'photos' }, shelf, input, add), told);
  return { element, ids: () => kept.map(({ id }) => id), isBusy: () => sending > 0 };

  /** @param {File[]} files */
  async function take(files) {
    input.value = '';
    const room = MOST - kept.length - sending;
    if (files.length > room) say(told, `最多 ${MOST} 张，多的没有上传。`);
    await Promise.all(files.slice(0, Math.max(0, room)).map(send));
  }

  /** @param {File} file */
  async function send(file) {
    sending += 1;
    try {
      const { blob, thumb } = await small(file);
      const { id } = await ask('POST', path, blob);
      kept = [...kept, { id, view: photo(id, thumb) }];
      say(told, `已加 ${kept.length} 张。`);
    } catch (error) {
      say(told, wordsOf(error));
    } finally {
      sending -= 1;
      draw();
    }
  }

  /** @param {string} id @param {HTMLElement} thumb */
  function photo(id, thumb) {
    return el('div', { class: 'photo' }, thumb, el('button', { class: 'plain bare', type: 'button', ariaLabel: '去掉这张照片', onclick: () => drop(id) }, icon('close')));
  }

  /** @param {string} id */
  function drop(id) {
    kept = kept.filter((one) => one.id !== id);
    say(told, `已加 ${kept.length} 张。`);
    draw();
  }

  function draw() {
    fill(shelf, ...kept.map(({ view }) => view));
    add.hidden = kept.length >= MOST;
  }
}

/** Redraw a photo at a modest size: what a camera wrote beside the picture stays behind. @param {File} file */
async function small(file) {
  const drawn = await createImageBitmap(file).catch(() => null);
  if (!drawn) return { blob: file, thumb: el('span', { class: 'thumb' }, icon('image')) };
  const scale = Math.min(1, LONGEST_SIDE / Math.max(drawn.width, drawn.height));
  const whole = canvas(drawn, drawn.width * scale, drawn.height * scale);
  const cut = THUMB / Math.min(drawn.width, drawn.height);
  const thumb = canvas(drawn, drawn.width * cut, drawn.height * cut);
  thumb.className = 'thumb';
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => whole.toBlob(resolve, 'image/jpeg', 0.85));
  return { blob: blob ?? file, thumb };
}

/** @param {ImageBitmap} image @param {number} width @param {number} height */
function canvas(image, width, height) {
  const made = el('canvas', { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) });
  made.getContext('2d')?.drawImage(image, 0, 0, made.width, made.height);
  return made;
}

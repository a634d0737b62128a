/** The answer box: grows with its text, lets an input method compose, never loses a draft. */

import { icons } from './icons.js';

const LONGEST = 2_000;
const TYPING_AGAIN = 3_000;
const TALLEST = 120;

/** @param {any} act */
export function composer(act) {
  const form = /** @type {HTMLFormElement} */ (document.querySelector('.write'));
  const box = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'));
  const [file, add, , send] = /** @type {any[]} */ ([...form.children]);
  add.append(icons.image());
  send.append(icons.send());
  box.maxLength = LONGEST;
  let told = 0;
  let isRestored = false;

  box.addEventListener('input', () => {
    grow();
    act.draft(box.value);
    if (Date.now() - told > TYPING_AGAIN && box.value.trim()) {
      told = Date.now();
      act.typing(true);
    }
  });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    say();
  });
  box.addEventListener('paste', (event) => {
    const image = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (!image) return;
    event.preventDefault();
    act.image(image);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    say();
  });
  add.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    if (file.files[0]) act.image(file.files[0]);
    file.value = '';
  });

  grow(); // a quick customer may have written before this script ran

  return (/** @type {any} */ now) => {
    add.disabled = now.state !== 'open';
    if (isRestored || !now.limits.text) return;
    isRestored = true;
    box.maxLength = now.limits.text;
    if (!box.value && now.draft) {
      box.value = now.draft;
      grow();
    }
  };

  function say() {
    const text = box.value.trim();
    if (!text || !act.say(text)) return;
    told = 0;
    box.value = '';
    act.draft('');
    grow();
    box.focus();
  }

  function grow() {
    send.disabled = !box.value.trim();
    box.style.height = 'auto';
    box.style.height = `${Math.min(TALLEST, box.scrollHeight + 2)}px`;
  }
}

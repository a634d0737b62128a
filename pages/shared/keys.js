/** The keyboard of a page: one table of keys, which `?` shows. */

import { dialog } from './dialog.js';
import { el } from './elements.js';

/**
 * @typedef {{
 *   key: string,
 *   says: string,
 *   group: string,
 *   run: (event: KeyboardEvent) => void,
 *   whileTyping?: boolean,
 * }} Key `key` as in `j`, `?`, `Escape`, `Mod+Enter`; Mod is Ctrl, or ⌘ on a Mac
 */

/** @param {readonly Key[]} table @returns {() => void} takes the keys away again */
export function useKeys(table) {
  /** @type {Key} */
  const help = { key: '?', says: '显示这张表', group: '通用', run: () => showKeys([...table, help]) };
  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;
    const name = nameOf(event);
    const found = [...table, help].find((entry) => entry.key === name);
    if (!found || (isTyping(event) && !found.whileTyping)) return;
    event.preventDefault();
    found.run(event);
  }
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

/** @param {readonly Key[]} table */
function showKeys(table) {
  const groups = [...new Set(table.map(({ group }) => group))];
  dialog({
    title: '键盘快捷键',
    wide: true,
    body: [
      el(
        'div',
        { class: 'key-groups' },
        ...groups.map((group) =>
          el(
            'section',
            null,
            el('h3', null, group),
            el(
              'dl',
              null,
              ...table.filter((entry) => entry.group === group).map(({ key, says }) =>
                el('div', null, el('dt', null, ...caps(key)), el('dd', null, says)),
              ),
            ),
          ),
        ),
      ),
    ],
  });
}

/** @param {string} key */
function caps(key) {
  const names = { Mod: /Mac/.test(navigator.platform) ? '⌘' : 'Ctrl', Escape: 'Esc', ArrowDown: '↓', ArrowUp: '↑' };
  return key.split('+').map((part) => el('kbd', null, names[/** @type {'Mod'} */ (part)] ?? (part.length === 1 ? part.toUpperCase() : part)));
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const alt = event.altKey ? 'Alt+' : '';
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key; // the same with Caps Lock
  return mod + alt + key;
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return target.matches?.('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]');
}

/** What the wording check found in a text: marked in place, and said with its law and its lawful rewrite. */

import { el } from '../shared/elements.js';
import { RULES } from './words.js';

/** @param {string} text @param {any[]} findings @returns {(string | HTMLElement)[]} */
export function checkedText(text, findings) {
  const characters = [...text];
  const parts = [];
  let end = 0;
  for (const one of findings) {
    if (one.start < end || one.start === one.end) continue;
    parts.push(characters.slice(end, one.start).join(''));
    parts.push(el('mark', { class: isBlock(one) ? 'block' : 'warn', title: RULES[/** @type {'void_term'} */ (one.rule)] ?? one.rule }, characters.slice(one.start, one.end).join('')));
    end = one.end;
  }
  parts.push(characters.slice(end).join(''));
  return parts.filter((part) => part !== '');
}

/** @param {string} text @param {any[]} findings */
export function findingList(text, findings) {
  if (!findings.length) return null;
  const characters = [...text];
  return el('ul', { class: 'findings' }, ...findings.map((one) => {
    const words = characters.slice(one.start, one.end).join('');
    const rewrite = one.rewrite ?? one.advice;
    return el('li', { class: isBlock(one) ? 'block' : 'warn' },
      el('strong', null, RULES[/** @type {'void_term'} */ (one.rule)] ?? one.rule, words ? `：“${words}”` : ''),
      rewrite && rewrite !== words ? el('span', null, ` 可改为“${rewrite}”`) : null,
      el('small', null, one.source ?? one.basis));
  }));
}

/** @param {any} finding */
function isBlock(finding) {
  return (finding.severity ?? finding.level) === 'block';
}

/** One to five stars, said as well as drawn. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';

/** @param {number | null} stars */
export function starsView(stars) {
  if (!stars) return el('span', { class: 'stars none' }, '未评星');
  const drawn = [1, 2, 3, 4, 5].map((place) => {
    const star = icon('star');
    star.classList.toggle('full', place <= stars);
    return star;
  });
  return el('span', { class: 'stars', role: 'img', ariaLabel: `${stars} 星`, dataset: { stars } }, ...drawn);
}

/** Drawing a line icon in the colour of its text. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} d the strokes, on a 24 px grid
 * @param {string} [label] for screen readers; without it the icon is decoration beside a word
 * @returns {SVGElement}
 */
export function drawn(d, label) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  if (label) svg.setAttribute('aria-label', label);
  svg.setAttribute(label ? 'role' : 'aria-hidden', label ? 'img' : 'true');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}

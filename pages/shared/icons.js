/** The line icons of the staff pages, on a 24 px grid. */

import { drawn } from './icon.js';

/** Each icon is the `d` of one path; several strokes are several M. */
export const paths = {
  alarm: 'M12 8v5l3 2M5 3 2 6M22 6l-3-3M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16',
  archive: 'M3 4h18v4H3zM5 8v12h14V8M10 12h4',
  arrowLeft: 'M19 12H5M11 6l-6 6 6 6',
  arrowRight: 'M5 12h14M13 6l6 6-6 6',
  bell: 'M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20a2 2 0 0 0 4 0',
  bot: 'M12 3v4M5 7h14v11H5zM9 12v.01M15 12v.01M9.5 15.5h5M2 11v4M22 11v4',
  box: 'M3 7.5 12 3l9 4.5v9L12 21l-9-4.5zM3 7.5l9 4.5 9-4.5M12 12v9M7.5 5.2l9 4.5',
  chart: 'M4 4v16h16M8 16v-4M12 16V8M16 16v-6',
  chat: 'M4 5h16v11H10l-5 4v-4H4z',
  check: 'M4 12.5 9.5 18 20 6.5',
  checks: 'M2 12.5 7 18 17 6.5M12 17l1 1 9-11',
  chevronDown: 'm6 9 6 6 6-6',
  chevronRight: 'm9 6 6 6-6 6',
  clock: 'M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18',
  close: 'M6 6l12 12M18 6 6 18',
  coupon: 'M3 7h18v3.5a1.5 1.5 0 0 0 0 3V17H3v-3.5a1.5 1.5 0 0 0 0-3zM14 7v2M14 11v2M14 15v2',
  crown: 'm3 8 4.5 4L12 5l4.5 7L21 8l-2 10H5z',
  download: 'M12 4v12M7 11l5 5 5-5M4 16v4h16v-4',
  flame: 'M12 3c1 4 5 5.500 5 10.500A5 5 0 0 1 7 14c0-2 1-3 1.500-4.500C9.500 11 10 11 10.500 11 11.500 8 11 5.500 12 3',
  help: 'M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M12 17v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.500 9v.01',
  info: 'M12 11v5M12 8v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18',
  keyboard: 'M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M17 14v.01M7 14v.01M10 14h4',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  logout: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  mail: 'M3 6h18v12H3zM3 7l9 6.500L21 7',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  note: 'M5 4h14v10l-5 6H5zM14 20v-6h5M8 8h8M8 11.500h5',
  offline: 'M3 3l18 18M8.500 15.500a5 5 0 0 1 5-1.200M5 12a10 10 0 0 1 4.500-2.600M2 8.500A15 15 0 0 1 6.500 5.800M14 9.200a10 10 0 0 1 5 2.800M11 4.500a15 15 0 0 1 11 4M12 19v.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20c1-4 4-5.500 8-5.500s7 1.500 8 5.500',
  phone: 'M6 3h3.500l1.500 5-2.200 1.600a11 11 0 0 0 5.600 5.600L16 13l5 1.500V18a3 3 0 0 1-3 3C10 20.500 3.500 14 3 6a3 3 0 0 1 3-3',
  promise: 'M8 12.500 11 15.500 16.500 9M12 21c-5-2-8-5-8-10V5.500L12 3l8 2.500V11c0 5-3 8-8 10',
  queue: 'M8 7.500a2.500 2.500 0 1 0 0-.01M3 18c.500-3.500 2.500-5 5-5s4.500 1.500 5 5M16 9h5M16 13h5M17.500 17H21',
  redo: 'M20 5v6h-6M20 11a8 8 0 1 0-2 6',
  refund: 'M3 6h18v12H3zM8 9l4 4 4-4M12 13v4M9 13.500h6',
  returned: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13M15.500 15.500 21 21',
  send: 'M4 12 20.500 4 16 20.500 11.500 13zM11.500 13 20.500 4',
  shield: 'M12 21c-5-2-8-5-8-10V5.500L12 3l8 2.500V11c0 5-3 8-8 10',
  spark: 'M12 3l1.800 5.700L19.500 10.500l-5.700 1.800L12 18l-1.800-5.700L4.500 10.500l5.700-1.800zM19 16v4M17 18h4',
  star: 'm12 3.500 2.600 5.500 6 .8-4.400 4.200 1.100 6L12 17.100 6.700 20l1.100-6L3.400 9.800l6-.8z',
  table: 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9',
  transfer: 'M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4',
  truck: 'M2 6h12v10H2zM14 10h4l4 3.500V16h-8zM6.500 19a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600M17.500 19a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600',
  undo: 'M4 5v6h6M4 11a8 8 0 1 1 2 6',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  warning: 'M12 3.500 22 20H2zM12 10v4.500M12 17v.01',
};

/**
 * @param {keyof typeof paths} name
 * @param {string} [label] said by a screen reader; without it the icon is decoration beside a word
 */
export function icon(name, label) {
  return drawn(paths[name], label);
}

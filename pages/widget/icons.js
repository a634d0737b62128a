/** The few icons of the chat. */

import { drawn } from '../shared/icon.js';

export const icons = {
  bot: () => drawn('M12 3v4M5 7h14v11H5zM9 12v.01M15 12v.01M9.5 15.500h5M2 11v4M22 11v4'),
  person: () => drawn('M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20c1-4 4-5.500 8-5.500s7 1.500 8 5.500'),
  down: () => drawn('m6 9 6 6 6-6'),
  send: () => drawn('M4 12 20.500 4 16 20.500 11.500 13zM11.500 13 20.500 4'),
  image: () => drawn('M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.500 9v.01'),
  box: () => drawn('M3 7.500 12 3l9 4.500v9L12 21l-9-4.500zM3 7.500l9 4.500 9-4.500M12 12v9'),
  truck: () => drawn('M2 6h12v10H2zM14 10h4l4 3.500V16h-8zM6.500 19a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600M17.500 19a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600'),
  coupon: () => drawn('M3 7h18v3.500a1.500 1.500 0 0 0 0 3V17H3v-3.500a1.500 1.500 0 0 0 0-3zM14 7v10'),
  refund: () => drawn('M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3'),
  next: () => drawn('m9 6 6 6-6 6'),
};

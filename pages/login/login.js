/** Logging in, and going on to where one was headed. */

import { get, post, wordsOf } from '../shared/api.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form'));
const error = /** @type {HTMLElement} */ (document.querySelector('.error'));
const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
const HOME = [['chat', '/console'], ['read_reviews', '/reviews'], ['read_reports', '/dashboard']];

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { login, password } = Object.fromEntries(new FormData(form));
  error.textContent = '';
  button.disabled = true;
  try {
    await post('/api/login', { login: String(login).trim(), password });
    location.assign(next() ?? (await home()));
  } catch (problem) {
    error.textContent = wordsOf(problem);
    button.disabled = false;
    form.password.select();
  }
});

/** Only a place of this very site: `next` comes from the address, which anybody can write. */
function next() {
  const wanted = new URLSearchParams(location.search).get('next');
  if (!wanted) return null;
  const url = new URL(wanted, location.origin);
  return url.origin === location.origin && wanted.startsWith('/') ? url.pathname + url.search + url.hash : null;
}

/** The first page that this person may see. */
async function home() {
  const { permissions } = await get('/api/me');
  return HOME.find(([permission]) => permissions.includes(permission))?.[1] ?? '/';
}

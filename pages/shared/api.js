/** Asking the server: JSON in and out, the CSRF token on every change, problems as errors. */

let csrf = '';
let who = '';

/** @param {string} token the one of GET /api/me @param {string} [id] whose it is */
export function useCsrf(token, id = '') {
  csrf = token;
  who = id;
}

/**
 * After a refusal: whoever logged in anew in another tab has a new token, which is used from now on.
 * @returns {Promise<any>} her `GET /api/me`; null when nothing is new, or somebody else is logged in now
 */
export async function renewed() {
  const response = await reach('/api/me', { method: 'GET', headers: { Accept: 'application/json' } });
  const me = response.ok ? await response.json() : {};
  if (!who || me.id !== who || me.csrf === csrf) return null;
  csrf = me.csrf;
  return me;
}

/** An error whose message was written for the person at the page. */
export class Told extends Error {}

/** What to show of an error: its own words when they were meant for people. @param {unknown} error */
export function wordsOf(error) {
  if (error instanceof Told) return error.message;
  console.error(error);
  return '页面出错了，请刷新后再试';
}

/** What the server answered instead (RFC 9457); `message` is fit to be shown. */
export class Problem extends Told {
  /** @param {{title?: string, detail?: string, status: number, type?: string, errors?: any}} problem */
  constructor(problem) {
    super(problem.detail || problem.title || `服务器回答 ${problem.status}`);
    this.status = problem.status;
    this.type = problem.type ?? 'about:blank';
    this.errors = problem.errors ?? null;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Told {
  constructor() {
    super('连接不上服务器，请检查网络后再试');
  }
}

/** @param {string} path @param {Record<string, any>} [query] @returns {Promise<any>} */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return ask('GET', given.length ? `${path}?${search}` : path);
}

/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export function post(path, body = {}) {
  return ask('POST', path, body);
}

/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export function put(path, body = {}) {
  return ask('PUT', path, body);
}

/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export function patch(path, body = {}) {
  return ask('PATCH', path, body);
}

/** @param {string} path @returns {Promise<any>} */
export function remove(path) {
  return ask('DELETE', path);
}

/**
 * @param {string} method @param {string} path
 * @param {any} [body] sent as JSON, or as it is when it is a FormData or Blob
 */
export async function ask(method, path, body) {
  const response = await reach(path, { method, ...content(method, body) });
  const answer = await readAnswer(response);
  if (response.ok) return answer;
  if (response.status === 403 && method !== 'GET' && (await renewed())) return ask(method, path, body);
  if (response.status === 401 && !location.pathname.startsWith('/login')) toLogin();
  throw new Problem({ ...answer, status: response.status });
}

/** Log in first, then come back to this very place. */
function toLogin() {
  const here = location.pathname + location.search + location.hash;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}

/** @param {string} method @param {any} body @returns {RequestInit} */
function content(method, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body === undefined) return { headers };
  if (body instanceof FormData || body instanceof Blob) return { headers, body };
  return { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** What is decided must arrive though the page is left at once; browsers outlive a page with 64 kB at most. */
const OUTLIVES = 8_000;

/** @param {string} path @param {RequestInit} init */
async function reach(path, init) {
  const keepalive = init.method !== 'GET' && (!init.body || (typeof init.body === 'string' && init.body.length <= OUTLIVES));
  try {
    return await fetch(path, { credentials: 'same-origin', keepalive, ...init });
  } catch {
    throw new Unreachable();
  }
}

/** @param {Response} response */
async function readAnswer(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (/zip|octet-stream/.test(type)) return response.blob();
  const isJson = /json/.test(type);
  if (!isJson) return response.status === 204 ? null : response.text();
  return response.json();
}

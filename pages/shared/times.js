/** Times as a person says them, in the shop's time (Beijing, UTC+8 all year), exact on hover. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SHOP_OFFSET = 8 * HOUR;
let ahead = 0;

/** A page's clock may be wrong; the server's is the one that promises are measured by. @param {string} serverTime */
export function setClock(serverTime) {
  ahead = new Date(serverTime).getTime() - Date.now();
}

/** The present moment by the server's clock, in milliseconds. */
export function present() {
  return Date.now() + ahead;
}

/**
 * When something happened: 刚刚, 5 分钟前, 14:05, 昨天 21:40, 11月20日 21:40, 2025年3月2日.
 * @param {string | number | Date} at @param {number} [now] milliseconds
 */
export function happened(at, now = present()) {
  const then = new Date(at).getTime();
  const past = now - then;
  if (past >= 0 && past < MINUTE) return '刚刚';
  if (past >= 0 && past < HOUR) return `${Math.floor(past / MINUTE)} 分钟前`;
  return dayAndClock(then, now);
}

/**
 * The day as said from today, and the clock: 14:05, 昨天 21:40, 明天 09:00, 11月20日 21:40.
 * @param {string | number | Date} at @param {number} [now]
 */
export function dayAndClock(at, now = present()) {
  const then = new Date(at).getTime();
  const apart = shopDay(then) - shopDay(now);
  const near = { '-2': '前天 ', '-1': '昨天 ', 0: '', 1: '明天 ', 2: '后天 ' }[String(apart)];
  if (near !== undefined) return near + clock(then);
  const day = shop(then);
  const date = `${day.getUTCMonth() + 1}月${day.getUTCDate()}日`;
  if (day.getUTCFullYear() === shop(now).getUTCFullYear()) return `${date} ${clock(then)}`;
  return `${day.getUTCFullYear()}年${date}`;
}

/**
 * What is left until a due time: 还剩 3 小时 12 分, 还剩不到 1 分钟, 已超时 2 小时 5 分.
 * @param {string | number | Date} due @param {number} [now]
 */
export function left(due, now = present()) {
  const rest = new Date(due).getTime() - now;
  if (rest < 0) return rest > -MINUTE ? '刚刚超时' : `已超时 ${span(-rest)}`;
  return rest < MINUTE ? '还剩不到 1 分钟' : `还剩 ${span(rest)}`;
}

/**
 * A length of time in at most two units: 45 秒, 12 分, 3 小时 12 分, 2 天 4 小时.
 * @param {number} milliseconds
 */
export function span(milliseconds) {
  if (milliseconds < MINUTE) return `${Math.max(0, Math.round(milliseconds / 1000))} 秒`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} 分`;
  if (milliseconds < DAY) {
    return pair(milliseconds, HOUR, '小时', MINUTE, '分');
  }
  return pair(milliseconds, DAY, '天', HOUR, '小时');
}

/** 2026年11月22日 18:00:05 北京时间 @param {string | number | Date} at */
export function exact(at) {
  const then = shop(new Date(at).getTime());
  const date = `${then.getUTCFullYear()}年${then.getUTCMonth() + 1}月${then.getUTCDate()}日`;
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const hands = [then.getUTCHours(), then.getUTCMinutes(), then.getUTCSeconds()].map(two);
  return `${date} ${hands.join(':')} 北京时间`;
}

/**
 * How much a due time matters: `calm`, `warning` (a quarter or less of the span is left, or under
 * 15 minutes when the span is unknown), `late`.
 * @param {string | number | Date} due @param {string | number | Date | null} [from] when the clock started
 * @param {number} [now]
 */
export function urgency(due, from = null, now = present()) {
  const rest = new Date(due).getTime() - now;
  if (rest < 0) return 'late';
  const whole = from === null ? HOUR : new Date(due).getTime() - new Date(from).getTime();
  return rest <= whole / 4 ? 'warning' : 'calm';
}

/** @param {number} whole @param {number} big @param {string} bigName @param {number} small @param {string} smallName */
function pair(whole, big, bigName, small, smallName) {
  const rest = Math.floor((whole % big) / small);
  const first = `${Math.floor(whole / big)} ${bigName}`;
  return rest ? `${first} ${rest} ${smallName}` : first;
}

/** @param {number} at milliseconds @returns {Date} whose UTC fields read as the shop's clock */
function shop(at) {
  return new Date(at + SHOP_OFFSET);
}

/** @param {number} at */
function shopDay(at) {
  return Math.floor((at + SHOP_OFFSET) / DAY);
}

/** @param {number} at */
function clock(at) {
  return shop(at).toISOString().slice(11, 16);
}

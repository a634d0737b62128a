/** How figures are worded: shares with n and interval, lengths of time, differences. */

/** 93.4% ; a missing share is said to be missing. @param {number | null | undefined} share */
export function percent(share) {
  return share === null || share === undefined ? '没有数据' : `${(share * 100).toFixed(1)}%`;
}

/** @param {number} value already times a hundred */
export function percentPlain(value) {
  return `${value.toFixed(Number.isInteger(value) ? 0 : 1)}%`;
}

/** 95% 区间 90.1%–95.6% @param {{low: number | null, high: number | null}} figure */
export function interval({ low, high }) {
  return low === null || high === null ? '' : `95% 区间 ${percent(low)}–${percent(high)}`;
}

/** A length of time in at most two units. @param {number | null | undefined} seconds */
export function time(seconds) {
  if (seconds === null || seconds === undefined) return '—';
  if (seconds < 10) return `${seconds.toFixed(1)} 秒`;
  if (seconds < 60) return `${Math.round(seconds)} 秒`;
  const whole = Math.round(seconds);
  for (const [unit, name, small, smallName] of /** @type {[number, string, number, string][]} */ ([[86400, '天', 3600, '小时'], [3600, '小时', 60, '分'], [60, '分', 1, '秒']])) {
    if (whole < unit) continue;
    const rest = Math.floor((whole % unit) / small);
    return `${Math.floor(whole / unit)} ${name}${rest ? ` ${rest} ${smallName}` : ''}`;
  }
  return `${whole} 秒`;
}

/** The unit in which a target is best read: its name and length in seconds. @param {number | null} target */
export function unitFor(target) {
  if (!target || target <= 120) return { name: '秒', seconds: 1 };
  if (target <= 7200) return { name: '分钟', seconds: 60 };
  if (target <= 3 * 86400) return { name: '小时', seconds: 3600 };
  return { name: '天', seconds: 86400 };
}

/**
 * The difference to the period before in points of percent, and which way it went.
 * @param {number | null | undefined} now @param {number | null | undefined} before
 */
export function difference(now, before) {
  if (now === null || now === undefined || before === null || before === undefined) return { text: '上期没有数据', way: 'same' };
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.05) return { text: '与上期持平', way: 'same' };
  return { text: `较上期 ${points > 0 ? '↑' : '↓'} ${Math.abs(points).toFixed(1)} 个百分点`, way: points > 0 ? 'up' : 'down' };
}

/** 11-22 @param {string} date YYYY-MM-DD */
export function shortDate(date) {
  return date.slice(5);
}

/** 2026年11月16日 @param {string} date YYYY-MM-DD */
export function longDate(date) {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

/** "n=128" @param {number} n */
export function count(n) {
  return `n=${n.toLocaleString('zh-CN')}`;
}

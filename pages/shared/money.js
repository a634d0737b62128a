/** Money as people read it; the product counts in fen. */

/** ¥1,299.00 or ¥50 (whole yuan without the zeros) @param {number} fen */
export function yuan(fen) {
  const digits = fen % 100 === 0 ? 0 : 2;
  const amount = Math.abs(fen / 100).toLocaleString('zh-CN', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${fen < 0 ? '-' : ''}¥${amount}`;
}

/**
 * The fen a person typed as yuan, or null when it is no amount with at most two decimals.
 * @param {string} text
 */
export function findFen(text) {
  const match = /^\s*[¥￥]?\s*(\d{1,7})(?:\.(\d{1,2}))?\s*元?\s*$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0') || 0);
}

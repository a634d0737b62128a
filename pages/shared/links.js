/** Text with its web addresses as links; nothing else in a text is ever more than text. */

const ADDRESS = /https?:\/\/[^\s<>"'，。；、！？（）【】《》]+/g;

/** @param {string} text @returns {(string | HTMLAnchorElement)[]} */
export function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const url = match[0].replace(/[.,;:!?)]+$/, '');
    if (!URL.canParse?.(url)) continue;
    parts.push(text.slice(end, match.index), link(url));
    end = match.index + url.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}

/** @param {string} url */
function link(url) {
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.textContent = url;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer nofollow';
  return anchor;
}

/** Sending a picture ahead of the message that shows it. */

const NEVER = [413, 415]; // too large, no picture: the same file would be refused again
const MOST_BYTES = 5 * 1024 * 1024;

/**
 * @param {File} file @param {string} token @param {{image_bytes?: number, image_types?: string[]}} limits
 * @returns {Promise<{id: string}>} throws an Error whose message is for the customer; its cause is 'unfit' where no retry can help
 */
export async function upload(file, token, limits) {
  const most = limits.image_bytes ?? MOST_BYTES;
  if (file.size > most) throw unfit(`图片太大，请选 ${Math.floor(most / 1024 / 1024)} MB 以内的`);
  if (limits.image_types && !limits.image_types.includes(file.type)) throw unfit('请选 JPG、PNG、WebP 或 GIF 图片');
  const response = await reach(file, token);
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  if (NEVER.includes(response.status)) throw unfit(problem.detail || '这张图片发不了，请换一张');
  throw new Error(problem.detail || '图片没有发出，请重试');
}

/** @param {string} why */
function unfit(why) {
  return new Error(why, { cause: 'unfit' });
}

/** @param {File} file @param {string} token */
async function reach(file, token) {
  try {
    return await fetch('/api/chat/attachments', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': file.type },
      body: file,
    });
  } catch {
    throw new Error('网络断开，图片没有发出');
  }
}

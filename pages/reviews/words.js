/** What the review manager's codes are called in front of people. */

export const ASPECTS = {
  quality: '质量', effect: '效果', authenticity: '真伪', description: '描述不符', size_fit: '尺码', freshness_taste: '新鲜口味',
  packaging: '包装', logistics: '物流', wrong_missing: '错发漏发', service: '客服', after_sales: '售后', installation: '安装', price: '价格',
};
/** Two characters each, for the heads of narrow columns. */
export const SHORT_ASPECTS = {
  quality: '质量', effect: '效果', authenticity: '真伪', description: '不符', size_fit: '尺码', freshness_taste: '口味',
  packaging: '包装', logistics: '物流', wrong_missing: '错漏', service: '客服', after_sales: '售后', installation: '安装', price: '价格',
};
export const SENTIMENTS = { negative: '负面', mixed: '有褒有贬', positive: '正面' };
export const PLATFORMS = { house: '自有商城', taobao: '淘宝', tmall: '天猫', jd: '京东', pdd: '拼多多', douyin: '抖店', kuaishou: '快手' };
/** Each flag: its name, its icon, its meaning's colour, and what it says on hover. */
export const FLAGS = {
  safety: ['安全', 'shield', 'late', '涉及人身、健康、火灾或儿童安全，由组长处理'],
  threat: ['要投诉', 'warning', 'late', '提到监管、媒体或起诉，由组长处理'],
  hidden_bad: ['高星差评', 'search', 'warning', '星级高，文字却在抱怨'],
  misclick: ['疑似误点', 'info', 'agent', '文字是好评，星级却很低，可能点错了'],
  followed_up: ['有追评', 'chat', '', '买家后来又补充了'],
};
export const FLAG_FILTERS = { bad: '差评', late: '已超时', ...Object.fromEntries(Object.entries(FLAGS).map(([key, [name]]) => [key, name])), changed: '改过的' };
export const REMEDIES = {
  reship: '补发', exchange: '换新或退货', exchange_size: '换码', return_goods: '退货', refund_part: '部分退款', replace_damaged: '补损',
  refund_freight: '退运费', callback: '回访', verify: '核验', repair: '维修或补件', visit: '安装跟进', price_check: '核价', return_check: '核实后退换', return_rules: '按规则退换',
};
export const APPROVERS = { agent: '运营', lead: '组长', manager: '经理' };
export const EVENTS = {
  review_posted: '买家发表', reply_published: '回复已发布', received: '进入系统', changed: '买家改了评价', followed_up: '买家追评', judged: '系统复核',
  corrected: '人工改判', drafted: '草稿写好', edited: '改了草稿', approved: '批准', undone: '撤回', exported: '导出', publishing_failed: '没有发成', sent_again: '再发一次',
  dismissed: '决定不回复', reopened: '重新打开',
};
export const RULES = {
  absolute_word: '绝对化用语', pay_for_praise: '好评返现', change_review: '要求改评', void_term: '无效条款', personal_data: '个人信息',
  unproved_claim: '没有数据支持的说法', off_platform: '站外交易', overpromise: '过度承诺', missing_label: '缺少AI标识',
};
const ACTORS = { kefu: '系统', customer: '买家', cli: '命令行', demo: '演示数据', push: '自动发布', invitation: '邀评' };
/** Why the template's text stands where a language model was meant to word it. */
export const WHY_TEMPLATE = {
  grave_matter: '涉及安全或投诉，只用审过的话', personal_data: '里面有个人信息，没有送出去', nothing_to_write: '没有要改写的内容', budget_spent: '这小时的次数用完了',
  breaker_open: '模型连续出错，先停一会儿', timeout: '模型超时', unreachable: '模型连不上', key_refused: '模型不认密钥', request_refused: '模型不接受请求', rate_limited: '模型限流',
  server_error: '模型那边出错', broken_answer: '模型答得不完整', empty_answer: '模型没写出来', cut_short: '模型写到一半断了', filtered: '被模型自己拦下', too_large: '模型答得太长',
  placeholders: '漏了事实或金额的位置', invented: '写了没有依据的内容', commits: '多许了承诺', claims: '写了没证明的效果', blames: '在怪买家', rude: '语气不合适', copies_review: '照抄了评价',
  incomplete: '话没说完', not_prose: '不是一段话', length: '长短不合适', wording_rules: '没通过合规检查', alike: '和近期回复太像', unchanged: '和模板一样',
};

/** @param {string} actor */
export function actorName(actor) {
  return ACTORS[/** @type {'kefu'} */ (actor)] ?? PLATFORMS[/** @type {'jd'} */ (actor)] ?? actor.replace(/^key:/, '程序 ');
}

/** @param {string} aspect */
export function aspectName(aspect) {
  return ASPECTS[/** @type {'price'} */ (aspect)] ?? (aspect === 'general' ? '整体' : aspect);
}

/** What the review manager's codes are called in front of people. */

export const ASPECTS = {
  quality: '质量', effect: '效果', authenticity: '真伪', description: '描述不符', size_fit: '尺码', freshness_taste: '新鲜口味',
  packaging: '包装', logistics: '物流', wrong_missing: '错发漏发', service: '客服', after_sales: '售后', installation: '安装', price: '价格',
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
export const FLAG_FILTERS = { late: '已超时', ...Object.fromEntries(Object.entries(FLAGS).map(([key, [name]]) => [key, name])), changed: '改过的' };
export const REMEDIES = {
  reship: '补发', exchange: '换新或退货', exchange_size: '换码', return_goods: '退货', refund_part: '部分退款', replace_damaged: '补损',
  refund_freight: '退运费', callback: '回访', verify: '核验', repair: '维修或补件', visit: '上门', price_check: '核价',
};
export const APPROVERS = { agent: '运营', lead: '组长', manager: '经理' };
export const EVENTS = {
  review_posted: '买家发表', reply_published: '回复已发布', received: '进入系统', changed: '买家改了评价', followed_up: '买家追评', judged: '系统复核',
  corrected: '人工改判', drafted: '草稿写好', edited: '改了草稿', approved: '批准', undone: '撤回', exported: '导出', publishing_failed: '发布失败',
  dismissed: '决定不回复', reopened: '重新打开',
};
export const RULES = {
  absolute_word: '绝对化用语', pay_for_praise: '好评返现', change_review: '要求改评', void_term: '无效条款', personal_data: '个人信息',
  unproved_claim: '没有数据支持的说法', off_platform: '站外交易', overpromise: '过度承诺', missing_label: '缺少AI标识',
};
const ACTORS = { kefu: '系统', customer: '买家', cli: '命令行', demo: '演示数据' };

/** @param {string} actor */
export function actorName(actor) {
  return ACTORS[/** @type {'kefu'} */ (actor)] ?? PLATFORMS[/** @type {'jd'} */ (actor)] ?? actor.replace(/^key:/, '程序 ');
}

/** @param {string} aspect */
export function aspectName(aspect) {
  return ASPECTS[/** @type {'price'} */ (aspect)] ?? aspect;
}

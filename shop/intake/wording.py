"""What a person reads about records that came in or were refused."""

KINDS = {
    "product": "商品",
    "customer": "客户",
    "order": "订单",
    "parcel": "包裹",
    "after_sale": "售后",
}

FIELDS = {
    "kind": "记录类型",
    "sku": "商品编码",
    "name": "名称",
    "category": "类目",
    "price_fen": "价格",
    "stock": "库存",
    "spec": "商品参数",
    "options": "可选规格",
    "sold_out": "售罄规格",
    "size_chart": "尺码表",
    "faq": "常见问题",
    "question": "问题",
    "answer": "回答",
    "warranty_months": "保修月数",
    "exclusion_ground": "七天无理由例外原因",
    "custom_made": "是否定制",
    "supplier": "供应商",
    "batch": "批次",
    "customer_id": "客户编号",
    "nickname": "昵称",
    "phone": "手机",
    "address": "地址",
    "city": "城市",
    "gender": "性别",
    "birthday": "生日",
    "registered_at": "注册时间",
    "marketing_consent": "同意营销",
    "number": "订单号",
    "order_number": "订单号",
    "platform": "平台",
    "status": "状态",
    "placed_at": "下单时间",
    "paid_at": "付款时间",
    "shipped_at": "发货时间",
    "signed_at": "签收时间",
    "completed_at": "完成时间",
    "cancelled_at": "取消时间",
    "goods_fen": "商品总额",
    "shipping_fen": "运费",
    "discount_fen": "优惠",
    "payable_fen": "应付金额",
    "paid_fen": "实付金额",
    "item_paid_fen": "商品实付",
    "payment_method": "支付方式",
    "cancel_reason": "取消原因",
    "receiver": "收件人",
    "receiver_phone": "收件人手机",
    "receiver_address": "收件地址",
    "receiver_province": "收件省份",
    "receiver_city": "收件城市",
    "receiver_district": "收件区县",
    "remark": "备注",
    "exclusion_confirmed": "已确认不支持七天无理由",
    "items": "商品明细",
    "option": "规格",
    "quantity": "数量",
    "unit_price_fen": "单价",
    "carrier": "快递公司",
    "waybill": "运单号",
    "direction": "寄送方向",
    "signed_by": "签收人",
    "events": "物流轨迹",
    "at": "轨迹时间",
    "place": "所在地",
    "text": "轨迹内容",
    "event_at": "轨迹时间",
    "event_kind": "轨迹类型",
    "event_place": "轨迹所在地",
    "event_text": "轨迹内容",
    "updated_at": "修改时间",
    "wish": "售后类型",
    "reason": "售后原因",
    "amount_fen": "退款金额",
    "freight_payer": "运费承担方",
    "note": "说明",
    "requested_at": "申请时间",
    "decided_at": "审核时间",
    "returned_at": "寄回时间",
    "received_at": "收货时间",
    "closed_at": "完结时间",
}

FIELDS_OF = {"after_sale": {"number": "售后单号"}, "customer": {"name": "姓名"}}
"""Fields that are called otherwise in records of one kind."""

# --- a record that cannot be read -----------------------------------------------------------------

NOT_A_RECORD = "这一条不是 JSON 对象"
UNKNOWN_KIND = "记录类型“{kind}”不认识，应为：{kinds}"
NO_KIND = "没有写记录类型 kind，应为：{kinds}"
NTH = "第{place}项"
PART_OF = "{whole}的{field}"
MISSING = "缺少{field}"
UNKNOWN_FIELD = "没有“{field}”这个字段"
TOO_LONG = "{field}超过 {limit} 个字符"
TOO_MANY = "{field}超过 {limit} 项"
EMPTY = "{field}不能为空"
TOO_SHORT = "至少要有 {limit} 个字符"
NOT_TEXT = "{field}要写成文本（加引号）"
NOT_WHOLE = "{field}要是整数，金额以分为单位"
TOO_SMALL = "{field}不能小于 {limit}"
TOO_LARGE = "{field}不能大于 {limit}"
NOT_FLAG = "{field}要是 true 或 false"
NOT_A_CODE = "{field}“{value}”不认识，可用：{codes}"
WRONG = "{field}{why}"
BAD_TIME = "“{value}”看不懂，应如 2026-11-20T12:30:00+08:00"
FUTURE_TIME = "“{value}”在未来"
OLD_TIME = "“{value}”太早，可能是格式错了"
BAD_PHONE = "“{value}”不像电话号码"
BAD_BIRTHDAY = "“{value}”看不懂，应如 05-20"
BAD_OPTIONS = "应如 颜色:黑/白;尺码:M/L"
BAD_NUMBER = "“{value}”里没有数字"

# --- a record that cannot be true -----------------------------------------------------------------

NEW_NEEDS = "第一次导入要有{field}"
BEFORE = "{later}早于{earlier}"
NEEDS_TIME = "状态是“{status}”，要有{field}"
STATE_AGAINST_TIME = "状态还是“{status}”，却有{field}"
PAID_WITHOUT_TIME = "有实付金额，要有付款时间"
UNPAID_WITH_MONEY = "状态是待付款，却有实付金额或付款时间"
DISCOUNT_TOO_LARGE = "优惠 {discount} 元比商品总额加运费 {whole} 元还多"
SHARES_TOO_LARGE = "各商品实付合计 {shares} 元，超过订单的 {whole} 元"
UNKNOWN_SKU = "商品编码 {sku} 还没有导入，请先导入商品"
SKU_NOT_IN_ORDER = "订单 {number} 里没有商品 {sku}"
OTHER_ORDER = "售后单 {number} 属于另一个订单"
UNKNOWN_ORDER = "订单 {number} 还没有导入，请先导入订单"
OTHER_SPELLING = "订单号与已有的 {number} 只是写法不同，请统一写法"
FORGOTTEN = "该客户已要求删除个人信息，不再导入"

# --- what was kept against the source -------------------------------------------------------------

KEPT_CANCELLED = "订单 {number} 已在客服处取消，来源系统还是“{said}”：保留取消，请在来源系统也取消"
SENT_THOUGH_CANCELLED = (
    "订单 {number} 已在客服处取消，来源系统却已“{said}”：按来源更新，请拦截或联系客户"
)
KEPT_AFTER_SALE = "订单 {number} 有售后在处理，来源系统是“{said}”：状态保留为“{kept}”"
RECEIVER_REPLACED = (
    "订单 {number} 的{fields}客户在客服处改过，来源系统又给了别的：按来源更新，请核对"
)

# --- a table of the shop's own --------------------------------------------------------------------

NO_SUCH_HEADING = "文件里没有“{heading}”这一列，现有：{headings}"
NO_SUCH_FIELD = "没有“{field}”这个字段，可用：{fields}"
NO_KIND_OF_TABLE = (
    "看不出表里是商品、客户、订单、包裹还是售后。现有的列：{headings}。请用 --kind 指明"
)
NO_KEY_COLUMN = "{kind}表里没有找到{fields}列。现有的列：{headings}。请用 --column 指明"
BAD_MONEY = "{field}“{value}”不是金额，应如 128.50"
PART_OF_FEN = "{field}“{value}”不到一分钱"
NOT_A_COUNT = "{field}“{value}”不是整数"
REJECTS_ARE_THE_FILE = "--rejects 不能是要导入的文件本身"
NO_KEY = "这一行没有{fields}"
ROWS_DISAGREE = "同一订单（包裹）各行的{field}不一致"
ROWS_DISAGREE_PAID = (
    "同一订单各行的{field}不一致；如果这一列是每行商品的实付，请加 --column item_paid_fen=列名"
)
AT_ROW = "第 {line} 行：{reason}"
SEE_ROW = "见第 {line} 行"

OUTCOMES = {
    "added": "新增",
    "changed": "更新",
    "known": "没有变化",
    "older": "比已有的旧，略过",
    "refused": "未导入",
}

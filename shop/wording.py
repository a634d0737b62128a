"""What the shop's states are called in front of people."""

ORDER_STATES = {
    "unpaid": "待付款",
    "paid": "待发货",
    "picking": "打包中",
    "shipped": "运输中",
    "signed": "已签收",
    "completed": "已完成",
    "cancelled": "已取消",
    "refunding": "退款中",
    "refunded": "已退款",
    "exchanging": "换货中",
}

PARCEL_STATES = {
    "in_transit": "运输中",
    "awaiting_pickup": "待揽收",
    "out_for_delivery": "派送中",
    "exception": "异常",
    "returned": "已退回",
    "signed": "已签收",
}

FORGOTTEN_CUSTOMER = "已注销客户"

"""The names of the articles a verdict rests on, always written 《law》 §number without brackets."""

from typing import Final

CONSUMER_LAW: Final = "消费者权益保护法"
RETURN_MEASURE: Final = "网络购买商品七日无理由退货暂行办法"

NO_REASON_RIGHT: Final = f"{CONSUMER_LAW} §25"
QUALITY_RIGHT: Final = f"{CONSUMER_LAW} §24"
DESCRIPTION_DUTY: Final = f"{CONSUMER_LAW} §23"
FRAUD: Final = f"{CONSUMER_LAW} §55"
FAKE_FOOD: Final = "食品安全法 §148"

EXCLUDED_BY_LAW: Final = f"{RETURN_MEASURE} §6"
EXCLUDED_IF_CONFIRMED: Final = f"{RETURN_MEASURE} §7"
INTACT: Final = f"{RETURN_MEASURE} §8"
NOT_INTACT: Final = f"{RETURN_MEASURE} §9"
COUNTING: Final = f"{RETURN_MEASURE} §10"
REFUND_TIME: Final = f"{RETURN_MEASURE} §13"
RETURN_FREIGHT: Final = f"{RETURN_MEASURE} §18"
CONFIRMATION: Final = f"{RETURN_MEASURE} §20"
NO_PRETICKED_BOX: Final = "消费者权益保护法实施条例 §19"
PROMISE_BINDS: Final = "消费者权益保护法实施条例 §12"

REST_DAY: Final = "民法典 §203"
BREACH_REMEDIES: Final = "民法典 §582"
NOTICE_OF_NONCONFORMITY: Final = "民法典 §621"
FRAUD_REVOCATION: Final = "民法典 §152"
OPENING_IS_FINE: Final = "法释〔2022〕8号 §3"

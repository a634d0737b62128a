"""Who worded a draft is stored with it, and an edited draft of a model still needs its label."""

import hashlib

from review_manager.language_model.failure import Why
from review_manager.language_model.provenance import (
    by_model,
    by_template,
    is_generated,
    prompt_hash,
)
from review_manager.language_model.wire import Message

TEXT = "拆开新杯子的那份高兴被打断了，杯盖漏水换作我们自己也会着急，对不起。（AI生成）"
OTHER = "看到您写的杯盖漏水，让您没法安心用，真的很抱歉。有疑问随时在订单里找客服。"
ASKED = (Message("system", "规则"), Message("user", "草稿"))
NOTE = by_model(TEXT, ASKED, model="m", prompt_version="1")
DRAFTS = [{"text": TEXT, "wording": NOTE}, {"text": OTHER}]


def test_the_note_names_model_prompt_and_text() -> None:
    expected = {
        "source": "model",
        "model": "m",
        "prompt_version": "1",
        "prompt_hash": prompt_hash(ASKED),
        "text_hash": hashlib.sha256(TEXT.encode()).hexdigest(),
    }
    assert expected == NOTE
    assert prompt_hash(ASKED) != prompt_hash(ASKED[::-1])


def test_the_note_on_a_template_says_why() -> None:
    note = by_template(Why.TIMEOUT, model="m", prompt_version="1")
    assert note == {
        "source": "template",
        "model": "m",
        "prompt_version": "1",
        "why": "timeout",
    }


def test_a_models_draft_is_generated_with_or_without_its_label() -> None:
    assert is_generated(TEXT, DRAFTS)
    assert is_generated(TEXT.removesuffix("（AI生成）"), DRAFTS)
    assert is_generated(TEXT.replace("着急", "心急"), DRAFTS)


def test_templates_and_a_persons_own_words_are_not() -> None:
    assert not is_generated(OTHER, DRAFTS)
    assert not is_generated("您好，杯盖的事我来办，方便时回我一声。", DRAFTS)
    assert not is_generated("", DRAFTS)
    assert not is_generated(TEXT, [])
    assert not is_generated(TEXT, [{"text": TEXT}, {"text": TEXT, "wording": NOTE}])

"""Lets the model word the drafts of one review; whatever goes wrong, the template's text stands."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog

from compliance import load_platforms
from review_manager.drafting import Drafted, DraftOrder
from review_manager.language_model.checking import Task, accepted, check_unlike
from review_manager.language_model.client import ChatClient
from review_manager.language_model.endpoint import Endpoint
from review_manager.language_model.failure import OF_THE_CALL, NoWordingError, Why
from review_manager.language_model.masking import hidden
from review_manager.language_model.policy import ModelPolicy, load_model_policy
from review_manager.language_model.prompt import build_prompt
from review_manager.language_model.provenance import (
    PRIVATE_WORDING,
    WORDING,
    Note,
    by_model,
    by_template,
)
from review_manager.language_model.skeleton import make_skeleton
from review_manager.replies.drafting import ANSWER_LENGTH, THANKS_LENGTH
from review_manager.replies.naming import complaints, name_problem, short_product
from review_manager.replies.phrases import Phrases, load_phrases

log = structlog.get_logger(__name__)

_LEAST_TO_WORD = 6
_PRIVATE_LIMIT = 1000


@dataclass(frozen=True)
class _Worded:
    """What became of one text; `text` is None where the template's stands."""

    text: str | None
    note: Note


class ReplyWriter:
    """Words drafts with one endpoint."""

    def __init__(
        self,
        client: ChatClient,
        *,
        policy: ModelPolicy | None = None,
        phrases: Phrases | None = None,
    ) -> None:
        self._client = client
        self._policy = policy or load_model_policy()
        self._phrases = phrases or load_phrases()

    async def reword(self, drafted: Drafted, order: DraftOrder) -> Drafted:
        """Return the drafts with the first variants and the private message in the model's words.

        Promises, amounts and the improvement are those of the templates, to the letter. Each text
        carries a note: who worded it, or why the model did not. Never raises; takes the client's
        time limit at most.
        """
        if not drafted.variants:
            return drafted
        variants = drafted.variants[: self._policy.variants]
        tasks = [self._public_task(variant, order) for variant in variants]
        if self._policy.private and drafted.private:
            tasks.append(self._private_task(drafted, order))
        worded = await asyncio.gather(
            *(self._word(task, order, number) for number, task in enumerate(tasks))
        )
        return self._merged(drafted, order, worded)

    async def _word(self, task: Task, order: DraftOrder, number: int) -> _Worded:
        try:
            self._check_worth(task, order)
            messages = build_prompt(task, self._policy, known=order.personal, number=number)
            answer = await self._client.complete(messages)
            text = await asyncio.to_thread(accepted, answer, task, self._policy)
        except NoWordingError as error:
            return self._kept(error, order)
        except Exception:
            log.exception("wording a reply failed", review=order.review_id)
            return self._kept(NoWordingError(Why.BROKEN_ANSWER), order)
        named = self._named
        return _Worded(text, by_model(text, messages, **named))

    def _check_worth(self, task: Task, order: DraftOrder) -> None:
        """Injury and threat are answered in considered words; the rest must leave room for ours."""
        if order.case.analysis.safety or order.case.analysis.threat:
            raise NoWordingError(Why.GRAVE)
        own = task.skeleton.own
        if sum(character.isalnum() for character in own) < _LEAST_TO_WORD:
            raise NoWordingError(Why.NOTHING_TO_WRITE)
        if hidden(own, slot=self._policy.slots.hidden, known=order.personal) != own:
            raise NoWordingError(Why.PERSONAL_DATA)

    def _public_task(self, variant: Mapping[str, Any], order: DraftOrder) -> Task:
        promises = [promise["text"] for promise in variant["promises"]]
        improvement = variant["improvement"]
        keep = [*promises, *([improvement["plan"]] if improvement else [])]
        shortest, longest = ANSWER_LENGTH if keep else THANKS_LENGTH
        return self._task(
            variant["text"],
            order,
            keep=keep,
            words={},
            public=True,
            lengths=(shortest, longest),
        )

    def _private_task(self, drafted: Drafted, order: DraftOrder) -> Task:
        names, facts = self._policy.slots, order.facts
        words = {facts.address or "": names.address, facts.order_number or "": names.order}
        length = len(drafted.private)
        keep = [*self._phrases.private.untied, *self._phrases.private.closing]
        return self._task(
            drafted.private,
            order,
            keep=keep,
            words=words,
            public=False,
            lengths=(length * 2 // 3, length * 3 // 2),
        )

    def _task(
        self,
        template: str,
        order: DraftOrder,
        *,
        keep: Sequence[str],
        words: Mapping[str, str],
        public: bool,
        lengths: tuple[int, int],
    ) -> Task:
        names, phrases, case = self._policy.slots, self._phrases, order.case
        found = complaints(case, phrases)
        problem = name_problem(found[0], phrases) if found else ""
        skeleton = make_skeleton(
            template,
            names=names,
            keep=keep,
            commits=self._policy.patterns.commits,
            words={**words, problem: names.problem},
        )
        platform = load_platforms().get_terms(case.platform).max_characters
        return Task(
            skeleton=skeleton,
            template=template,
            review=order.review_text,
            product=f"{case.product_name} {short_product(case.product_name, phrases)}",
            rude=phrases.naming.rude,
            public=public,
            shortest=min(lengths[0], len(template)),
            longest=max(lengths[1], len(template)),
            limit=platform if public else _PRIVATE_LIMIT,
        )

    def _merged(self, drafted: Drafted, order: DraftOrder, worded: Sequence[_Worded]) -> Drafted:
        """Take a wording over where it reads unlike the last replies and the other variants."""
        variants = [dict(variant) for variant in drafted.variants]
        public = worded[: len(drafted.variants[: self._policy.variants])]
        for number, one in enumerate(public):
            variant = variants[number]
            others = [*order.recent, *(other["text"] for other in variants if other is not variant)]
            variants[number] = self._settled(variant, one, others, order)
        private = drafted.private
        for one in worded[len(public) :]:
            private = one.text or private
            variants[0][PRIVATE_WORDING] = one.note
        return replace(drafted, variants=variants, private=private)

    def _settled(
        self, variant: dict[str, Any], one: _Worded, others: Sequence[str], order: DraftOrder
    ) -> dict[str, Any]:
        if one.text is None:
            return {**variant, WORDING: one.note}
        try:
            like = check_unlike(
                one.text, others, template=variant["text"], alike=self._policy.alike
            )
        except NoWordingError as error:
            return {**variant, WORDING: self._kept(error, order).note}
        changed = {"text": one.text, "likeness": round(like, 3), "findings": [], WORDING: one.note}
        return {**variant, **changed}

    def _kept(self, error: NoWordingError, order: DraftOrder) -> _Worded:
        detail = error.detail if error.why in OF_THE_CALL else ""
        log.info(
            "the template words a reply", review=order.review_id, why=str(error.why), detail=detail
        )
        return _Worded(None, by_template(error.why, **self._named))

    @property
    def _named(self) -> dict[str, str]:
        version = self._policy.prompt_version
        return {"model": self._client.endpoint.model, "prompt_version": version}


@asynccontextmanager
async def open_writer(
    endpoint: Endpoint | None, *, policy: ModelPolicy | None = None
) -> AsyncIterator[ReplyWriter | None]:
    """Open a writer for an endpoint, and None for none; raises PolicyError for unusable rules."""
    if endpoint is None:
        yield None
        return
    rules = policy or load_model_policy()
    client = ChatClient(endpoint, rules.call)
    try:
        yield ReplyWriter(client, policy=rules)
    finally:
        await client.close()

"""Reads request bodies and queries into Pydantic models, with one error shape for all."""

import json
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from server.problems import Problem

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: web.Request, model: type[Model]) -> Model:
    """Return the JSON body as `model`; raises Problem 400 (no JSON) or 422 (wrong fields)."""
    raw = await request.read()
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Problem(400, "请求内容不是 UTF-8 编码") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise Problem(400, f"请求内容不是有效的 JSON：{error}") from None
    return _validate(value, model)


def read_query(request: web.Request, model: type[Model]) -> Model:
    """Return the query string as `model`; a repeated name keeps its last value."""
    return _validate(dict(request.query), model)


def _validate(value: object, model: type[Model]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [
            {
                "field": ".".join(str(part) for part in item["loc"]) or "(body)",
                "message": item["msg"],
            }
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        fields = "、".join(dict.fromkeys(item["field"] for item in errors))
        raise Problem(422, f"请检查这些字段：{fields}", errors=errors) from None

"""Reads the dated rules of data/policies and says, by file and key, what is wrong in one."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

POLICY_FOLDER = Path(__file__).resolve().parent.parent / "data" / "policies"

PolicyModel = TypeVar("PolicyModel", bound=BaseModel)


class Strict(BaseModel):
    """A part of a policy file: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicyError(ValueError):
    """A policy file cannot be used; the message names the file and the key."""


def read_policy(path: Path, model: type[PolicyModel]) -> PolicyModel:
    """Return the policy in the YAML file `path`, checked against `model`; raise PolicyError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: is not YAML in UTF-8: {error}") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise PolicyError(_told(path, error)) from error


def _told(path: Path, error: ValidationError) -> str:
    faults = (
        f"{'.'.join(str(key) for key in fault['loc']) or 'the file'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_context=False)
    )
    return f"{path}: " + "; ".join(faults)

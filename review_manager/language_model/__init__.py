"""An optional language model words replies; it decides nothing, and the templates stand by."""

from review_manager.language_model.client import ChatClient
from review_manager.language_model.endpoint import BadEndpointError, Endpoint, read_key
from review_manager.language_model.failure import NoWordingError, Why
from review_manager.language_model.policy import ModelPolicy, load_model_policy
from review_manager.language_model.provenance import is_generated
from review_manager.language_model.writer import ReplyWriter, open_writer

__all__ = [
    "BadEndpointError",
    "ChatClient",
    "Endpoint",
    "ModelPolicy",
    "NoWordingError",
    "ReplyWriter",
    "Why",
    "is_generated",
    "load_model_policy",
    "open_writer",
    "read_key",
]

"""Which language model words the replies to reviews, by the settings; none unless one is set."""

from datetime import timedelta

from review_manager.language_model import Endpoint, read_key
from server.settings import Settings


def endpoint_of(settings: Settings) -> Endpoint | None:
    """Return the endpoint, None while none is set.

    Raises BadEndpointError at the start of the server, so that nobody believes a model is on that
    is not; the file wins over the key in the environment.
    """
    if not settings.llm_url:
        return None
    key = settings.llm_key.get_secret_value()
    if settings.llm_key_file is not None:
        key = read_key(settings.llm_key_file)
    return Endpoint(
        settings.llm_url,
        settings.llm_model,
        key=key,
        time_limit=timedelta(seconds=settings.llm_timeout_seconds),
        stream=settings.llm_stream,
    )

"""What the bot's own processes find in their environment: the settings that concern them."""

import os

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


def bot_environment() -> dict[str, str]:
    """Return the environment for training, reading and serving: this process's, and the settings.

    Raises:
        pydantic.ValidationError: a setting is wrong.
    """
    return {**os.environ, **QUIET, **embeddings_environment()}


def embeddings_environment() -> dict[str, str]:
    """Return the KEFU_EMBEDDINGS_* that are set, in the environment or in .env.

    The featurizer of the bot reads them; the key is passed on and written nowhere.
    """
    from server.settings import Settings

    settings = Settings()
    found = {
        "KEFU_EMBEDDINGS_URL": settings.embeddings_url,
        "KEFU_EMBEDDINGS_MODEL": settings.embeddings_model,
        "KEFU_EMBEDDINGS_KEY": settings.embeddings_key.get_secret_value(),
    }
    return {name: value for name, value in found.items() if value}

"""Serves the shop's actions with the SDK's own server, as `rasa run actions` does; for a bench."""

import os
import sys

from rasa_sdk.endpoint import run
from rasa_sdk.executor import ActionExecutor

from actions.database import use_database
from storage.engine import Database
from storage.sealed import use_keyring
from storage.settings import StorageSettings


def main(port: int) -> None:
    """Serve on `port` until told to stop; the SDK takes the address from SANIC_HOST."""
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    settings = StorageSettings()
    use_keyring(settings.keyring())
    use_database(Database(settings.database))
    executor = ActionExecutor()
    executor.register_package("actions")
    run(executor, port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Serves the actions to Rasa, on loopback only: `python -m actions`.

It answers Rasa's own wire format straight from aiohttp: the SDK's server would listen on every
address by default, and brings a second web framework into the process.
"""

import json
import os

from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.database import use_database
from storage.engine import Database
from storage.sealed import use_keyring
from storage.settings import StorageSettings

HOST = "127.0.0.1"
LARGEST_CALL_BYTES = 16 * 1024**2
EXECUTOR = web.AppKey("executor", ActionExecutor)


def main() -> None:
    """Serve every action of this package until told to stop."""
    settings = StorageSettings()
    use_keyring(settings.keyring())
    use_database(Database(settings.database))
    port = int(os.environ.get("KEFU_ACTIONS_PORT", "5055"))
    web.run_app(create_app(), host=HOST, port=port, print=None, access_log=None)


def create_app() -> web.Application:
    """Return the endpoint that Rasa calls."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app = web.Application(client_max_size=LARGEST_CALL_BYTES)
    app[EXECUTOR] = executor
    app.router.add_post("/webhook", webhook)
    app.router.add_get("/health", health)
    return app


async def webhook(request: web.Request) -> web.Response:
    """Run the action that Rasa asks for; the answer is its events and responses."""
    try:
        call = json.loads(await request.read())
        # Rasa sends the domain only with actions that declare send_domain; the rest need none.
        call.setdefault("domain", {})
        result = await request.app[EXECUTOR].run(call)
    except ActionExecutionRejection as rejection:
        body = {"error": str(rejection), "action_name": rejection.action_name}
        return web.json_response(body, status=400)
    except ActionNotFoundException as missing:
        body = {"error": str(missing), "action_name": missing.action_name}
        return web.json_response(body, status=404)
    if result is None:
        return web.json_response({"events": [], "responses": []})
    return web.json_response({"events": result.events, "responses": result.responses})


async def health(_request: web.Request) -> web.Response:
    """Answer as long as the process serves."""
    return web.json_response({"status": "ok"})


if __name__ == "__main__":
    main()

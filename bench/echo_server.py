"""The bare comparison: an aiohttp WebSocket that sends back what it gets and stores nothing."""

import sys

from aiohttp import WSMsgType, web


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Echo every text frame."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=64 * 1024, compress=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


def main() -> None:
    """Serve on the port of the first argument."""
    app = web.Application()
    app.router.add_get("/ws", echo)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()

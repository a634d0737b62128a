"""A stage for the pages: the real files and headers, and two halves of a scripted desk."""

import asyncio
import csv
from pathlib import Path

from aiohttp import web
from chat_stage import Chat
from console_stage import ConsoleDesk

from server import static, widget_bundle
from server.headers import add_security_headers
from server.keys import SETTINGS
from server.problems import problem_middleware
from server.settings import Settings

PRODUCTS = Path(__file__).parents[2] / "data/shop/products.csv"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
)


class Stage:
    """The application; `chat` is the one conversation, `staff` what the console's script uses."""

    def __init__(self) -> None:
        self.chat = Chat()
        self.url = self.elsewhere_url = ""
        self.app = web.Application(middlewares=[problem_middleware], client_max_size=8 * 1024**2)
        self.app[SETTINGS] = Settings(widget_origins=["http://localhost:*", "http://127.0.0.1:*"])
        self.app.on_response_prepare.append(add_security_headers)
        widget_bundle.add_routes(self.app)
        static.add_routes(self.app)
        self.app.router.add_get("/ws/customer", self.chat.socket)
        self.app.router.add_post("/api/chat/attachments", self.attach)
        self.app.router.add_get("/chat-images/{id}", self.image)
        self.app.router.add_get("/api/shop/demo", self.shop)
        self.app.router.add_get("/api/shop/demo/ticket", self.ticket)
        self.desk = ConsoleDesk()
        self.desk.add_routes(self.app)
        self.elsewhere = web.Application()
        self.elsewhere.router.add_get("/host", self.host)
        self.elsewhere.router.add_get("/strict", self.strict_host)
        self.elsewhere.router.add_get("/favicon.ico", self.favicon)
        self.app.router.add_get("/blank", self.blank)

    async def blank(self, _request: web.Request) -> web.Response:
        """An empty page of the family, under its policy, for parts without a page of their own."""
        sheets = "".join(
            f'<link rel="stylesheet" href="/assets/shared/{name}.css">'
            for name in ("tokens", "parts", "states", "layers", "topbar", "charts/charts")
        )
        page = (
            f'<!doctype html><html lang="zh-CN"><title>空白页</title>{sheets}'
            '<link rel="icon" href="data:,"><main><h1 class="unseen">空白页</h1></main>'
        )
        return web.Response(text=page, content_type="text/html")

    async def host(self, request: web.Request) -> web.Response:
        """A shop's page of another origin with hostile styles and its own message handler."""
        origin = request.query.get("kefu", "")
        page = f"""<!doctype html><html lang="zh-CN"><title>别家的店</title>
        <link rel="icon" href="data:,">
        <style>*{{color:red!important;font-size:40px!important}}</style><h1>别家的店</h1>
        <script src="{origin}/widget.js" async data-shop="test"></script>
        <script>window.heard=[];window.onmessage=(e)=>heard.push(e.data)</script>"""
        return web.Response(text=page, content_type="text/html")

    async def strict_host(self, request: web.Request) -> web.Response:
        """A shop's page whose policy allows nothing but the widget's origin."""
        origin = request.query.get("kefu", "")
        page = f"""<!doctype html><html lang="zh-CN"><title>严格的店</title>
        <h1>严格的店</h1><script src="{origin}/widget.js" async data-shop="test"></script>"""
        response = web.Response(text=page, content_type="text/html")
        policy = f"default-src 'none'; script-src {origin}; frame-src {origin}; img-src 'self'"
        response.headers["Content-Security-Policy"] = policy
        return response

    async def favicon(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def attach(self, request: web.Request) -> web.Response:
        if self.chat.refuses_pictures:
            problem = {"status": 415, "detail": "只能发送 JPEG、PNG、WebP 或 GIF 图片"}
            return web.json_response(problem, status=415)
        self.chat.received.append(
            {
                "type": "upload",
                "authorization": request.headers.get("Authorization"),
                "bytes": len(await request.read()),
            }
        )
        return web.json_response(
            {"id": "i1", "url": "/chat-images/i1?key=k", "width": 60, "height": 40}
        )

    async def image(self, _request: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="image/png")

    async def shop(self, _request: web.Request) -> web.Response:
        with PRODUCTS.open(encoding="utf-8") as file:
            rows = [row | {"picture": row["image"]} for row in csv.DictReader(file)]
        for row in rows:
            for name in ("price_fen", "stock", "warranty_months"):
                row[name] = int(row[name] or 0)
        names = {"C0001": ("王芳", "包裹 60 小时没有更新"), "C0002": ("李强", "八天前签收")}
        customers = [
            {"id": key, "name": name, "about": about} for key, (name, about) in names.items()
        ]
        return web.json_response({"products": rows, "customers": customers})

    async def ticket(self, request: web.Request) -> web.Response:
        return web.json_response({"identity": f"ticket-of-{request.query['customer']}"})


async def main(port: int) -> None:
    """Serve the stage, and the other origin's page on the next port, for looking by hand."""
    stage = Stage()
    for shift, app in enumerate((stage.app, stage.elsewhere)):
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port + shift).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import sys

    asyncio.run(main(int(sys.argv[1])))

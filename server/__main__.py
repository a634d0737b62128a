"""Runs the web program: `python -m server`."""

import logging
import sys

import structlog
from aiohttp import web

from server.app import create_app
from server.garbage import add_collector
from server.settings import Settings

SWITCH_SECONDS = 0.0005


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    set_up_logs(settings)
    # The event loop and the database's threads hand the interpreter to each other all day; at the
    # default of 5 ms every hand-over under load costs more than the work between two of them.
    sys.setswitchinterval(SWITCH_SECONDS)
    app = create_app(settings)
    add_collector(app)
    web.run_app(app, host=settings.host, port=settings.port, print=None, access_log=None)


def set_up_logs(settings: Settings) -> None:
    """Log one line an event: for people by default, as JSON where a machine collects them."""
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(colors=False)
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


if __name__ == "__main__":
    main()

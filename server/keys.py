"""The typed keys under which the application keeps what its handlers share."""

from aiohttp import web

from server.settings import Settings
from storage.engine import Database

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)

"""Every setting of the product: environment variables KEFU_*, or the file .env."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from storage.sealed import Keyring


class Settings(BaseSettings):
    """The settings with their defaults; each is described once in .env.example."""

    model_config = SettingsConfigDict(env_prefix="KEFU_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    var_dir: Path = Path("var")
    database_url: str = ""
    widget_origins: Annotated[list[str], NoDecode] = []
    bot_port: int = Field(default=5005, ge=1, le=65535)
    actions_port: int = Field(default=5055, ge=1, le=65535)
    bot_timeout_seconds: float = Field(default=5.0, gt=0)
    session_idle_minutes: int = Field(default=8 * 60, ge=5)
    session_hours: int = Field(default=24, ge=1)
    log_format: str = Field(default="text", pattern="^(text|json)$")
    demo: bool = False

    @field_validator("widget_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]

    @property
    def url(self) -> str:
        """The address people open, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The database's URL: PostgreSQL where one is set, else a SQLite file in var_dir."""
        return self.database_url or f"sqlite:///{self.var_dir.resolve() / 'kefu.db'}"

    @property
    def bot_url(self) -> str:
        """Where the Rasa server answers; always loopback."""
        return f"http://127.0.0.1:{self.bot_port}"

    @property
    def secrets_dir(self) -> Path:
        """Where the keys lie that must not be in the database or its backups."""
        return self.var_dir / "secrets"

    def keyring(self) -> Keyring:
        """Return the keyring of the sealed columns, made on first use."""
        return Keyring.load_or_create(self.secrets_dir / "keyring.json")

"""The settings of the web program, on top of those of storage."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from storage.settings import StorageSettings


class Settings(StorageSettings):
    """Settings with their defaults; each is described once in .env.example."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    widget_origins: Annotated[list[str], NoDecode] = Field(default=[])
    bot_port: int = Field(default=5005, ge=1, le=65535)
    bot_timeout_seconds: float = Field(default=5.0, gt=0)
    embeddings_url: str = ""
    embeddings_model: str = ""
    embeddings_key: SecretStr = SecretStr("")
    chat_burst: int = Field(default=20, ge=1)
    chat_per_second: float = Field(default=2.0, gt=0)
    session_idle_minutes: int = Field(default=8 * 60, ge=5)
    session_hours: int = Field(default=24, ge=1)
    log_format: str = Field(default="text", pattern="^(text|json)$")
    demo: bool = False
    llm_url: str = ""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_key_file: Path | None = None
    llm_timeout_seconds: float = Field(default=8.0, gt=0, le=60)
    llm_stream: bool = False
    push_secret: SecretStr = SecretStr("")
    push_replies_url: str = ""
    push_platforms: Annotated[list[str], NoDecode] = Field(default=[])
    push_invitations_url: str = ""
    dingtalk_url: str = ""
    dingtalk_secret: str = ""
    feishu_url: str = ""
    feishu_secret: str = ""
    wecom_url: str = ""

    @field_validator("llm_key_file", mode="before")
    @classmethod
    def _empty_is_no_file(cls, value: object) -> object:
        return value or None

    @field_validator("widget_origins", "push_platforms", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]

    @property
    def url(self) -> str:
        """The address people open, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def bot_url(self) -> str:
        """Where the Rasa server answers; always loopback."""
        return f"http://127.0.0.1:{self.bot_port}"

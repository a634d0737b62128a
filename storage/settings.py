"""Where the data lies: settings that every process of the product shares."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.private_files import write_private
from storage.sealed import Keyring


class StorageSettings(BaseSettings):
    """Settings from the environment (KEFU_*) or the file .env; described in .env.example."""

    model_config = SettingsConfigDict(env_prefix="KEFU_", env_file=".env", extra="ignore")

    var_dir: Path = Path("var")
    database_url: str = ""

    @property
    def database(self) -> str:
        """The database's URL: PostgreSQL where one is set, else a SQLite file in var_dir."""
        return self.database_url or f"sqlite:///{self.var_dir.resolve() / 'kefu.db'}"

    @property
    def secrets_dir(self) -> Path:
        """Where the keys lie that must not be in the database or its backups."""
        return self.var_dir / "secrets"

    @property
    def models_dir(self) -> Path:
        """Where models lie that the shop trained on its own reviews."""
        return self.var_dir / "models"

    def keyring(self) -> Keyring:
        """Return the keyring of the sealed columns, made on first use."""
        return Keyring.load_or_create(self.secrets_dir / "keyring.json")

    def ticket_secret(self) -> bytes:
        """Return the secret that the shop's own page signs its customers' tickets with."""
        path = self.secrets_dir / "ticket_secret"
        if not path.exists():
            write_private(path, secrets.token_hex(32))
        return path.read_text().strip().encode()

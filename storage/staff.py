"""The shop's own people: who may log in, under which name and role."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Json, UtcDateTime
from storage.tables import Base, new_id


class Role(StrEnum):
    """What a person does at the desk; each role is a set of permissions in server/."""

    AGENT = "agent"
    OPERATOR = "operator"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"


class DbStaff(Base):
    """One member of staff."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    skills: Mapped[list[str]] = mapped_column(Json, default=list)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

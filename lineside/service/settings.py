"""Settings of the running service: from ``LINESIDE_…`` in the environment, else ``lineside.toml``, else defaults."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from lineside.service.addresses import is_safe

SETTINGS_FILE = "LINESIDE_SETTINGS"
"""Environment variable with the path of the settings file; without it, ``lineside.toml`` here."""


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "lineside"


class ServiceSettings(BaseSettings):
    """What can be set about the service; seconds and bytes stand in the names."""

    model_config = SettingsConfigDict(env_prefix="LINESIDE_", extra="forbid", frozen=True)

    database: SecretStr | None = Field(None, description="postgresql:// address; none: an embedded server is started")
    data: Path = Field(default_factory=_data_folder, description="folder on a local disk for the embedded server")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    worker: bool = Field(True, description="whether serve starts a worker too")
    pages: bool = Field(True, description="whether serve starts the pages too")
    pages_port: int = Field(8501, ge=1, le=65535, description="port of the pages")
    pages_url: str = Field("", description="address that people open the pages at; empty: on this machine alone")
    pages_cookie_secret: SecretStr | None = Field(
        None, min_length=32, description="signs the cookies of OpenID Connect; none: one is kept in the data folder"
    )
    public_url: str = Field("", description="address that people reach the service at; empty: as requested")
    trusted_proxies: str = Field(
        "", description="addresses or networks, separated by commas, of proxies whose X-Forwarded-For is believed"
    )
    region: str = Field("main", min_length=1, description="name of the region that a new database gets")

    oidc_issuer: str = Field("", description="OpenID Connect issuer that people may sign in with; empty: keys alone")
    oidc_client_id: str = Field("", description="what the issuer calls Lineside")
    oidc_client_secret: SecretStr | None = Field(
        None, validate_default=True, description="secret that the issuer gave to Lineside"
    )
    oidc_name: str = Field(
        "OpenID Connect", min_length=1, max_length=60, description="what the sign-in calls the issuer"
    )
    oidc_confirmed_claim: str = Field(
        "email_verified", min_length=1, description="claim that tells that an email address was confirmed"
    )

    smtp_host: str = Field("", description="SMTP server that sends notices; empty: none are sent")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is protected; none on the own machine alone"
    )
    smtp_username: str = Field("", description="account at the server; empty: it asks for none")
    smtp_password: SecretStr | None = Field(None, description="password of the account")
    smtp_from: str = Field("", validate_default=True, description="address that notices come from")
    smtp_seconds: float = Field(30.0, gt=0, description="time that the server gets for one mail")
    mail_attempts: int = Field(8, gt=0, description="times that a mail is tried before it is given up")
    mail_retry_seconds: int = Field(60, ge=0, description="wait after the first failed try; it grows with each")
    notice_days: int = Field(3, ge=1, le=366, description="changes of meetings within so many days are told by mail")

    upload_bytes: int = Field(32 * 2**20, gt=0, description="largest request body")
    unpacked_bytes: int = Field(256 * 2**20, gt=0, description="most bytes that an uploaded archive unpacks to")
    failed_keys_per_minute: int = Field(20, gt=0, description="wrong keys or addresses one client may try in a minute")

    run_seconds: float = Field(3600.0, gt=0, description="longest time that a run may ask for")
    run_workers: int = Field(8, gt=0, description="most workers that a run may ask for")
    concurrency: int = Field(1, gt=0, description="runs that one worker solves at the same time")
    beat_seconds: float = Field(2.0, gt=0, description="how often a worker tells that a run is alive")
    stalled_seconds: float = Field(15.0, gt=0, description="silence after which a run is taken up again")
    sweep_seconds: float = Field(5.0, gt=0, description="how often workers look for stalled runs")
    max_attempts: int = Field(3, gt=0, description="attempts that may die before a run is failed")
    overtime_seconds: float = Field(
        3600.0, gt=0, description="what a run may take beyond its own time to prepare, explain and check"
    )
    stop_seconds: float = Field(600.0, gt=0, description="time that a run gets to end once it is asked to stop")
    shutdown_seconds: float = Field(20.0, gt=0, description="time that requests and runs get to end in peace")
    events_seconds: float = Field(0.5, gt=0, description="how often a stream of events looks for new ones")

    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level that is logged")

    @property
    def own_address(self) -> str:
        """Where the pages, on the same machine, find the service."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"

    @property
    def pages_address(self) -> str:
        """Where people open the pages."""
        return self.pages_url.rstrip("/") or f"http://{self.host}:{self.pages_port}"

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        if value and not is_safe(value):
            raise ValueError("whoever is on the way could change what the issuer says; give an https:// address")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _is_sender(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("smtp_host") and "@" not in value:
            raise ValueError("notices must come from an address; give one such as training@college.example")
        if not value.isprintable():
            raise ValueError("an address is one line; give one such as training@college.example")
        return value

    @field_validator("oidc_client_secret")
    @classmethod
    def _is_whole(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        given = (others.data.get("oidc_issuer"), others.data.get("oidc_client_id"), value)
        if any(given) and not all(given):
            raise ValueError("oidc_issuer, oidc_client_id and oidc_client_secret belong together; give all or none")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            try:
                ipaddress.ip_network(part)
            except ValueError:
                # Names and "*" are refused: whoever could be taken for a proxy could choose whom to be counted as.
                raise ValueError(f"{part} is no address or network; give for example 10.0.0.7 or 10.0.0.0/24") from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Give the order of the sources: arguments, environment, settings file."""
        path = Path(os.environ.get(SETTINGS_FILE, "lineside.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)

"""One frozen Settings: flags over environment over ``regional-qa.toml`` over defaults.

The environment variable of a setting is ``REGIONAL_QA_`` and its name in capitals; the file is read
from the current folder. Knows nothing about what the settings are used for.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from regional_qa.errors import UsageError

CORPUS = Path("corpus")
"""The articles where nothing else is named or known."""
BUNDLED = "bundled"
"""The embedder that ships with the package."""
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")
STORES = ("faiss", "milvus")
"""Where vectors are searched: in this process, or on a server."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how they are served. Relative paths start at the current folder.

    ``corpus`` left out is the one that the index was built from, while that is still there, else the folder ``corpus``.
    ``password`` is what the chat asks for before it opens, where one is set. A language model is asked only where
    ``llm_url`` names its server. ``password``, ``secret`` and ``llm_key`` are never shown.

    ``hosts`` are further names under which the server is called, ``proxies`` the addresses (or networks) of servers
    before it whose word on a visitor's address is taken; both separated by commas. ``secret`` seals the sessions of
    servers that stand for one another. ``feedback`` is a file; left empty it lies in the index folder. ``log_level``
    left empty is info where ``log_format`` is json, else warning.

    The vectors are where ``store`` says; ``milvus_uri`` is the server's address, or a file ``*.db`` for Milvus Lite.
    ``milvus_token`` is never shown, and only read from the environment.

    Raises:
        UsageError: a value that cannot be used; a path may be given as text, a port only as a number.
    """

    corpus: Path | None = None
    index: Path = Path("index")
    embedder: str = BUNDLED
    reranker: str = ""
    store: str = STORES[0]
    milvus_uri: str = ""
    milvus_token: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 7860
    hosts: str = ""
    proxies: str = "127.0.0.1"
    password: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    feedback: str = ""
    log_format: str = "text"
    log_level: str = ""
    llm_url: str = ""
    llm_model: str = ""
    llm_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in ("corpus", "index"):
            path = getattr(self, name)
            if path is None and name == "corpus":
                continue
            if not isinstance(path, str | Path) or not str(path) or "\0" in str(path):
                raise UsageError(f"{name} must be a path, got {path!r}")
            object.__setattr__(self, name, Path(path))
        for name in ("embedder", "host"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text or "\0" in text:
                raise UsageError(f"{name} must be a name, got {text!r}")
        if not isinstance(self.reranker, str) or "\0" in self.reranker:
            raise UsageError(f"reranker must be a name, got {self.reranker!r}")
        if type(self.port) is not int or not 0 <= self.port <= 65535:
            raise UsageError(f"port must be a number from 0 to 65535, got {self.port!r}")
        if not isinstance(self.password, str) or not (not self.password or 8 <= len(self.password) <= 200):
            raise UsageError("password must be text of 8 to 200 characters")
        if not isinstance(self.secret, str) or not (not self.secret or 32 <= len(self.secret) <= 200):
            raise UsageError("secret must be text of 32 to 200 characters")
        self._check_store()
        self._check_serving()
        self._check_language_model()

    def _check_serving(self) -> None:
        """Refuse lists, a file and ways of logging that cannot be used."""
        if not isinstance(self.feedback, str) or not self.feedback.isprintable():
            raise UsageError(f"feedback must be a file, got {self.feedback!r}")
        if not isinstance(self.hosts, str) or not all(map(_HOST.fullmatch, listed(self.hosts))):
            raise UsageError(f"hosts must be names separated by commas, without ports, got {self.hosts!r}")
        if not isinstance(self.proxies, str) or not all(map(_is_network, listed(self.proxies))):
            raise UsageError(f"proxies must be addresses such as 10.0.0.1 or 10.0.0.0/8, got {self.proxies!r}")
        if self.log_format not in LOG_FORMATS:
            raise UsageError(f"log_format must be {' or '.join(LOG_FORMATS)}, got {self.log_format!r}")
        if self.log_level not in ("", *LOG_LEVELS):
            raise UsageError(f"log_level must be one of {', '.join(LOG_LEVELS)}, got {self.log_level!r}")

    def _check_store(self) -> None:
        """Refuse a server that cannot be reached by what is said of it; messages never hold the address or the token."""
        if self.store not in STORES:
            raise UsageError(f"store must be one of {', '.join(STORES)}, got {self.store!r}")
        if not isinstance(self.milvus_uri, str) or not isinstance(self.milvus_token, str):
            raise UsageError("milvus_uri and milvus_token must be text")
        if self.milvus_token and not re.fullmatch("[!-~]+", self.milvus_token):
            raise UsageError("milvus_token must be printable ASCII without blanks: USER:PASSWORD or an API key")
        if self.milvus_uri or self.store == "milvus":
            is_file = self.milvus_uri.endswith(".db") and "://" not in self.milvus_uri
            if not (is_file and self.milvus_uri.isprintable()) and not _is_address(self.milvus_uri):
                raise UsageError(
                    "the store milvus needs a server: set --uri (milvus_uri) to an address like http://127.0.0.1:19530, "
                    "without user, query or fragment, or to a file *.db for Milvus Lite"
                )

    def _check_language_model(self) -> None:
        """Refuse what no request can be made of; messages never hold an address or the key, either may be a secret."""
        if not all(isinstance(text, str) for text in (self.llm_url, self.llm_model, self.llm_key)):
            raise UsageError("llm_url, llm_model and llm_key must be text")
        if self.llm_key and not re.fullmatch("[!-~]+", self.llm_key):
            raise UsageError("llm_key must be printable ASCII without blanks")
        if not self.llm_url:
            return
        if not _is_address(self.llm_url):
            raise UsageError("llm_url must look like http://127.0.0.1:8080/v1, without user, query or fragment")
        if not self.llm_model or not self.llm_model.isprintable():
            raise UsageError("llm_model must name the model that llm_url serves")

    @classmethod
    def load(cls, file: Path = Path("regional-qa.toml"), **flags: object) -> Settings:
        """Settle every setting; a flag that is None and an empty environment variable were not given.

        Raises:
            UsageError: an unknown name, a wrong type or a broken file.
        """
        known = {field.name for field in fields(cls)}
        given: dict[str, object] = dict(_from_file(file, known))
        given |= {name: value for name in known if (value := os.environ.get(f"REGIONAL_QA_{name.upper()}"))}
        given |= {name: value for name, value in flags.items() if value is not None}
        port = given.get("port")
        if isinstance(port, str) and re.fullmatch("[0-9]{1,5}", port):
            given["port"] = int(port)
        if unknown := given.keys() - known:
            raise UsageError(f"there is no setting {sorted(unknown)[0]!r}; known are {', '.join(sorted(known))}")
        values: dict[str, Any] = given
        return cls(**values)


def listed(text: str) -> tuple[str, ...]:
    """What a setting names, separated by commas.

    >>> listed("qa.example, 10.0.0.1"), listed("")
    (('qa.example', '10.0.0.1'), ())
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _is_network(text: str) -> bool:
    try:
        return bool(ipaddress.ip_network(text))
    except ValueError:
        return False


def _is_address(url: str) -> bool:
    """Whether a text is an http address of a host, an optional port and a path."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return known and url.isprintable() and not set(url) & set(" @?#\\")


def _from_file(file: Path, known: set[str]) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be read ({error}); mend or remove it") from error
    if "milvus_token" in content:
        raise UsageError(f"{file} holds milvus_token; take it out and set REGIONAL_QA_MILVUS_TOKEN in the environment")
    if unknown := sorted(set(content) - known):
        raise UsageError(f"{file} has unknown settings {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return content

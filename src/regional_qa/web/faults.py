"""A fault that nobody foresaw: the client hears a number; the log has the same number and what happened, secrets struck.

Knows nothing about the faults that were foreseen, which tell their cure.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback

from regional_qa.web import texts
from regional_qa.web.guard import ASGIApp, Message, Receive, Scope, Send
from regional_qa.web.language import Language, language_of

logger = logging.getLogger(__name__)

_SECRET = re.compile(
    r"\b(?:sk|pk|hf|gh[opsu]|xox[abp])[-_][\w-]{8,}"
    r"|(?P<before>\b(?:bearer|basic)\s+|://[^/\s:@]*:|(?:key|token|password|secret)['\"]?\s*[:=]\s*['\"]?)"
    r"[^\s'\",}@]+",
    re.IGNORECASE,
)


def unforeseen(fault: BaseException, language: Language = "zh") -> str:
    """Log a fault under a number; the line that tells a client this number and nothing else."""
    number = secrets.token_hex(4)
    logger.error("fault %s\n%s", number, without_secrets("".join(traceback.format_exception(fault))))
    return texts.UNFORESEEN.to(language).format(number=number)


def without_secrets(text: str) -> str:
    """The text with what looks like a key, a token or a password struck.

    >>> without_secrets("refused sk-0123456789ab; Authorization: Bearer abc.def")
    'refused ***; Authorization: Bearer ***'
    >>> without_secrets("http://me:pass@host api_key='x1', a key is missing")
    "http://me:***@host api_key='***', a key is missing"
    """
    return _SECRET.sub(lambda found: f"{found['before'] or ''}***", text)


class Faults:
    """ASGI middleware: what an application raises ends here, as 500 and one line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; hold back an answer of 500 until it is known whether the fault itself comes behind it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if held or message.get("status") == 500:
                held.append(message)
                return
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as fault:  # noqa: BLE001 - nothing behind this sees it
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            line = unforeseen(fault, language_of(headers.get("cookie", ""), headers.get("accept-language", "")))
            if not begun:
                await _tell(line, send)
            return
        for message in held:
            await send(message)


async def _tell(line: str, send: Send) -> None:
    body = f"{line}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})

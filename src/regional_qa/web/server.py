"""Settings -> a running server: our own pages, the chat mounted beside them, the guard before both.

Knows nothing about what the pages say.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import sys
import threading
from pathlib import Path

from regional_qa.errors import IndexFault, RegionalQAError, UsageError
from regional_qa.settings import Settings
from regional_qa.web import texts
from regional_qa.web.desk import Desk
from regional_qa.web.guard import LOOPBACK, ASGIApp, Guard
from regional_qa.web.login import Login
from regional_qa.web.presence import Presence, has_left
from regional_qa.web.turns import Turns

logger = logging.getLogger(__name__)

CONNECTIONS = 800
"""Open connections at once, an open page holding one; beyond it the server answers 503. Work takes turns before that."""
_OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "GRADIO_RUN_HISTORY": "False"}


def serve(settings: Settings) -> None:
    """Serve the chat until interrupted; without a sound index it says so and waits for one.

    Raises:
        UsageError: a host that others can reach, or a port that is taken.
        ModelError: the embedding model is missing or broken, which no waiting mends.
    """
    listening = listen(settings.host, settings.port, has_login=bool(settings.password))
    logging.basicConfig(format="%(message)s", level=logging.WARNING)  # before a library does it its own way
    from regional_qa.assemble import open_assistant

    desk = Desk(lambda: open_assistant(settings, left=has_left))
    try:
        desk.assistant()
    except IndexFault as fault:
        logger.warning("%s; the chat answers as soon as that is done", fault)
    else:
        threading.Thread(target=_warm_up, args=(desk,), daemon=True).start()
    names = () if settings.host in LOOPBACK else (settings.host, socket.gethostname())
    app = build_app(desk, settings.index, names, settings.password)
    import uvicorn

    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app, log_level="warning", limit_concurrency=CONNECTIONS, timeout_graceful_shutdown=3, server_header=False
    )
    sys.stderr.write(texts.SERVING.format(address=f"http://{shown}:{port}"))
    # uvicorn hands Ctrl-C on after it has closed everything; a person who pressed it wants no traceback.
    with listening, contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _warm_up(desk: Desk) -> None:
    """Ask what nobody waits for, while the pages are still being built: the first question of all takes longest."""
    with contextlib.suppress(RegionalQAError):
        desk.assistant().ask(str(texts.EXAMPLES[0]), worded=False)


def listen(host: str, port: int, *, has_login: bool = False) -> socket.socket:
    """A bound socket, taken before anything is loaded, so that a wrong address fails at once.

    Raises:
        UsageError: the host is not this machine alone and there is no login, or the port is taken or forbidden.
    """
    if host not in LOOPBACK and not has_login:
        raise UsageError(
            f"host {host!r} would let others in and no password is set; use 127.0.0.1, "
            "or set REGIONAL_QA_PASSWORD to share the chat"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise UsageError(f"port {port} {why}; stop the other program or choose another with --port") from error
    return listening


def build_app(desk: Desk, index: Path, hosts: tuple[str, ...] = (), password: str = "") -> Guard:
    """The whole application as ASGI; ``index`` is the folder that the desk answers from."""
    go_offline()
    from regional_qa.web import tools
    from regional_qa.web.chat import build_blocks, mount
    from regional_qa.web.routes import NeedsIndex, own_pages

    app = own_pages(desk, index)
    if tools.are_there():
        tools.add_tools(app, desk)
    mount(app, build_blocks(desk, index))
    inner: ASGIApp = Turns(NeedsIndex(Presence(app), desk))
    return Guard(Login(inner, password) if password else inner, hosts)


def go_offline() -> None:
    """Set what Gradio reads when it is imported: no analytics, no hub, no proxy for our own address."""
    os.environ.update(_OFFLINE)
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, *sorted(LOOPBACK)]))

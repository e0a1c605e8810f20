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

from regional_qa.cores import share_heap
from regional_qa.errors import IndexFault, RegionalQAError, UsageError
from regional_qa.settings import Settings, listed
from regional_qa.web import texts
from regional_qa.web.calls import Calls
from regional_qa.web.desk import Desk
from regional_qa.web.faults import Faults
from regional_qa.web.guard import LOOPBACK, ASGIApp, Guard, Headers
from regional_qa.web.login import Login
from regional_qa.web.logs import log_to_stderr
from regional_qa.web.presence import Presence, has_left
from regional_qa.web.turns import Turns
from regional_qa.web.visits import Visits

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
    level = settings.log_level or ("info" if settings.log_format == "json" else "warning")
    log_to_stderr(settings.log_format, level)  # before a library does it its own way
    share_heap()  # before there are threads
    from regional_qa.assemble import open_assistant

    desk = Desk(lambda: open_assistant(settings, left=has_left))
    try:
        desk.assistant()
    except IndexFault as fault:
        logger.warning("%s; the chat answers as soon as that is done", fault)
    else:
        threading.Thread(target=_warm_up, args=(desk,), daemon=True).start()
    names = () if settings.host in LOOPBACK else (settings.host, socket.gethostname())
    feedback = Path(settings.feedback) if settings.feedback else None
    names = (*names, *(name.strip("[]") for name in listed(settings.hosts)))
    app = build_app(desk, settings.index, names, settings.password, secret=settings.secret, feedback=feedback)
    import uvicorn

    from regional_qa.web.ending import Ending, Server

    ending = Ending(app)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        ending,
        log_config=None,
        log_level="warning",
        access_log=False,
        limit_concurrency=CONNECTIONS,
        server_header=False,
        forwarded_allow_ips=list(listed(settings.proxies)),
    )
    _say(settings.log_format, f"http://{shown}:{port}")
    # uvicorn hands Ctrl-C on after it has closed everything; a person who pressed it wants no traceback.
    with listening, contextlib.suppress(KeyboardInterrupt):
        Server(config, ending).run(sockets=[listening])


def _warm_up(desk: Desk) -> None:
    """Ask what nobody waits for, while the pages are still being built: the first question of all takes longest."""
    with contextlib.suppress(RegionalQAError):
        desk.assistant().ask(str(texts.EXAMPLES[0]), worded=False)


def _say(style: str, address: str) -> None:
    """Where the chat is to be found: a line for whoever started it, or for what reads its log."""
    if style == "json":
        logger.info("serving", extra={"fields": {"address": address}})
    else:
        sys.stderr.write(texts.SERVING.format(address=address))


def listen(host: str, port: int, *, has_login: bool = False) -> socket.socket:
    """A bound socket, taken before anything is loaded, so that a wrong address fails at once.

    Raises:
        UsageError: the host is not this machine, or not it alone and there is no login, or the port is taken or forbidden.
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
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"host {host!r} is none of this machine's ({error.strerror}); change --host") from error
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise UsageError(f"port {port} {why}; stop the other program or choose another with --port") from error
    return listening


def build_app(
    desk: Desk,
    index: Path,
    hosts: tuple[str, ...] = (),
    password: str = "",
    *,
    secret: str = "",
    feedback: Path | None = None,
) -> Visits:
    """The whole application as ASGI; ``index`` is the folder that the desk answers from.

    ``secret`` seals the sessions of servers that stand for one another; ``feedback`` is a file, in the index by default.
    """
    go_offline()
    from regional_qa.web import tools
    from regional_qa.web.chat import build_blocks, events, mount
    from regional_qa.web.feedback import FILE
    from regional_qa.web.meter import Meter
    from regional_qa.web.routes import NeedsIndex, add_numbers, own_pages

    meter = Meter(desk, index)
    desk.watch(meter.timed)
    app = own_pages(desk, index)
    add_numbers(app, meter)
    if tools.are_there():
        tools.add_tools(app, desk)
    blocks = build_blocks(desk, feedback or index / FILE)
    mount(app, blocks)
    turns = Turns(NeedsIndex(Presence(app), desk))
    meter.turns(turns)
    inner: ASGIApp = Calls(turns, events(blocks))
    guarded = Guard(Login(inner, password, secret) if password else inner, hosts)
    return Visits(Headers(Faults(guarded)), meter.visit)


def go_offline() -> None:
    """Set what Gradio reads when it is imported: no analytics, no hub, no proxy for our own address."""
    os.environ.update(_OFFLINE)
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, *sorted(LOOPBACK)]))

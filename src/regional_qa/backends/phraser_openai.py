"""A Phraser over any server that speaks OpenAI's chat completions: one question, its quotations, no history.

A reply is handed on as it streams in; a server that answers whole is read as well. Every call has an end: a wall clock that a dripping server cannot stretch, a limit of bytes, at most one more try. After
failures in a row nobody is called for a while. Messages of faults never hold the address, the key or the server's words.
Knows nothing about what becomes of the text.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import secrets
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from regional_qa.completions import no_text, prompt, reply_of, request
from regional_qa.errors import PhrasingError

MOST_CHARS = 8000
"""Characters of the model's text that are handed on."""
MOST_CALLS = 4
"""Calls under way at once; whoever comes next is answered without."""
_WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds, bytes, and failures in a row."""

    total: float = 60.0
    first_byte: float = 20.0
    most_bytes: int = 256 * 1024
    pause: float = 0.5
    longest_pause: float = 5.0
    failures: int = 2
    rest: float = 30.0
    glance: float = 0.2


class OpenAIPhraser:
    """Asks the model ``model`` at ``url``, with or without ``/chat/completions``.

    ``left`` says whether whoever asked is gone; it is called in the thread of ``phrase``.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        left: Callable[[], bool] = lambda: False,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = f"{url.rstrip('/').removesuffix('/chat/completions')}/chat/completions"
        self._local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self._model = model
        self._key = key
        self._left = left
        self._limits = limits
        self._calls = threading.BoundedSemaphore(MOST_CALLS)
        self._breaker = Breaker(limits.failures, limits.rest, clock)

    def phrase(self, question: str, quotations: Sequence[str]) -> Generator[str, None, None]:
        """What the model makes of the quotations, as it comes, cut to ``MOST_CHARS``.

        Raises:
            PhrasingError: the server cannot be reached, refuses, takes too long, breaks off or answers no text; or it
                has just failed, is busy with other questions, or nobody waits any more.
        """
        messages = prompt(question, quotations, secrets.token_hex(8))
        if not self._calls.acquire(blocking=False):
            raise PhrasingError("the language model is busy with other questions", "语言模型正忙")
        left, says_something = MOST_CHARS, False
        try:
            with self._breaker.watch(), contextlib.closing(self._pieces(messages)) as pieces:
                for piece in pieces:
                    says_something = says_something or bool(piece.strip())
                    yield piece[:left]
                    left -= len(piece)
                    if left <= 0:
                        break
                if not says_something:
                    raise no_text()
        finally:
            self._calls.release()

    def _pieces(self, messages: list[dict[str, str]]) -> Generator[str, None, None]:
        """Make the call in a thread and a loop of its own, so that it can be stopped between any two bytes."""
        come: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        loop = asyncio.new_event_loop()
        call = loop.create_task(self._call(messages, come.put))

        def run() -> None:
            try:
                come.put(loop.run_until_complete(call))
            except BaseException as fault:  # noqa: BLE001 - handed to the thread that waits
                come.put(fault)
            finally:
                loop.run_until_complete(loop.shutdown_asyncgens())
                loop.close()  # does not wait for a name that is still being looked up

        threading.Thread(target=run, name="phrasing", daemon=True).start()
        try:
            while True:
                if self._left():
                    raise GoneError
                with contextlib.suppress(queue.Empty):
                    piece = come.get(timeout=self._limits.glance)
                    if isinstance(piece, BaseException):
                        raise piece
                    if piece is None:
                        return
                    yield piece
        finally:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(call.cancel)

    async def _call(self, messages: list[dict[str, str]], say: Callable[[str], None]) -> None:
        try:
            async with asyncio.timeout(self._limits.total), self._client() as client:
                await self._tried(client, messages, say)
        except (TimeoutError, httpx.TimeoutException) as fault:
            raise PhrasingError("the language model took too long", "语言模型超时") from fault
        except httpx.RemoteProtocolError as fault:
            raise PhrasingError("the language model's answer broke off", "语言模型的回答中断") from fault
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as fault:
            raise PhrasingError("the language model cannot be reached", "连不上语言模型") from fault

    def _client(self) -> httpx.AsyncClient:
        headers = {"accept": "application/json, text/event-stream", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        # no proxy of the environment stands between this program and its own machine
        return httpx.AsyncClient(
            headers=headers, timeout=self._limits.first_byte, follow_redirects=False, trust_env=not self._local
        )

    async def _tried(
        self, client: httpx.AsyncClient, messages: list[dict[str, str]], say: Callable[[str], None]
    ) -> None:
        """One try, and another where that may help and the server does not ask for more patience than there is."""
        try:
            await self._once(client, messages, say)
            return
        except httpx.ConnectError:
            pause = self._limits.pause
        except StatusError as refused:
            if refused.status not in _WORTH_ANOTHER_TRY or refused.pause > self._limits.longest_pause:
                raise
            pause = max(refused.pause, self._limits.pause)
        await asyncio.sleep(pause)
        await self._once(client, messages, say)

    async def _once(
        self, client: httpx.AsyncClient, messages: list[dict[str, str]], say: Callable[[str], None]
    ) -> None:
        """Say every piece of one reply; neither fault that is worth another try comes after a piece."""
        async with (
            asyncio.timeout(self._limits.first_byte) as patience,
            client.stream("POST", self._url, json=request(self._model, messages)) as response,
        ):
            if response.status_code != 200:
                raise StatusError(response.status_code, response.headers.get("retry-after", ""))
            if response.headers.get("content-encoding", "identity") != "identity":
                raise no_text()
            reply, received = reply_of(response.headers.get("content-type", "")), 0
            async for piece in response.aiter_raw():
                patience.reschedule(None)
                received += len(piece)
                for text in reply.read(piece):
                    say(text)
                if reply.ended:
                    return
                if received > self._limits.most_bytes:
                    reply.cut()
                    return
        for text in reply.end():
            say(text)


class StatusError(PhrasingError):
    """The server answered another status than 200; ``pause`` is how long it asks to wait."""

    def __init__(self, status: int, retry_after: str) -> None:
        super().__init__(f"the language model's server answered {status}", f"语言模型的服务器回答 {status}")
        self.status = status
        told = retry_after.strip()
        number = told.isascii() and told.isdigit() and len(told) < 6
        self.pause = float(told) if number else (float("inf") if told else 0.0)


class GoneError(PhrasingError):
    """Whoever asked is gone; the server is not to blame."""

    def __init__(self) -> None:
        super().__init__("nobody waits for the answer any more", "已停止")


class Breaker:
    """Lets nobody through for ``rest`` seconds after ``failures`` in a row, then one call to see."""

    def __init__(self, failures: int, rest: float, clock: Callable[[], float]) -> None:
        self._most, self._rest, self._clock = failures, rest, clock
        self._failed = 0
        self._until = 0.0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Around one call.

        Raises:
            PhrasingError: it is not let through.
        """
        with self._lock:
            if self._failed >= self._most:
                if self._clock() < self._until:
                    raise PhrasingError(
                        "the language model has just failed and is left alone for a while", "语言模型刚刚出错，稍后再试"
                    )
                self._until = self._clock() + self._rest  # the others wait for what this one sees
        try:
            yield
        except (GoneError, GeneratorExit):
            with self._lock:
                self._until = 0.0  # nothing was seen
            raise
        except BaseException:
            with self._lock:
                self._failed += 1
                self._until = self._clock() + self._rest
            raise
        with self._lock:
            self._failed = 0

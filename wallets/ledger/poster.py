"""Combined posting: requests that arrive while one is being written are written together in the next
transaction.

Whichever thread finds nobody posting becomes the poster and takes whatever waits, its own order included.
Alone that is one order in one transaction; on a busy day one fsync, one query for the locks and one statement
for the balances serve a whole batch. Nothing is shared with other processes: they meet at the row locks.
"""

import threading
from collections import deque

from django.db import DatabaseError, IntegrityError

from accounts.refusals import Refusal
from wallets import metrics
from wallets.ledger import book
from wallets.ledger.orders import Order, Posted
from wallets.ledger.retrying import forbid_nesting, retrying
from wallets.refusals import LedgerBusy, RightsChanged

# Far below the 200 waiters on one lock that InnoDB takes for a deadlock, and small enough that the first of a
# batch does not wait long for the last.
MOST_TOGETHER = 64


class Ticket:
    """One order and the thread that waits for its answer."""

    __slots__ = ("order", "answer", "leads", "_woken")

    def __init__(self, order: Order) -> None:
        self.order = order
        self.answer: Posted | Exception | None = None
        self.leads = False
        self._woken = threading.Lock()
        self._woken.acquire()

    def wait(self) -> None:
        """Until there is an answer, or this thread is to lead."""
        self._woken.acquire()

    def wake(self) -> None:
        self._woken.release()


class Poster:
    """The queue in front of the book. One for a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Ticket] = deque()
        self._posting = False

    def post(self, order: Order) -> Posted:
        """The transfer, in the books. Raises the refusal, RightsChanged, LedgerBusy (nothing was posted) or
        DatabaseError (unknown: repeat with the same key). Must not be called inside a transaction."""
        forbid_nesting()
        ticket = Ticket(order)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._posting
            self._posting = True
        if not ticket.leads:
            ticket.wait()
        if ticket.leads:
            self._lead(ticket)
        if isinstance(ticket.answer, Exception):
            raise ticket.answer
        return ticket.answer

    def _lead(self, own: Ticket) -> None:
        """Post batches until the own order is answered, then hand over to the first who waits."""
        try:
            while own.answer is None:
                with self._lock:
                    batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
                metrics.posted_together.observe(len(batch))
                self._post_together(batch)
                for ticket in batch:
                    if ticket is not own:
                        ticket.wake()
        finally:
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            self._posting = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].wake()

    def _post_together(self, batch: list[Ticket], *, patient: bool = True) -> None:
        """Answer each. What fails together is tried one by one, so that a failing order fails alone; and when
        a lock could not be had, without waiting for it again, so that one stuck wallet stops no other."""
        try:
            answers = _write([ticket.order for ticket in batch], patient)
        except Exception as error:  # noqa: BLE001  whatever it is, no thread may be left waiting
            if len(batch) > 1 and isinstance(error, DatabaseError | LedgerBusy):
                for ticket in batch:
                    self._post_together([ticket], patient=not isinstance(error, LedgerBusy))
                return
            answers = [error] * len(batch)
        for ticket, answer in zip(batch, answers, strict=True):
            ticket.answer = answer


def _write(orders: list[Order], patient: bool) -> list[Posted | Refusal | RightsChanged]:
    """What the book answers, each time in a transaction of its own."""
    try:
        return retrying(lambda: book.post(orders, patient=patient))
    except IntegrityError:
        # Another process posted one of the keys between our look for it and our insert: now it is found.
        return retrying(lambda: book.post(orders, patient=patient))


_poster = Poster()
post = _poster.post

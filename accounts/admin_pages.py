"""What all pages of the admin site share: bounded counts, rows that change only through services."""

from collections.abc import Callable, Iterable
from functools import cached_property

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.refusals import Refusal

COUNTED_AT_MOST = 10_000


class BoundedPaginator(Paginator):
    """Counts and leafs through the first COUNTED_AT_MOST rows; beyond them an operator searches."""

    @cached_property
    def count(self) -> int:
        """Exact up to the bound, the bound beyond it."""
        return self.object_list[:COUNTED_AT_MOST].count()


class OperatorPage(admin.ModelAdmin):
    """A list that stays quick with a million rows, and rows that are looked at and changed by actions only:
    whatever happens goes through a service, so that members, sockets and the log hear of it."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ["-pk"]

    class Media:
        """Korean words stay whole however many columns there are."""

        css = {"all": ["admin.css"]}

    def has_add_permission(self, request) -> bool:
        """Nothing is added here."""
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        """Nothing is deleted here: books, messages and the log refer to it."""
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """The right to change allows the actions; a row itself is only shown. Saving a page would write back
        a member count that is old by then."""
        return obj is None and super().has_change_permission(request, obj)

    def apply(self, request, rows: Iterable[Model], change: Callable[[Model], object], what: str) -> None:
        """Do it to each row, note it in the admin's history, and tell how many were done and what refused."""
        done = 0
        for row in rows:
            try:
                change(row)
            except Refusal as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            else:
                done += 1
                self.log_change(request, row, what)
        if done:
            text = ngettext("%(count)d done.", "%(count)d done.", done) % {"count": done}
            self.message_user(request, f"{_(what)}: {text}", messages.SUCCESS)

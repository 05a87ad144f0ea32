"""What the admin pages of money share: actions that ask for a reason, and a search by the wallet."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_pages import OperatorPage
from accounts.models import User
from accounts.refusals import Refusal
from accounts.text import tidy_line
from wallets.models import Wallet
from wallets.models.ledger import MEMO_LENGTH
from wallets.rights import LARGEST_ID

MOST_AT_ONCE = 100
MOST_FOUND = 1_000


class ReasonForm(forms.Form):
    """Why an operator does it: kept in the audit log; a reversal has it as its memo too."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=MEMO_LENGTH)

    def clean_reason(self) -> str:
        """One line."""
        try:
            return tidy_line(self.cleaned_data["reason"], field="reason", longest=MEMO_LENGTH)
        except Refusal as refusal:
            raise ValidationError(refusal.detail, code=refusal.code) from refusal


class MoneyPage(OperatorPage):
    """Rows of money: looked at here, changed by services only.

    `brought_along` names what a list shows of other tables: in queries of their own for the rows of the page.
    Joined, MariaDB began with the smaller table and sorted a million rows for the first fifty.
    """

    list_select_related = ()
    brought_along: list[str] = []

    def get_queryset(self, request) -> QuerySet:
        """The rows, with what they show."""
        return super().get_queryset(request).prefetch_related(*self.brought_along)

    def apply_with_reason(
        self, request, queryset: QuerySet, change: Callable[[Model, str], object], what: str
    ) -> TemplateResponse | None:
        """Ask for a reason on a page of its own, then do it to each row. Nothing happens without one."""
        rows = list(queryset[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            text = _("At most %(most)d at once.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            self.apply(request, rows, lambda row: change(row, reason), what)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _(what),
            "rows": rows,
            "form": form,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reason.html", context)


class FoundByWallet(MoneyPage):
    """Rows that are searched by their number, by a wallet in `wallet_fields` (its number, its name, its
    owner's name or e-mail) or by a person in `person_fields` (name or e-mail).

    Wallets and people are looked up first, so that among a million rows an index finds those of the few.
    """

    wallet_fields: tuple[str, ...] = ("wallet",)
    person_fields: tuple[str, ...] = ()

    def get_search_results(self, request, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """The rows of the wallets and people that the words fit, or the row with this number."""
        words = search_term.strip()
        if not words:
            return queryset, False
        found = Q(pk=number) if (number := self._number(words)) is not None else Q()
        for fields, called in ((self.wallet_fields, wallets_called), (self.person_fields, people_called)):
            chosen = list(called(words).values_list("pk", flat=True)[:MOST_FOUND]) if fields else []
            for field in fields:
                found |= Q(**{f"{field}__in": chosen})
        return queryset.filter(found), False

    def _number(self, words: str) -> int | UUID | None:
        try:
            number = self.opts.pk.to_python(words)
        except ValidationError:
            return None
        return number if isinstance(number, UUID) or 0 < number <= LARGEST_ID else None


def people_called(words: str) -> QuerySet[User]:
    """People by name or e-mail."""
    return User.objects.filter(Q(email__icontains=words) | Q(username__icontains=words))


def wallets_called(words: str) -> QuerySet[Wallet]:
    """Wallets by number, name, or their owner's e-mail or name."""
    called = Q(name__icontains=words) | Q(owner__email__icontains=words) | Q(owner__username__icontains=words)
    if words.isdecimal() and len(words) < 19:
        called |= Q(pk=int(words))
    return Wallet.objects.filter(called)

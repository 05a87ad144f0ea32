"""Who is in a group wallet: join, leave, give a role, hand over, put out."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.refusals import Refusal
from wallets.models import WalletMember, WalletRole
from wallets.services import members as services
from wallets.services.locking import joined_group, owned_group
from wallets.views.page import form_page, post_only, read_page
from wallets.views.wallets import head_of

MEMBERS_PER_PAGE = 100


@read_page
def members(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Everybody in the wallet, with their roles."""
    wallet = joined_group(request.user, wallet_id)
    pages = Paginator(services.members(user=request.user, wallet_id=wallet_id), MEMBERS_PER_PAGE)
    state = {"wallet": wallet, "page": pages.get_page(request.GET.get("page")), "part": "members"}
    return render(request, "wallets/members.html", state | {"tab": "wallets"} | head_of(request, wallet))


@form_page
def member(request: HttpRequest, wallet_id: int, user_id: int) -> HttpResponse:
    """One member, for the owner: another role, the whole wallet, or out."""
    wallet = owned_group(request.user, wallet_id)
    found = services.members(user=request.user, wallet_id=wallet_id).filter(user_id=user_id).first()
    if found is None:
        raise Http404
    state = {"wallet": wallet, "member": found, "hands_over": "hand-over" in request.GET, "tab": "wallets"}
    if request.method == "GET":
        return render(request, "wallets/member.html", state)
    try:
        done = _change(request, found)
    except Refusal as refusal:
        return render(request, "wallets/member.html", state | {"refusal": refusal}, status=refusal.status)
    messages.success(request, done)
    return redirect("wallets:members", wallet_id)


def _change(request: HttpRequest, found: WalletMember) -> str:
    """Do what the pressed button says and return the sentence about it."""
    who = {"wallet_id": found.wallet_id, "user_id": found.user_id}
    names = {"name": found.user.public_name}
    if request.POST.get("action") == "remove":
        services.remove_member(actor=request.user, **who)
        return _("%(name)s is no longer in the wallet.") % names
    role = request.POST.get("role")
    if role not in WalletRole.values:
        raise Http404
    services.set_role(actor=request.user, role=role, **who)
    if role == WalletRole.OWNER:
        return _("The wallet belongs to %(name)s now.") % names
    return _("The role of %(name)s was changed.") % names


@post_only
def join(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Become a member."""
    try:
        services.join(user=request.user, wallet_id=wallet_id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal.detail))
        return redirect("wallets:wallets")
    messages.success(request, _("You are in the wallet now."))
    return redirect("wallets:wallet", wallet_id)


@form_page
def leave(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Say what leaving means, and leave."""
    wallet = joined_group(request.user, wallet_id)
    state = {"wallet": wallet, "tab": "wallets"}
    if request.method == "POST":
        try:
            services.leave(user=request.user, wallet_id=wallet_id)
        except Refusal as refusal:
            state["refusal"] = refusal
        else:
            messages.success(request, _("You left “%(wallet)s”.") % {"wallet": wallet.name})
            return redirect("wallets:wallets")
    return render(request, "wallets/leave.html", state)

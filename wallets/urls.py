"""Addresses of the money pages."""

from django.urls import path

from wallets.views import (
    dues,
    dues_members,
    members,
    receipts,
    schedules,
    settings,
    spending,
    transfers,
    wallets,
)

app_name = "wallets"
urlpatterns = [
    path("wallets/", wallets.my_wallets, name="wallets"),
    path("wallets/new/", wallets.new_wallet, name="new"),
    path("wallets/<int:wallet_id>/", wallets.wallet, name="wallet"),
    path("wallets/<int:wallet_id>/deposit/", wallets.deposit, name="deposit"),
    path("wallets/<int:wallet_id>/scheduled/", schedules.scheduled, name="scheduled"),
    path("wallets/<int:wallet_id>/members/", members.members, name="members"),
    path("wallets/<int:wallet_id>/members/<int:user_id>/", members.member, name="member"),
    path("wallets/<int:wallet_id>/join/", members.join, name="join"),
    path("wallets/<int:wallet_id>/leave/", members.leave, name="leave"),
    path("wallets/<int:wallet_id>/settings/", settings.settings, name="settings"),
    path("wallets/<int:wallet_id>/pin/", settings.new_pin, name="pin"),
    path("wallets/<int:wallet_id>/close/", settings.close, name="close"),
    path("wallets/<int:wallet_id>/dues/", dues.board, name="dues"),
    path("wallets/<int:wallet_id>/dues/new/", dues.new_plan, name="new_plan"),
    path("wallets/<int:wallet_id>/dues/pay/", dues.pay, name="pay_card"),
    path("wallets/<int:wallet_id>/spending/", spending.spending, name="spending"),
    path("wallets/<int:wallet_id>/spending/new/", spending.new_request, name="new_request"),
    path("spending/<int:request_id>/", spending.spend_request, name="spend_request"),
    path("spending/<int:request_id>/decline/", spending.decline, name="decline"),
    path("spending/<int:request_id>/withdraw/", spending.withdraw, name="withdraw"),
    path("dues/", dues.overview, name="dues_overview"),
    path("dues/notices/<int:notice_id>/put-away/", dues.put_away, name="put_away"),
    path("dues/<int:plan_id>/pay/", dues.pay, name="pay"),
    path("dues/<int:plan_id>/end/", dues.end_plan, name="end_plan"),
    path("dues/<int:plan_id>/remind/", dues.remind, name="remind"),
    path("dues/<int:plan_id>/members/<int:user_id>/", dues_members.dues_member, name="dues_member"),
    path("scheduled-transfers/<int:schedule_id>/cancel/", schedules.cancel, name="cancel"),
    path("transfers/new/", transfers.new_transfer, name="transfer"),
    path("transfers/confirm/<uuid:key>/", transfers.confirm, name="confirm"),
    path("transfers/<uuid:transfer_id>/", receipts.receipt, name="receipt"),
    path("transfers/<uuid:transfer_id>/give-back/", receipts.give_back, name="give_back"),
]

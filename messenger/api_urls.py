"""Every address under /api/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import api as accounts
from chat import api as channels
from chat.attachments import api as attachments
from chat.cards import api as cards
from chat.export import api as exports
from chat.messages import api as messages
from chat.people import api as order
from chat.people import direct_api as direct
from chat.push import api as push
from chat.reading import api as reading
from chat.reports import api as reports
from chat.search import api as searching
from chat.webhooks import api as webhooks
from messenger.api_root import ApiRoot
from wallets import api as wallets
from wallets import books_api as books
from wallets import dues_api as dues
from wallets import spend_api as spending
from wallets import transfer_api as transfers

accounts_urls = [
    path("v1/accounts/", accounts.SignUp.as_view(), name="api-accounts"),
    path("v1/accounts/login/", accounts.LogIn.as_view(), name="api-login"),
    path("v1/accounts/logout/", accounts.LogOut.as_view(), name="api-logout"),
    path("v1/accounts/me/", accounts.Me.as_view(), name="api-me"),
    path("v1/accounts/me/password/", accounts.Password.as_view(), name="api-password"),
    path("v1/accounts/me/data/", accounts.OwnData.as_view(), name="api-own-data"),
]

_message = "v1/channels/<int:channel_id>/messages/<str:message_id>/"
channels_urls = [
    path("v1/channels/", channels.Channels.as_view(), name="api-channels"),
    path("v1/channels/search/", channels.Search.as_view(), name="api-channel-search"),
    path("v1/channels/unread/", reading.AllUnread.as_view(), name="api-all-unread"),
    path("v1/channels/<int:channel_id>/unread/", reading.Unread.as_view(), name="api-unread"),
    path("v1/channels/<int:channel_id>/read/", reading.Read.as_view(), name="api-read"),
    path("v1/channels/direct/", direct.Direct.as_view(), name="api-direct"),
    path("v1/channels/<int:channel_id>/", channels.OneChannel.as_view(), name="api-channel"),
    path("v1/channels/<int:channel_id>/messages/", messages.Messages.as_view(), name="api-messages"),
    path(
        "v1/channels/<int:channel_id>/messages/search/",
        searching.ChannelSearch.as_view(),
        name="api-channel-messages-search",
    ),
    path("v1/messages/search/", searching.MessageSearch.as_view(), name="api-messages-search"),
    path(_message, messages.OneMessage.as_view(), name="api-message"),
    path(f"{_message}reactions/", messages.Reactions.as_view(), name="api-reactions"),
    path(f"{_message}answers/", cards.CardAnswers.as_view(), name="api-answers"),
    path(f"{_message}notice/", messages.Notice.as_view(), name="api-notice"),
    path(f"{_message}report/", reports.MessageReport.as_view(), name="api-report"),
    path(
        "v1/channels/<int:channel_id>/export.jsonl",
        exports.JsonLinesExport.as_view(),
        name="api-export-jsonl",
    ),
    path("v1/channels/<int:channel_id>/export.txt", exports.TextExport.as_view(), name="api-export-txt"),
    path("v1/channels/<int:channel_id>/webhooks/", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path(
        "v1/channels/<int:channel_id>/webhooks/<int:webhook_id>/",
        webhooks.OneWebhook.as_view(),
        name="api-webhook",
    ),
    path(
        "v1/channels/<int:channel_id>/attachments/", attachments.Attachments.as_view(), name="api-attachments"
    ),
    path("v1/channels/<int:channel_id>/polls/", cards.Polls.as_view(), name="api-polls"),
    path("v1/channels/<int:channel_id>/events/", cards.Events.as_view(), name="api-events"),
    path("v1/channels/<int:channel_id>/notices/", messages.Notices.as_view(), name="api-notices"),
    path("v1/channels/<int:channel_id>/join/", channels.Join.as_view(), name="api-join"),
    path("v1/channels/<int:channel_id>/leave/", channels.Leave.as_view(), name="api-leave"),
    path("v1/channels/<int:channel_id>/members/", channels.Members.as_view(), name="api-members"),
    path(
        "v1/channels/<int:channel_id>/members/<int:user_id>/", channels.OneMember.as_view(), name="api-member"
    ),
]

push_urls = [
    path("v1/push/", push.Push.as_view(), name="api-push"),
    path("v1/push/subscriptions/", push.Subscriptions.as_view(), name="api-push-subscriptions"),
    path("v1/push/quiet-hours/", push.MyQuietHours.as_view(), name="api-quiet-hours"),
]

_channel, _member = "v1/channels/<int:channel_id>/", "v1/channels/<int:channel_id>/members/<int:user_id>/"
order_urls = [
    path(f"{_channel}membership/", order.MyMembership.as_view(), name="api-membership"),
    path(f"{_channel}owner/", order.Owner.as_view(), name="api-owner"),
    path(f"{_channel}bans/", order.Bans.as_view(), name="api-bans"),
    path(f"{_channel}bans/<int:user_id>/", order.OneBan.as_view(), name="api-ban"),
    path(f"{_member}mute/", order.Mute.as_view(), name="api-mute"),
    path(f"{_channel}invitations/", order.Invitations.as_view(), name="api-invitations"),
    path(f"{_channel}invitations/<int:invitation_id>/", order.OneInvitation.as_view(), name="api-invitation"),
    path("v1/invitations/<str:token>/accept/", order.Accept.as_view(), name="api-accept"),
]

_wallet = "v1/wallets/<int:wallet_id>/"
wallets_urls = [
    path("v1/wallets/", wallets.Wallets.as_view(), name="api-wallets"),
    path(_wallet, wallets.OneWallet.as_view(), name="api-wallet"),
    path(f"{_wallet}join/", wallets.JoinWallet.as_view(), name="api-wallet-join"),
    path(f"{_wallet}members/", wallets.WalletMembers.as_view(), name="api-wallet-members"),
    path(f"{_wallet}members/<int:user_id>/", wallets.OneWalletMember.as_view(), name="api-wallet-member"),
    path(f"{_wallet}pin/", wallets.WalletPin.as_view(), name="api-wallet-pin"),
    path(f"{_wallet}deposits/", wallets.Deposits.as_view(), name="api-deposits"),
    path(f"{_wallet}entries/", books.Entries.as_view(), name="api-entries"),
    path(f"{_wallet}entries.csv", books.Statement.as_view(), name="api-statement"),
    path(f"{_wallet}dues/", dues.WalletDues.as_view(), name="api-wallet-dues"),
    path(f"{_wallet}spend-requests/", spending.SpendRequests.as_view(), name="api-spend-requests"),
]

_transfer, _schedule = "v1/transfers/<uuid:transfer_id>/", "v1/scheduled-transfers/<int:schedule_id>/"
transfers_urls = [
    path("v1/transfers/", transfers.Transfers.as_view(), name="api-transfers"),
    path(_transfer, transfers.OneTransfer.as_view(), name="api-transfer"),
    path(f"{_transfer}reversal/", transfers.Reversal.as_view(), name="api-reversal"),
    path("v1/scheduled-transfers/", transfers.Schedules.as_view(), name="api-schedules"),
    path(_schedule, transfers.OneSchedule.as_view(), name="api-schedule"),
]

_plan, _request = "v1/dues/<int:plan_id>/", "v1/spend-requests/<int:request_id>/"
dues_urls = [
    path(_plan, dues.OnePlan.as_view(), name="api-dues"),
    path(f"{_plan}board/", dues.Board.as_view(), name="api-dues-board"),
    path(f"{_plan}pay/", dues.PayDues.as_view(), name="api-dues-pay"),
    path(f"{_plan}remind/", dues.Remind.as_view(), name="api-dues-remind"),
    path(f"{_plan}exemptions/", dues.Exemptions.as_view(), name="api-dues-exemptions"),
    path(f"{_plan}cash/", dues.Cash.as_view(), name="api-dues-cash"),
    path(_request, spending.OneSpendRequest.as_view(), name="api-spend-request"),
    path(f"{_request}approve/", spending.ApproveSpending.as_view(), name="api-spend-approve"),
    path(f"{_request}decline/", spending.DeclineSpending.as_view(), name="api-spend-decline"),
    path(f"{_request}withdraw/", spending.WithdrawSpending.as_view(), name="api-spend-withdraw"),
]

urlpatterns = [
    path("", ApiRoot.as_view(), name="api-root"),
    path("v1/", ApiRoot.as_view(), name="api-v1"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    *accounts_urls,
    *channels_urls,
    *order_urls,
    *push_urls,
    *wallets_urls,
    *transfers_urls,
    *dues_urls,
]

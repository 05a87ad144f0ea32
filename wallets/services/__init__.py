"""What people do with money: `wallets` opens, joins, changes and closes; `transfers` moves; `dues` and
`spending` are what clubs do with both."""

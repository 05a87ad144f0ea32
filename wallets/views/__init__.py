"""The money pages: they parse, call wallets/services and wallets/schedules, and present."""

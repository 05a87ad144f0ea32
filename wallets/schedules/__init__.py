"""Transfers that run later: when (`calendar`), what people plan and cancel (`services`), the run itself (`runs`)."""

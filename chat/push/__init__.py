"""Telling people of messages while no page of theirs is open: Web Push, behind the setting VAPID_SUBJECT."""

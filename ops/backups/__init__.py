"""The parts of a backup, a file each; `ops/backup` and `ops/restore` put them in order."""

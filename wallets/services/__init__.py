"""What people do with wallets; every entrance calls these."""

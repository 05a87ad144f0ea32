"""The real servers of the product on this machine, without containers: one file per server."""

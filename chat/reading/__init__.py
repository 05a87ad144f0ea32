"""Who has read how far, who looks, who writes."""

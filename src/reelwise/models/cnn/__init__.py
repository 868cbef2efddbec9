"""Every frame looked at alone, then averaged over time."""

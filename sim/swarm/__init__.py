"""Many simulated mats for the load on a site: what they publish, not how it comes about. Loopback only."""

"""What `make bench` runs: pages beside a yardstick, imports, and the quality of themes."""

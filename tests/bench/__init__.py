"""What is measured by the hour and not by the test: one module a report, rows in build/, a page in docs/."""

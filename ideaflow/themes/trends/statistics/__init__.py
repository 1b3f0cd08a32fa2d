"""The statistics behind trends, one method a module: pure functions that know neither themes nor database.

Each names the source of its formula; ``tests/themes/test_statistics.py`` holds the published numbers.
numpy and scipy are loaded by the functions that need them, not by pages that only show results.
"""

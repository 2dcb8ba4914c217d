"""Analytics: the lake of facts, the reports computed from it, and how they are shown.

Only the lake, the engine and the files in `reports` may load a columnar engine or data frames; the
web process imports the registry, the parameters, the runs and the presentation, and none of those.
"""

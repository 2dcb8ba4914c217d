"""The lake: facts as Parquet files, fed from the change log and read as one table a fact.

It holds surrogate keys, codes, amounts and times; names, telephone numbers, plates, VINs and free
texts must never get in, so that erasing a person never rewrites a file.
"""

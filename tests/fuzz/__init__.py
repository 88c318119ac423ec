"""Files made by a fuzzer, given to each reader: by hand, ``make fuzz MINUTES=10 READER=csv``."""

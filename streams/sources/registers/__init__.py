"""Import of trademark registers: USPTO TDXF, WIPO ST.66 and WIPO ST.96 files into events."""

"""Two markers of 113 patients after a bleeding in the brain, and how it ended.

Turck et al. (2010), Intensive Care Medicine 36(1), 107-115: the data `aSAH` of R's package pROC
(Robin et al. 2011, BMC Bioinformatics 12, 77), in its order.
"""

import numpy as np

_OUTCOME = """
000011010010110010111010000000001001101100000000011000100010
10011101101111000110100000010000000000001111110001000
"""
_WFNS = """
111132541252551252252111121211342145414255112411255212512221
51125214524414121421232421451154221113125225552445111
"""
_S100B = """
13 14 10 4 13 10 47 16 18 10 12 10 44 71 4 8 49 4 7 33 9 9 7 11 7 17 7 11 13 19 5 16 41 14 34
35 48 9 96 25 50 46 16 7 43 45 11 8 9 86 52 8 6 13 207 10 14 15 7 6 77 5 9 30 3 9 4 23 70 9 27
71 8 26 8 16 9 13 10 8 11 33 11 28 7 10 32 22 7 5 24 38 10 15 8 14 10 7 4 19 56 14 58 32 82 74
15 47 17 44 15 50 48
"""
OUTCOME = np.array([int(digit) for digit in "".join(_OUTCOME.split())])  # 1: poor
WFNS = np.array([int(digit) for digit in "".join(_WFNS.split())])  # grade 1 to 5 at admission
S100B = np.array([int(value) for value in _S100B.split()])  # hundredths of a microgram a litre

"""Seeds of single draws, so that no draw depends on the order in which draws happen."""

import numpy as np


def draw_seed(*words: int) -> int:
    """Return the seed (31 bits) that the words determine, such as (run's seed, epoch, place).

    A copy of an image, kept in every epoch, is drawn by (run's seed, row of the image, copy).
    """
    entropy = tuple(int(word) for word in words)
    return int(np.random.SeedSequence(entropy).generate_state(1)[0] >> 1)

print([n.bit_length() for n in (1, 2, 1024)])
